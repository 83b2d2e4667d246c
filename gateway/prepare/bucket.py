"""Objects of S3, whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from gateway.prepare.errors import PrepareError
from gateway.units import MIB, SECONDS

LARGEST = 4 * MIB
CONNECT_TIMEOUT = 3 * SECONDS
READ_TIMEOUT = 10 * SECONDS
MAX_ATTEMPTS = 5

# What to do about an answer of S3; others are told by their code alone.
_HINTS = {
    "AccessDenied": (
        "give the role of the task or pod s3:GetObject for it, s3:ListBucket for its bucket, and kms:Decrypt for the "
        "key that encrypts it"
    ),
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "upload it",
    "PermanentRedirect": "AWS_REGION must be the region of the bucket",
}


@dataclass(frozen=True, slots=True)
class Location:
    """Where objects lie; `prefix` has no slash at either end, and is empty where they lie at the top."""

    bucket: str
    prefix: str

    def key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def url(self, name: str) -> str:
        return f"s3://{self.bucket}/{self.key(name)}"


class Objects:
    """A context manager. boto3 takes a third of a second to import, and only who has files to fetch needs it: only
    methods import it."""

    def __init__(self, location: Location, region: str | None) -> None:
        import boto3
        from botocore.config import Config

        limits = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
        )
        self._location = location
        self._client: Any = boto3.Session(region_name=region).client("s3", config=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._client.close()

    def read(self, name: str, *, required: bool) -> bytes | None:
        """None where it is not there and need not be. Raises PrepareError, also where it is larger than LARGEST."""
        from botocore import exceptions, parsers

        url = self._location.url(name)
        try:
            return self._read(name) if required or self._exists(name) else None
        except exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code") or "no code"
            raise _unreadable(url, f"{_HINTS[code]} ({code})" if code in _HINTS else code) from None
        except (exceptions.BotoCoreError, parsers.ResponseParserError) as error:
            raise _unreadable(url, type(error).__name__) from None

    def _read(self, name: str) -> bytes:
        answer = self._client.get_object(Bucket=self._location.bucket, Key=self._location.key(name))
        if answer["ContentLength"] > LARGEST:
            raise PrepareError(f"{self._location.url(name)} is larger than {LARGEST // MIB} MiB")
        # All of it, as botocore compares the checksum at the end.
        content: bytes = answer["Body"].read()
        return content

    def _exists(self, name: str) -> bool:
        """Of the names that begin so, the key itself is first. GetObject takes a missing one for a forbidden one, of
        who may list only what lies below a prefix."""
        key = self._location.key(name)
        found = self._client.list_objects_v2(Bucket=self._location.bucket, Prefix=key, MaxKeys=1)
        return any(one["Key"] == key for one in found.get("Contents", []))


def _unreadable(url: str, reason: str) -> PrepareError:
    return PrepareError(f"{url} cannot be read: {reason}")
