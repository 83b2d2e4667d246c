"""What an issuer publishes of itself: its document (OpenID Connect Discovery, RFC 8414) and the keys that it names."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from gateway.identity.oidc.address import address_fault, is_loopback
from gateway.identity.oidc.client import Answer
from gateway.identity.oidc.errors import IssuerFault, shown
from gateway.identity.oidc.keys import Keys, keys_of
from gateway.identity.oidc.okta import is_org_server, org_server_fault
from gateway.identity.oidc.strict_json import NotStrict, strict_object
from gateway.units import DAY, SECONDS

SHORTEST_LIFETIME = 300 * SECONDS
LONGEST_LIFETIME = 1 * DAY

_OPENID = "/.well-known/openid-configuration"
_OAUTH = "/.well-known/oauth-authorization-server"
_NOT_FOUND = 404

Get = Callable[[str], Awaitable[Answer]]


async def published_keys(issuer: str, get: Get) -> tuple[Keys, float]:
    """The issuer's keys, and the seconds for which they may be kept. Raises IssuerFault, as `get` does."""
    address = _keys_address(issuer, await _document(issuer, get))
    answer = await get(address)
    if answer.status == _NOT_FOUND:
        raise IssuerFault(f"{address} answers with status {_NOT_FOUND}")
    return await asyncio.to_thread(keys_of, answer.body), lifetime_of(answer.cache_control)


def documents_of(issuer: str) -> tuple[str, ...]:
    """Where the document may be, the likeliest first.

    A terminating slash is not part of the path (Discovery, section 4.1; RFC 8414, section 3). RFC 8414 puts its suffix
    before the path; Okta, as OpenID Connect does, after it.
    """
    base = issuer.removesuffix("/")
    parts = urlsplit(base)
    places = base + _OPENID, base + _OAUTH, f"{parts.scheme}://{parts.netloc}{_OAUTH}{parts.path}"
    return tuple(dict.fromkeys(places))


def lifetime_of(cache_control: str) -> float:
    """Seconds, by `max-age`, within what is sensible for keys."""
    found = re.search(r'(?:^|[,\s])max-age\s*=\s*"?(\d{1,18})', cache_control, re.IGNORECASE | re.ASCII)
    seconds = float(found[1]) if found else 0
    return min(max(seconds, SHORTEST_LIFETIME), LONGEST_LIFETIME)


async def _document(issuer: str, get: Get) -> dict[str, Any]:
    for place in documents_of(issuer):
        answer = await get(place)
        if answer.status != _NOT_FOUND:
            return _checked(issuer, place, answer.body)
    raise IssuerFault(f"it has no discovery document: {documents_of(issuer)[0]} answers with status {_NOT_FOUND}")


def _checked(issuer: str, place: str, body: bytes) -> dict[str, Any]:
    try:
        document = strict_object(body)
    except NotStrict as error:
        raise IssuerFault(f"its discovery document {place} {error}") from None
    if document.get("issuer") != issuer:
        named = shown(document.get("issuer"))
        raise IssuerFault(f"its discovery document {place} is of another issuer, {named}: they must be the same text")
    return document


def _keys_address(issuer: str, document: dict[str, Any]) -> str:
    address = document.get("jwks_uri")
    if not isinstance(address, str):
        raise IssuerFault("its discovery document has no `jwks_uri`")
    if (fault := address_fault(address)) is not None:
        raise IssuerFault(f"the `jwks_uri` of its discovery document {fault}")
    if address.startswith("http://") and not is_loopback(urlsplit(issuer)):
        raise IssuerFault("the `jwks_uri` of its discovery document must begin with https://")
    if is_org_server(issuer, address):
        raise IssuerFault(f"it {org_server_fault(issuer)}")
    return address
