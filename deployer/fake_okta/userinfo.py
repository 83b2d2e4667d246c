"""What an access token tells about its user (OpenID Connect Core 1.0, section 5.3)."""

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from deployer.fake_okta.authorization_server import AuthorizationServer
from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.keys import ALGORITHM
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.tokens import Claims, profile_claims
from deployer.fake_okta.users import User


def userinfo(okta: Okta, server: AuthorizationServer, authorization: str | None) -> Claims:
    """The claims that the scopes of the access token allow; `authorization` is the header with it.

    Raises:
        OAuthError: 401 when it is no valid token of a user's, 403 when it has not the scope openid.
    """
    scheme, _, token = (authorization or "").partition(" ")
    claims = _verified(server, token, okta.now()) if scheme.lower() == "bearer" else {}
    user = _user_of(okta, claims)
    if user is None:
        raise OAuthError("invalid_token", "The access token is invalid.", status=401)
    scopes = tuple(map(str, claims["scp"])) if isinstance(claims["scp"], list) else ()
    if "openid" not in scopes:
        raise OAuthError("insufficient_scope", "The access token must have the scope 'openid'.", status=403)
    return {"sub": user.uid, **profile_claims(user, scopes)}


def _verified(server: AuthorizationServer, token: str, now: int) -> Claims:
    """The claims of a valid access token of this server; none of any other."""
    checks = jwt.JWTClaimsRegistry(
        now=now,
        iss={"essential": True, "value": server.issuer},
        aud={"essential": True, "value": server.audience},
        exp={"essential": True},
        scp={"essential": True},
    )
    try:
        claims = jwt.decode(token, KeySet(list(server.keys.published())), algorithms=[ALGORITHM]).claims
        checks.validate(claims)
    except (JoseError, ValueError):
        return {}
    return claims


def _user_of(okta: Okta, claims: Claims) -> User | None:
    return next((user for user in okta.directory.users if user.uid == claims.get("uid")), None)
