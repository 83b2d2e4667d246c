"""The keys of one authorization server: what it signs with, and what it publishes."""

from functools import cached_property
from typing import Any

from joserfc.jwk import RSAKey

KEY_SIZE = 2048  # bits, as Okta's
ALGORITHM = "RS256"


class SigningKeys:
    """The current key, and after a rotation the one before it, which stays published until the next rotation."""

    def __init__(self) -> None:
        self.current = _new_key()
        self.previous: RSAKey | None = None

    @cached_property
    def unknown(self) -> RSAKey:
        """A key that is never published."""
        return _new_key()

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.current, self.previous = _new_key(), self.current

    def published(self) -> list[RSAKey]:
        """The keys that a signature may be made with, in no order that means anything: as Okta, by chance."""
        keys = [self.current] if self.previous is None else [self.current, self.previous]
        return sorted(keys, key=key_id)

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public keys as a JSON Web Key Set (RFC 7517, section 5)."""
        return {"keys": [_public_jwk(key) for key in self.published()]}


def key_id(key: RSAKey) -> str:
    """The `kid` of a key: its thumbprint (RFC 7638)."""
    return key.thumbprint()


def _public_jwk(key: RSAKey) -> dict[str, Any]:
    public = key.as_dict(private=False)
    return {"kty": "RSA", "alg": ALGORITHM, "kid": key_id(key), "use": "sig", "e": public["e"], "n": public["n"]}


def _new_key() -> RSAKey:
    return RSAKey.generate_key(KEY_SIZE)
