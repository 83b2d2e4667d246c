"""The keys that chat history is encrypted with: out of the settings, or decrypted by AWS KMS."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

from gateway.cipher import Cipher
from gateway.errors import HistoryUnavailable
from gateway.history.contents import Contents
from gateway.setting_values import KEY_SIZE
from gateway.units import SECONDS

CONNECT_TIMEOUT = 3 * SECONDS
READ_TIMEOUT = 5 * SECONDS
MAX_ATTEMPTS = 2
# KMS decrypts nothing that was encrypted with another: a policy can allow the gateway this context alone, by the
# condition kms:EncryptionContext:application.
ENCRYPTION_CONTEXT = {"application": "genai-gateway"}

_LONGEST_CODE = 80

_log = logging.getLogger(__name__)


class KmsDataKeys:
    """Data keys that KMS decrypts when they are first needed, in the region given or else in that of AWS's settings.

    A key is made by `aws kms generate-data-key-without-plaintext --key-id … --key-spec AES_256
    --encryption-context application=genai-gateway`, whose CiphertextBlob is one of `blobs`.
    boto3 takes a third of a second to import, and only a gateway that has such keys needs it: only methods import it.
    """

    def __init__(self, blobs: tuple[bytes, ...], region: str | None = None) -> None:
        self._blobs = blobs
        self._region = region
        self._flight: asyncio.Task[tuple[bytes, ...]] | None = None

    async def keys(self) -> tuple[bytes, ...]:
        """Decrypted once, however many ask. Raises HistoryUnavailable; the next call tries again."""
        if self._flight is None:
            self._flight = asyncio.create_task(asyncio.to_thread(self._decrypted))
            self._flight.add_done_callback(self._landed)
        # A caller that goes away leaves the flight to the others.
        return await asyncio.shield(self._flight)

    def _landed(self, flight: asyncio.Task[tuple[bytes, ...]]) -> None:
        # The failure is seen here, even when everybody who asked has gone.
        if flight.cancelled() or flight.exception() is not None:
            self._flight = None

    def _decrypted(self) -> tuple[bytes, ...]:
        from botocore import exceptions, parsers

        try:
            keys = tuple(self._decrypt())
        except exceptions.ClientError as error:
            raise _failed(error.response.get("Error", {}).get("Code") or "no code") from None
        except (exceptions.BotoCoreError, parsers.ResponseParserError) as error:
            raise _failed(type(error).__name__) from None
        if any(len(key) != KEY_SIZE for key in keys):
            raise _failed(f"not a key of {KEY_SIZE} bytes")
        return keys

    def _decrypt(self) -> Iterator[bytes]:
        # A session of its own finds credentials that were not there at an earlier attempt.
        import boto3
        from botocore.config import Config

        limits = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
        )
        client: Any = boto3.Session(region_name=self._region).client("kms", config=limits)
        try:
            for blob in self._blobs:
                # botocore makes an empty answer of one that is not JSON.
                answer = client.decrypt(CiphertextBlob=blob, EncryptionContext=ENCRYPTION_CONTEXT)
                yield answer.get("Plaintext", b"")
        finally:
            client.close()


class DataKeys:
    """The contents of the store under the keys of the settings: given as they are, or as `blobs` for KMS, or none."""

    def __init__(self, keys: tuple[bytes, ...], blobs: tuple[bytes, ...], region: str | None = None) -> None:
        self._kms = KmsDataKeys(blobs, region) if blobs else None
        self._contents = None if self._kms else Contents(Cipher(keys) if keys else None)

    async def contents(self) -> Contents:
        """Raises HistoryUnavailable."""
        if self._contents is None:
            assert self._kms is not None
            self._contents = Contents(Cipher(await self._kms.keys()))
        return self._contents


def _failed(cause: str) -> HistoryUnavailable:
    _log.warning("KMS cannot decrypt the data key of the chat history", extra={"reason": cause[:_LONGEST_CODE]})
    return HistoryUnavailable(f"the data key of the chat history cannot be decrypted by KMS ({cause[:_LONGEST_CODE]})")
