import json
from typing import Any

import pytest
from joserfc import jws

from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.keys import key_id
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.orders import ordered_token, read_order
from tests.deployer.fake_okta.conftest import NOW


def order(okta: Okta, **fields: Any) -> str:
    return ordered_token(okta, okta.custom, read_order(json.dumps(fields).encode(), "alice@example.com"))


def payload(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return claims


def header(token: str) -> dict[str, Any]:
    return dict(jws.extract_compact(token.encode(), registry=jws.JWSRegistry(strict_check_header=False)).headers())


def test_an_empty_order_gets_what_the_first_user_would(okta: Okta) -> None:
    token = ordered_token(okta, okta.custom, read_order(b"", "alice@example.com"))
    jws.deserialize_compact(token, okta.custom.keys.current, algorithms=["RS256"])
    claims = payload(token)
    assert (claims["sub"], claims["iat"], claims["exp"], claims["scp"]) == (
        "alice@example.com",
        NOW,
        NOW + 3600,
        ["llm"],
    )


def test_claims_are_replaced_added_and_removed(okta: Okta) -> None:
    claims = payload(order(okta, user="bob", claims={"aud": "api://other", "extra": [1], "uid": None}))
    assert (claims["sub"], claims["aud"], claims["extra"]) == ("bob@example.com", "api://other", [1])
    assert "uid" not in claims


def test_the_header_is_replaced_added_and_removed(okta: Okta) -> None:
    assert header(order(okta, header={"kid": None, "typ": "JWT", "alg": "PS256"})) == {"alg": "PS256", "typ": "JWT"}
    assert header(order(okta, header={"crit": ["x"]}))["crit"] == ["x"]


def test_a_token_can_have_expired(okta: Okta) -> None:
    assert payload(order(okta, lifetime=-60))["exp"] == NOW - 60


def test_a_client_can_have_a_token_of_its_own(okta: Okta) -> None:
    claims = payload(order(okta, user=None, client_id="0oa7", scope="groups"))
    assert (claims["sub"], claims["scp"], "uid" in claims) == ("0oa7", ["groups"], False)


def test_a_text_is_signed_as_it_stands(okta: Okta) -> None:
    text = '{"sub": "a", "sub": "b"}'
    token = order(okta, payload=text)
    assert jws.deserialize_compact(token, okta.custom.keys.current, algorithms=["RS256"]).payload == text.encode()


def test_the_key_is_the_one_that_is_named(okta: Okta) -> None:
    before = okta.custom.keys.current
    okta.rotate()
    tokens = {name: order(okta, sign_with=name) for name in ("current", "previous", "unknown")}
    keys = {"current": okta.custom.keys.current, "previous": before, "unknown": okta.custom.keys.unknown}
    for name, token in tokens.items():
        assert header(token)["kid"] == key_id(keys[name])
        jws.deserialize_compact(token, keys[name], algorithms=["RS256"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "The body is not JSON"),
        (b"\xff", "The body is not JSON"),
        (b"[]", "The body is not a JSON object"),
        (b'{"claim": {}}', "The field 'claim' is unknown; known are user, client_id"),
        (b'{"user": 1}', "The field 'user' is not a string or null"),
        (b'{"claims": []}', "The field 'claims' is not an object"),
        (b'{"lifetime": true}', "The field 'lifetime' is not a whole number"),
        (b'{"sign_with": "mine"}', "The field 'sign_with' is not one of current, previous, unknown"),
        (b'{"sign_with": "previous"}', "the keys were not rotated yet"),
        (b'{"user": "zoe"}', "The field 'user' is nobody; known are alice@example.com"),
        (b'{"header": {"alg": "none"}}', "The field 'header.alg' is none of those"),
        (b'{"scope": "everything"}', "not configured"),
    ],
)
def test_an_order_that_cannot_be_met_is_told_by_its_field(okta: Okta, body: bytes, said: str) -> None:
    with pytest.raises(OAuthError) as error:
        ordered_token(okta, okta.custom, read_order(body, "alice@example.com"))
    assert said in error.value.description
