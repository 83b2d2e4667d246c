import hashlib

from joserfc import jws, jwt
from joserfc.util import urlsafe_b64encode

from deployer.fake_okta.keys import key_id
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.tokens import Grant, access_claims, id_claims, sign
from deployer.fake_okta.users import MADE_UP_USERS
from tests.deployer.fake_okta.conftest import NOW

ALICE = MADE_UP_USERS[0]


def grant(**fields: object) -> Grant:
    usual = {"client_id": "0oa1", "scopes": ("openid",), "user": ALICE, "signed_in_at": NOW - 5}
    return Grant(**usual | fields)  # type: ignore[arg-type] # the fields of one test


def test_an_access_token_says_what_oktas_says(okta: Okta) -> None:
    claims = access_claims(okta.custom, grant(), NOW)
    assert claims.pop("jti").startswith("AT.")
    assert claims == {
        "ver": 1,
        "iss": "http://127.0.0.1:4020/oauth2/default",
        "aud": "api://default",
        "iat": NOW,
        "exp": NOW + 3600,
        "cid": "0oa1",
        "uid": ALICE.uid,
        "scp": ["openid"],
        "auth_time": NOW - 5,
        "sub": "alice@example.com",
        "groups": ["Everyone", "data-science"],
    }


def test_a_clients_own_token_has_nothing_of_a_user(okta: Okta) -> None:
    claims = access_claims(okta.custom, grant(user=None, scopes=("llm",)), NOW)
    assert set(claims) == {"ver", "jti", "iss", "aud", "iat", "exp", "cid", "scp", "sub"}
    assert claims["sub"] == claims["cid"] == "0oa1"


def test_no_two_tokens_have_the_same_id(okta: Okta) -> None:
    assert access_claims(okta.custom, grant(), NOW)["jti"] != access_claims(okta.custom, grant(), NOW)["jti"]


def test_an_id_token_is_for_the_client_and_bound_to_the_access_token(okta: Okta) -> None:
    claims = id_claims(okta.custom, grant(nonce="n-1", scopes=("openid", "email")), ALICE, NOW, "access.token")
    assert claims.pop("jti").startswith("ID.")
    digest = hashlib.sha256(b"access.token").digest()
    assert claims == {
        "sub": ALICE.uid,
        "ver": 1,
        "iss": "http://127.0.0.1:4020/oauth2/default",
        "aud": "0oa1",
        "iat": NOW,
        "exp": NOW + 3600,
        "amr": ["pwd"],
        "idp": claims["idp"],
        "auth_time": NOW - 5,
        "at_hash": urlsafe_b64encode(digest[:16]).decode(),
        "nonce": "n-1",
        "email": "alice@example.com",
        "email_verified": True,
    }


def test_without_a_nonce_in_the_request_there_is_none_in_the_id_token(okta: Okta) -> None:
    assert "nonce" not in id_claims(okta.custom, grant(), ALICE, NOW, "access.token")


def test_the_header_is_oktas(okta: Okta) -> None:
    key = okta.custom.keys.current
    token = sign({"a": 1}, key)
    assert jws.extract_compact(token.encode()).headers() == {"kid": key_id(key), "alg": "RS256"}
    assert jwt.decode(token, key, algorithms=["RS256"]).claims == {"a": 1}


def test_both_servers_have_keys_of_their_own(okta: Okta) -> None:
    assert key_id(okta.custom.keys.current) != key_id(okta.org.keys.current)
