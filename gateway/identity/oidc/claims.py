"""Claims that every access token has (RFC 7519, section 4.1), held to their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.errors import InvalidToken
from gateway.identity.oidc.errors import shown
from gateway.identity.principal import LONGEST_ID

Claims = Mapping[str, Any]

# The year 10000: a later moment is none that somebody meant.
_END_OF_TIME = 253_402_300_800


def text_of(claims: Claims, name: str) -> str:
    """Raises InvalidToken."""
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidToken(f"the access token has no text as its `{name}`")
    return value


def moment_of(claims: Claims, name: str) -> float | None:
    """Seconds since 1970, or None without the claim. Raises InvalidToken when it is anything else."""
    if name not in claims:
        return None
    value = claims[name]
    if type(value) not in (int, float) or not 0 <= value < _END_OF_TIME:
        raise InvalidToken(f"the access token's `{name}` is not a number of seconds since 1970")
    return float(value)


def check_times(claims: Claims, now: float, leeway: float) -> float:
    """When it expires. Raises InvalidToken when that has been, or when it is not valid yet."""
    expires, begins, issued = (moment_of(claims, name) for name in ("exp", "nbf", "iat"))
    if expires is None:
        raise InvalidToken("the access token does not say when it expires (`exp`)")
    if now >= expires + leeway:
        raise InvalidToken("the access token has expired: ask the issuer for a new one")
    if begins is not None and begins > now + leeway:
        raise InvalidToken("the access token is not valid yet (`nbf`)")
    if issued is not None and issued > now + leeway:
        raise InvalidToken("the access token was issued in the future (`iat`): the issuer's clock and ours differ")
    return expires


def check_audience(claims: Claims, audience: str) -> None:
    """Raises InvalidToken."""
    value = claims.get("aud")
    audiences = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in audiences):
        raise InvalidToken("the access token's `aud` is neither a text nor a list of texts")
    if audience not in audiences:
        raise InvalidToken(f"the access token is for another audience (`aud`): it must be {shown(audience)}")


def subject_of(claims: Claims) -> str:
    """Raises InvalidToken when it could be taken for another's, or for nobody's."""
    subject = text_of(claims, "sub")
    if len(subject) > LONGEST_ID or not subject.isprintable() or subject != subject.strip():
        raise InvalidToken(
            f"the access token's `sub` must be at most {LONGEST_ID} printable characters without spaces around them"
        )
    return subject
