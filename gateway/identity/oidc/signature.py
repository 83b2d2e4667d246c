"""The signature of a token, checked by joserfc with the one algorithm that it may have."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gateway.errors import InvalidToken
from gateway.identity.oidc.errors import shown
from gateway.identity.oidc.issuer import Issuer
from gateway.identity.oidc.keys import VerifyingKey
from gateway.identity.oidc.token import MAX_SIZE, Token

if TYPE_CHECKING:
    from joserfc.jws import JWSRegistry


def check_algorithm(token: Token, issuer: Issuer) -> None:
    """Raises InvalidToken when it says another algorithm than the issuer signs by."""
    if token.algorithm not in issuer.algorithms:
        accepted = " or ".join(issuer.algorithms)
        raise InvalidToken(f"the access token is signed by {shown(token.algorithm)}; it must be {accepted}")


def check_signature(token: Token, key: VerifyingKey) -> None:
    """After check_algorithm. Raises InvalidToken."""
    # Imported already, by the key: of joserfc a gateway without issuers must not pay the tenth of a second.
    from joserfc import jws
    from joserfc.errors import JoseError

    if token.algorithm not in key.algorithms:
        raise InvalidToken(f"the access token is signed by {token.algorithm}, which its key is not for")
    try:
        jws.deserialize_compact(token.text, key.key, registry=_registry(token.algorithm))
    except (JoseError, ValueError):
        raise InvalidToken("the signature of the access token is not the issuer's") from None


@cache
def _registry(algorithm: str) -> JWSRegistry:
    from joserfc.jws import JWSRegistry

    # Names in the header that nobody knows are to be ignored (RFC 7515, section 4); those that matter are refused.
    registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    registry.max_header_length = MAX_SIZE
    registry.max_signature_length = MAX_SIZE
    return registry
