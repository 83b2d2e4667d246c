"""Access tokens of the issuers that are accepted, verified: the keys are asked for, all the rest is local."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from gateway.errors import InvalidToken, IssuerUnavailable
from gateway.identity.oidc.client import IssuerClient
from gateway.identity.oidc.discovery import published_keys
from gateway.identity.oidc.errors import shown
from gateway.identity.oidc.identity import Identity, identity_of
from gateway.identity.oidc.issuer import Issuer, faults_of
from gateway.identity.oidc.key_source import KeySource
from gateway.identity.oidc.signature import check_algorithm, check_signature
from gateway.identity.oidc.token import Token, parse_token


@dataclass(frozen=True, slots=True)
class _Accepted:
    issuer: Issuer
    source: KeySource


class TokenVerifier:
    """`clock`: seconds since 1970, which tokens are held against; `monotonic`: seconds, by which keys are kept."""

    def __init__(
        self,
        issuers: Sequence[Issuer],
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._client = IssuerClient()
        self._accepted: dict[str, _Accepted] = {}
        self.configure(issuers)

    @property
    def issuers(self) -> list[Issuer]:
        """Those that are accepted."""
        return [accepted.issuer for accepted in self._accepted.values()]

    def configure(self, issuers: Sequence[Issuer]) -> None:
        """From now on these are accepted; the keys of those that stay are kept.

        Raises ValueError, and changes nothing, when one of them has faults or two are of the same address.
        """
        if faults := _faults(issuers):
            raise ValueError("\n".join(faults))
        before = self._accepted
        self._accepted = {issuer.url: _Accepted(issuer, self._source_of(issuer.url)) for issuer in issuers}
        for url in before.keys() - self._accepted.keys():
            before[url].source.abandon()

    async def verify(self, token: str) -> Identity:
        """The user whose access token it is. Raises InvalidToken and IssuerUnavailable."""
        parsed = parse_token(token)
        accepted = self._issuer_of(parsed)
        check_algorithm(parsed, accepted.issuer)
        check_signature(parsed, await accepted.source.key(parsed.kid))
        return identity_of(parsed, accepted.issuer, self._clock())

    async def check(self) -> None:
        """Raises IssuerUnavailable, which says of every issuer what is wrong with it."""
        checks = (accepted.source.check(accepted.issuer.algorithms) for accepted in self._accepted.values())
        results = await asyncio.gather(*checks, return_exceptions=True)
        faults = [result for result in results if isinstance(result, BaseException)]
        for fault in faults:
            if not isinstance(fault, IssuerUnavailable):
                raise fault
        if faults:
            raise IssuerUnavailable("; ".join(str(fault) for fault in faults))

    async def close(self) -> None:
        """Drops what is under way."""
        for accepted in self._accepted.values():
            await accepted.source.close()
        await self._client.close()

    def _source_of(self, url: str) -> KeySource:
        if url in self._accepted:
            return self._accepted[url].source
        return KeySource(url, partial(published_keys, url, self._client.get), self._monotonic)

    def _issuer_of(self, token: Token) -> _Accepted:
        url = token.claims.get("iss")
        if not isinstance(url, str):
            raise InvalidToken("the access token does not say who issued it (`iss`)")
        if url not in self._accepted:
            raise InvalidToken(f"the access token is of an issuer that the gateway does not accept: {shown(url)}")
        return self._accepted[url]


def _faults(issuers: Sequence[Issuer]) -> list[str]:
    faults = [f"{shown(issuer.url)}: {fault}" for issuer in issuers for fault in faults_of(issuer)]
    urls = [issuer.url for issuer in issuers]
    return faults + [
        f"{shown(url)}: there are several issuers with this url" for url in set(urls) if urls.count(url) > 1
    ]
