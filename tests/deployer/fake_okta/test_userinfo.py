from typing import Any

import pytest

from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.grants import grant
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.orders import Order, ordered_token
from deployer.fake_okta.userinfo import userinfo
from deployer.fake_okta.users import MADE_UP_USERS
from tests.deployer.fake_okta.conftest import Clock

FORM = {"grant_type": "password", "username": "alice", "password": "alice"}


def access_token(okta: Okta, scope: str) -> str:
    response = okta.token_response(okta.custom, grant(okta, okta.custom, FORM | {"scope": scope}, None))
    return str(response["access_token"])


def test_it_tells_what_the_scopes_allow(okta: Okta) -> None:
    uid = MADE_UP_USERS[0].uid
    assert userinfo(okta, okta.custom, f"Bearer {access_token(okta, 'openid')}") == {"sub": uid}
    assert userinfo(okta, okta.custom, f"bearer {access_token(okta, 'openid profile groups')}") == {
        "sub": uid,
        "name": "Alice",
        "preferred_username": "alice@example.com",
        "groups": ["Everyone", "data-science"],
    }


def test_a_token_without_openid_tells_nothing(okta: Okta) -> None:
    with pytest.raises(OAuthError) as error:
        userinfo(okta, okta.custom, f"Bearer {access_token(okta, 'llm')}")
    assert (error.value.error, error.value.status) == ("insufficient_scope", 403)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x.y.z", "Basic YWxpY2U6YWxpY2U="])
def test_what_is_no_token_is_refused(okta: Okta, authorization: str | None) -> None:
    with pytest.raises(OAuthError) as error:
        userinfo(okta, okta.custom, authorization)
    assert (error.value.error, error.value.status) == ("invalid_token", 401)


@pytest.mark.parametrize(
    "order",
    [
        {"sign_with": "unknown"},
        {"claims": {"aud": "api://other"}},
        {"claims": {"exp": None}},
        {"claims": {"uid": "00u"}},
        {"claims": {"uid": ["00u"]}},
        {"user": None},
        {"payload": "[]"},
    ],
)
def test_what_is_no_valid_token_of_a_user_is_refused(okta: Okta, order: dict[str, Any]) -> None:
    token = ordered_token(okta, okta.custom, Order(**{"user": "alice", **order}))
    with pytest.raises(OAuthError) as error:
        userinfo(okta, okta.custom, f"Bearer {token}")
    assert (error.value.error, error.value.status) == ("invalid_token", 401)


def test_scopes_that_are_no_list_are_none(okta: Okta) -> None:
    token = ordered_token(okta, okta.custom, Order("alice", claims={"scp": "openid"}))
    with pytest.raises(OAuthError, match="must have the scope 'openid'"):
        userinfo(okta, okta.custom, f"Bearer {token}")


def test_an_expired_token_is_refused(okta: Okta, clock: Clock) -> None:
    token = access_token(okta, "openid")
    clock.time += 3600 + 1
    with pytest.raises(OAuthError, match="invalid"):
        userinfo(okta, okta.custom, f"Bearer {token}")
