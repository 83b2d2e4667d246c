"""The keys that an issuer signs by, out of its JSON web key set (RFC 7517)."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.identity.oidc.algorithms import ALGORITHMS, KEY_TYPES
from gateway.identity.oidc.errors import IssuerFault, shown
from gateway.identity.oidc.strict_json import NotStrict, strict_object

if TYPE_CHECKING:
    from joserfc.jwk import Key

Jwk = dict[str, Any]

FEWEST_BITS = 2048
MOST_BITS = 8192  # a larger one is slow enough to hold up everybody else


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key, and the algorithms that it may be used with."""

    key: Key = field(repr=False)
    algorithms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Keys:
    """By `kid`: the keys that may be used, and why the others may not."""

    usable: Mapping[str, VerifyingKey]
    refused: Mapping[str, str]


def keys_of(document: bytes) -> Keys:
    """Of a key set. Raises IssuerFault when it is none; a key that may not be used is left out.

    It takes a while: joserfc is imported when it is first needed, as are the keys, of which there may be many.
    """
    try:
        jwks = strict_object(document).get("keys")
    except NotStrict as error:
        raise IssuerFault(f"its key set {error}") from None
    if not isinstance(jwks, list) or not all(isinstance(jwk, dict) for jwk in jwks):
        raise IssuerFault("its key set has no list of `keys`")
    named = [jwk for jwk in jwks if isinstance(jwk.get("kid"), str) and jwk["kid"]]
    times = Counter(jwk["kid"] for jwk in named)
    usable: dict[str, VerifyingKey] = {}
    refused = {kid: "several keys have this kid" for kid, count in times.items() if count > 1}
    for jwk in named:
        kid = jwk["kid"]
        if kid not in refused:
            key = _key_of(jwk)
            if isinstance(key, str):
                refused[kid] = key
            else:
                usable[kid] = key
    return Keys(usable, refused)


def _key_of(jwk: Jwk) -> VerifyingKey | str:
    """The key, or why it may not be used."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    if (reason := next((reason for is_fit, reason in _CONDITIONS if not is_fit(jwk)), None)) is not None:
        return reason
    algorithms = _algorithms_of(jwk)
    if not algorithms:
        return f"it is for no algorithm that can be accepted (alg {shown(jwk.get('alg', 'absent'))})"
    try:
        return VerifyingKey(JWKRegistry.import_key(jwk), algorithms)
    except (JoseError, ValueError, TypeError):
        return "it is malformed"


def _algorithms_of(jwk: Jwk) -> frozenset[str]:
    return frozenset(
        name
        for name, kind in ALGORITHMS.items()
        if jwk["kty"] == kind.kty and (kind.crv is None or jwk.get("crv") == kind.crv) and jwk.get("alg", name) == name
    )


def _is_for_verifying(jwk: Jwk) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return isinstance(operations, list) and "verify" in operations


def _has_a_fit_size(jwk: Jwk) -> bool:
    return jwk["kty"] != "RSA" or FEWEST_BITS <= _modulus_bits(jwk.get("n")) <= MOST_BITS


def _modulus_bits(modulus: object) -> int:
    try:
        return int.from_bytes(urlsafe_b64decode(f"{modulus}==")).bit_length()
    except ValueError:
        return 0


# Looked at in this order: the later ones may take the earlier ones for granted.
_CONDITIONS: tuple[tuple[Callable[[Jwk], bool], str], ...] = (
    (lambda jwk: jwk.get("kty") in KEY_TYPES, f"its kty is none of {', '.join(KEY_TYPES)}"),
    (lambda jwk: jwk.get("use", "sig") == "sig", "its use is not sig"),
    (_is_for_verifying, "its key_ops are without verify"),
    (lambda jwk: "d" not in jwk, "it is a private key, which anybody may have read: the issuer must replace it"),
    (_has_a_fit_size, f"it has less than {FEWEST_BITS} or more than {MOST_BITS} bits"),
)
