"""A signed token in its compact form (RFC 7515), taken apart; nothing in it is known to be true yet."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import InvalidToken
from gateway.identity.oidc.strict_json import NotStrict, strict_object
from gateway.units import KIB

MAX_SIZE = 16 * KIB

# `{` in base64url, whatever comes behind it: a JSON object begins so.
_BEGINNING = "ey"
_PARTS = 3
_ENCRYPTED_PARTS = 5  # RFC 7516
# They name keys that are not the issuer's, or change how the token is to be read.
_REFUSED_HEADERS = ("jku", "x5u", "x5c", "jwk", "crit", "b64", "zip")


@dataclass(frozen=True, slots=True)
class Token:
    """`header` and `claims` as they are, `text` the whole token; none of them is shown."""

    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)
    text: str = field(repr=False)
    kid: str
    algorithm: str


def looks_like_token(credential: str) -> bool:
    """Whether a credential is meant as a token; also a mangled one, which must not be passed on as a key."""
    return credential.lstrip().startswith(_BEGINNING) and "." in credential


def parse_token(text: str) -> Token:
    """Raises InvalidToken."""
    if len(text) > MAX_SIZE:
        raise InvalidToken(f"the access token is larger than {MAX_SIZE // KIB} KiB")
    parts = text.split(".")
    if len(parts) == _ENCRYPTED_PARTS:
        raise InvalidToken("the access token is encrypted (JWE): the issuer must sign it and leave it readable")
    if len(parts) != _PARTS:
        raise InvalidToken("the access token is not a signed JWT: three parts with dots between")
    header, claims, _ = (_decoded(part) for part in parts)
    header_members = _object(header, "header")
    _check_header(header_members)
    return Token(
        header_members,
        _object(claims, "claims"),
        text,
        _header_text(header_members, "kid", "which key signed it"),
        _header_text(header_members, "alg", "by which algorithm"),
    )


def _decoded(part: str) -> bytes:
    """Raises InvalidToken on everything but the one way to write these bytes, without padding."""
    if re.fullmatch(r"[A-Za-z0-9_-]*", part) and len(part) % 4 != 1:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        if urlsafe_b64encode(decoded).rstrip(b"=") == part.encode():
            return decoded
    raise InvalidToken("the access token is mangled: a part of it is not base64url without padding")


def _object(text: bytes, name: str) -> dict[str, Any]:
    try:
        return strict_object(text)
    except NotStrict as error:
        raise InvalidToken(f"the JSON of the access token's {name} {error}") from None


def _check_header(header: Mapping[str, Any]) -> None:
    if refused := [name for name in _REFUSED_HEADERS if name in header]:
        raise InvalidToken(f"the access token has {refused[0]} in its header, which is not accepted")


def _header_text(header: Mapping[str, Any], name: str, meaning: str) -> str:
    value = header.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidToken(f"the access token does not say in its header {meaning} ({name})")
    return value
