"""Tokens to order, for tests: any claims, any header, and a key that is right or wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.jwk import RSAKey

from deployer.fake_okta.authorization_server import AuthorizationServer
from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.keys import ALGORITHM, SigningKeys, key_id
from deployer.fake_okta.okta import CLIENT_ID, Okta
from deployer.fake_okta.tokens import Claims, Grant, access_claims
from deployer.fake_okta.users import User

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")


class _AnyHeader(jws.JWSRegistry):
    """Headers that make no sense are wanted too."""

    def check_header(self, header: Mapping[str, Any]) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Order:
    """What is ordered; see `read_order`."""

    user: str | None
    client_id: str = CLIENT_ID
    scope: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    lifetime: int | None = None
    payload: str | None = None
    sign_with: str = "current"


def read_order(body: bytes, default_user: str) -> Order:
    """An order from a JSON object, all of whose fields may be left out.

    `user` (null: a client's own token), `client_id` and `scope` are what the token is issued for. `claims` and
    `header` override what Okta would say, null removes it. `lifetime` is in seconds, below 0 the token has expired.
    `payload` is a text to sign instead of the claims. `sign_with` is "current", "previous" or "unknown".

    Raises:
        OAuthError: it is no such object.
    """
    try:
        fields = json.loads(body or b"{}")
    except ValueError as error:
        raise _wrong("The body", f"is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise _wrong("The body", "is not a JSON object")
    for name, value in fields.items():
        if name not in _FIELDS:
            raise _wrong(f"The field '{name}'", f"is unknown; known are {', '.join(_FIELDS)}")
        fits, wanted = _FIELDS[name]
        if not fits(value):
            raise _wrong(f"The field '{name}'", f"is not {wanted}")
    return Order(**{"user": default_user, **fields})


def ordered_token(okta: Okta, server: AuthorizationServer, order: Order) -> str:
    """The token.

    Raises:
        OAuthError: there is no such user, scope or key.
    """
    key = _KEYS[order.sign_with](server.keys)
    if key is None:
        raise _wrong("The field 'sign_with'", "is 'previous', but the keys were not rotated yet")
    payload = order.payload
    if payload is None:
        payload = json.dumps(_claims(okta, server, order))
    header = _overridden({"kid": key_id(key), "alg": ALGORITHM}, order.header)
    if header.get("alg") not in ALGORITHMS:
        raise _wrong("The field 'header.alg'", f"is none of those that this key can sign with: {', '.join(ALGORITHMS)}")
    return jws.serialize_compact(header, payload, key, registry=_AnyHeader(algorithms=ALGORITHMS))


def _claims(okta: Okta, server: AuthorizationServer, order: Order) -> Claims:
    now = okta.now()
    user = _user(okta, order.user)
    scopes = server.granted_scopes(order.scope, with_user=user is not None)
    granted = Grant(client_id=order.client_id, scopes=scopes, user=user, signed_in_at=now)
    claims = access_claims(server, granted, now)
    if order.lifetime is not None:
        claims["exp"] = now + order.lifetime
    return _overridden(claims, order.claims)


def _user(okta: Okta, name: str | None) -> User | None:
    if name is None:
        return None
    user = okta.directory.find(name)
    if user is None:
        known = ", ".join(each.login for each in okta.directory.users)
        raise _wrong("The field 'user'", f"is nobody; known are {known}")
    return user


def _overridden(usual: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**usual, **overrides}.items() if value is not None}


def _wrong(what: str, reason: str) -> OAuthError:
    return OAuthError("invalid_request", f"{what} {reason}.")


_KEYS: dict[str, Callable[[SigningKeys], RSAKey | None]] = {
    "current": lambda keys: keys.current,
    "previous": lambda keys: keys.previous,
    "unknown": lambda keys: keys.unknown,
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


_FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "user": (lambda value: value is None or isinstance(value, str), "a string or null"),
    "client_id": (_is_text, "a string"),
    "scope": (_is_text, "a string"),
    "claims": (_is_object, "an object"),
    "header": (_is_object, "an object"),
    "lifetime": (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number of seconds"),
    "payload": (_is_text, "a string"),
    "sign_with": (lambda value: isinstance(value, str) and value in _KEYS, f"one of {', '.join(_KEYS)}"),
}
