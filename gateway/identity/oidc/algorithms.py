"""The algorithms of signatures that an issuer can be held to, and the keys that they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class KeyKind:
    """`kty` and `crv` of a JSON web key; an RSA key has no curve."""

    kty: str
    crv: str | None = None


_RSA = KeyKind("RSA")

# RFC 7518, section 3.1, without HMAC, whose key would have to be shared, and without `none`.
ALGORITHMS: Mapping[str, KeyKind] = MappingProxyType(
    {
        "RS256": _RSA,
        "RS384": _RSA,
        "RS512": _RSA,
        "PS256": _RSA,
        "PS384": _RSA,
        "PS512": _RSA,
        "ES256": KeyKind("EC", "P-256"),
        "ES384": KeyKind("EC", "P-384"),
        "ES512": KeyKind("EC", "P-521"),
    }
)
KEY_TYPES = tuple(sorted({kind.kty for kind in ALGORITHMS.values()}))
