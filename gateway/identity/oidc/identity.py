"""The user whose access token was verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gateway.identity.oidc.claims import check_audience, check_times, subject_of
from gateway.identity.oidc.issuer import Issuer
from gateway.identity.oidc.profiles import check_profile
from gateway.identity.oidc.token import Token


@dataclass(frozen=True, slots=True)
class Identity:
    """`subject` is one of the `issuer`'s, and of no other's. `expires_at`: seconds since 1970, without leeway."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(repr=False)
    expires_at: float


def identity_of(token: Token, issuer: Issuer, now: float) -> Identity:
    """Out of a token that the issuer has signed; `now` in seconds since 1970. Raises InvalidToken."""
    expires_at = check_times(token.claims, now, issuer.leeway)
    # Before the audience: an ID token has another, and who sends one needs to know that it is one.
    check_profile(token, issuer)
    check_audience(token.claims, issuer.audience)
    return Identity(issuer.url, subject_of(token.claims), MappingProxyType(dict(token.claims)), expires_at)
