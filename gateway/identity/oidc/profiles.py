"""What makes a token an access token of a user: each issuer has one of these profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.errors import InvalidToken
from gateway.identity.oidc.claims import Claims, moment_of, text_of
from gateway.identity.oidc.errors import shown
from gateway.identity.oidc.issuer import Issuer, ProfileName
from gateway.identity.oidc.token import Token

# OpenID Connect Core, sections 2 and 3.3.2.11: claims of ID tokens, which are for the client and not for us.
_OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")
# RFC 9068, section 2.1, is the last; None is a token without `typ`.
_ANY_TYPE = frozenset({None, "jwt", "at+jwt"})

Check = Callable[[Claims], object]


@dataclass(frozen=True, slots=True)
class Profile:
    """`types`: of `typ`, in small letters and without `application/`. `checks` raise InvalidToken.

    `scopes`: claims with the scopes, of which the first that there is counts. `clients`: claims that name the client.
    """

    types: frozenset[str | None]
    checks: tuple[Check, ...]
    scopes: tuple[str, ...]
    clients: tuple[str, ...]


def check_profile(token: Token, issuer: Issuer) -> None:
    """Raises InvalidToken when it is none of a user's, or not with the scopes and the client that the issuer needs."""
    profile = PROFILES[issuer.profile]
    if _type_of(token) not in profile.types:
        raise InvalidToken(f"the token is not an access token: its `typ` is {shown(token.header.get('typ', 'absent'))}")
    for check in profile.checks:
        check(token.claims)
    _check_scopes(token.claims, profile, issuer)
    _check_client(token.claims, profile, issuer)


def _type_of(token: Token) -> str | None:
    """What `typ` says, or "" when it is not a text."""
    if "typ" not in token.header:
        return None
    value = token.header["typ"]
    return value.lower().removeprefix("application/") if isinstance(value, str) else ""


def _no_id_token(claims: Claims) -> None:
    if found := [name for name in _OF_ID_TOKENS if name in claims]:
        raise InvalidToken(f"the token is an ID token (it has `{found[0]}`): send the access token")


def _no_proof(claims: Claims) -> None:
    # RFC 9449 (DPoP) and RFC 8705 (mTLS): good only together with a proof, which a thief of the token lacks.
    if "cnf" in claims:
        raise InvalidToken(
            "the access token is bound to a key of its client (`cnf`), which is not checked here: send a bearer token"
        )


def _text(name: str) -> Check:
    return lambda claims: text_of(claims, name)


def _issued(claims: Claims) -> None:
    if moment_of(claims, "iat") is None:
        raise InvalidToken("the access token does not say when it was issued (`iat`)")


def _okta_version(claims: Claims) -> None:
    version = claims.get("ver")
    if type(version) is not int or version != 1:
        raise InvalidToken("the token is not an access token of Okta: its `ver` is not 1")


def _okta_scopes(claims: Claims) -> None:
    if not isinstance(claims.get("scp"), list) or not claims["scp"]:
        raise InvalidToken("the token is not an access token of Okta: its `scp` is not a list of scopes")


def _okta_user(claims: Claims) -> None:
    if "uid" not in claims:
        raise InvalidToken("the access token is of a client without a user (no `uid`): a user must sign in")
    text_of(claims, "uid")


def _not_of_a_client(*names: str) -> Check:
    def check(claims: Claims) -> None:
        if "sub" in claims and claims["sub"] in [claims[name] for name in names if name in claims]:
            raise InvalidToken("the access token is of a client without a user (`sub` is the client's id)")

    return check


def _scopes_of(claims: Claims, names: tuple[str, ...]) -> list[str]:
    value: object = next((claims[name] for name in names if name in claims), [])
    scopes = value.split(" ") if isinstance(value, str) else value
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        raise InvalidToken("the access token's scopes are neither a text nor a list of texts")
    return scopes


def _check_scopes(claims: Claims, profile: Profile, issuer: Issuer) -> None:
    scopes = _scopes_of(claims, profile.scopes)
    if missing := [scope for scope in issuer.required_scopes if scope not in scopes]:
        raise InvalidToken(f"the access token lacks the scope {missing[0]}: ask the issuer for one that has it")


def _check_client(claims: Claims, profile: Profile, issuer: Issuer) -> None:
    if not issuer.clients:
        return
    named = [claims[name] for name in profile.clients if name in claims]
    if not named:
        raise InvalidToken(f"the access token does not say which client brings it ({' or '.join(profile.clients)})")
    # A token that names two of them is good for neither, unless both may.
    if refused := [client for client in named if client not in issuer.clients]:
        raise InvalidToken(f"the client {shown(refused[0])} may not bring access tokens to the gateway")


PROFILES: Mapping[ProfileName, Profile] = MappingProxyType(
    {
        # An access token of an Okta custom authorization server.
        "okta": Profile(
            types=_ANY_TYPE,
            checks=(_no_id_token, _no_proof, _okta_version, _text("cid"), _okta_scopes, _okta_user, _text("jti")),
            scopes=("scp",),
            clients=("cid",),
        ),
        # RFC 9068, section 2.2.
        "rfc9068": Profile(
            types=frozenset({"at+jwt"}),
            checks=(_no_proof, _text("client_id"), _text("jti"), _issued, _not_of_a_client("client_id")),
            scopes=("scope",),
            clients=("client_id",),
        ),
        # An issuer whose access tokens look like any others: the required scopes, which ID tokens lack, tell them.
        "scoped": Profile(
            types=_ANY_TYPE,
            checks=(_no_id_token, _no_proof, _not_of_a_client("client_id", "azp", "cid")),
            scopes=("scope", "scp"),
            clients=("client_id", "azp", "cid"),
        ),
    }
)
