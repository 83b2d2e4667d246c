"""Who may ask: a fixed bearer token, or one of EKS, which is a signed question to STS."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.support.k8s_api.errors import ApiError

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"


class Tokens:
    """What a request must bring. Without `token` and `cluster` nothing; with `cluster` a token of EKS for it."""

    def __init__(self, token: str | None, cluster: str | None) -> None:
        self._token = token
        self._cluster = cluster

    async def check(self, authorization: str | None) -> None:
        """Raises ApiError 401."""
        if self._token is None and self._cluster is None:
            return
        kind, _, given = (authorization or "").partition(" ")
        accepted = kind == "Bearer" and (given == self._token or (self._cluster and await self._asks(given)))
        if not accepted:
            raise ApiError(401, "Unauthorized", "Unauthorized")

    async def _asks(self, token: str) -> bool:
        """Puts the question that the token is, as the authenticator of EKS does; only who signed it gets an answer."""
        assert self._cluster
        if not token.startswith(PREFIX) or token.endswith("="):
            return False
        coded = token.removeprefix(PREFIX)
        try:
            url = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        signed = asked.get("X-Amz-SignedHeaders", "").split(";")
        if asked.get("Action") != "GetCallerIdentity" or CLUSTER_HEADER not in signed:
            return False
        # The authenticator refuses tokens that are valid for longer than 15 minutes.
        if not 0 < int(asked.get("X-Amz-Expires", 0)) <= 900:
            return False
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers={CLUSTER_HEADER: self._cluster}) as said,
        ):
            return said.status == 200
