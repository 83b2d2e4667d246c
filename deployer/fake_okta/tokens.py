"""Access tokens and ID tokens with what Okta puts into them."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64encode

from deployer.fake_okta.authorization_server import AuthorizationServer
from deployer.fake_okta.keys import ALGORITHM, key_id
from deployer.fake_okta.users import User

IDENTITY_PROVIDER = "00ofakeidentityprovi"  # Okta's id of itself as the place where the user signed in

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What tokens are made of. `user` is None when a client acts for itself; `signed_in_at` is in Unix seconds."""

    client_id: str
    scopes: tuple[str, ...]
    user: User | None
    signed_in_at: int
    nonce: str | None = None


def access_claims(server: AuthorizationServer, grant: Grant, now: int) -> Claims:
    """The payload of an access token that is issued at `now`, in Unix seconds."""
    claims: Claims = {
        "ver": 1,
        "jti": f"AT.{secrets.token_urlsafe(32)}",
        "iss": server.issuer,
        "aud": server.audience,
        "iat": now,
        "exp": now + server.lifetime,
        "cid": grant.client_id,
    }
    if grant.user is None:
        return claims | {"scp": list(grant.scopes), "sub": grant.client_id}
    return claims | {
        "uid": grant.user.uid,
        "scp": list(grant.scopes),
        "auth_time": grant.signed_in_at,
        "sub": grant.user.login,
        "groups": list(grant.user.groups),
    }


def id_claims(server: AuthorizationServer, grant: Grant, user: User, now: int, access_token: str) -> Claims:
    """The payload of an ID token about `user` that is issued at `now`, in Unix seconds, beside an access token."""
    claims: Claims = {
        "sub": user.uid,
        "ver": 1,
        "iss": server.issuer,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + server.lifetime,
        "jti": f"ID.{secrets.token_urlsafe(32)}",
        "amr": ["pwd"],
        "idp": IDENTITY_PROVIDER,
        "auth_time": grant.signed_in_at,
        "at_hash": _at_hash(access_token),
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    return claims | profile_claims(user, grant.scopes)


def profile_claims(user: User, scopes: tuple[str, ...]) -> Claims:
    """What the scopes tell about the user (OpenID Connect Core 1.0, section 5.4), and with `groups` the groups."""
    told: dict[str, Claims] = {
        "profile": {"name": user.name, "preferred_username": user.login},
        "email": {"email": user.login, "email_verified": True},
        "groups": {"groups": list(user.groups)},
    }
    return {name: value for scope in scopes for name, value in told.get(scope, {}).items()}


def sign(claims: Mapping[str, Any], key: RSAKey) -> str:
    """A token with Okta's header: `kid` and `alg`, no `typ`."""
    header = {"kid": key_id(key), "alg": ALGORITHM}
    return jws.serialize_compact(header, json.dumps(claims), key, algorithms=[ALGORITHM])


def _at_hash(access_token: str) -> str:
    """OpenID Connect Core 1.0, section 3.1.3.6: the left half of the hash."""
    half = hashlib.sha256(access_token.encode("ascii")).digest()[:16]
    return urlsafe_b64encode(half).decode()
