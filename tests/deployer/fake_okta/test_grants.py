import base64
import re
from typing import Any

import pytest
from joserfc import jwt

from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.grants import grant
from deployer.fake_okta.okta import CLIENT_ID, Okta

PASSWORD = {"grant_type": "password", "username": "alice@example.com", "password": "alice"}


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def refusal(okta: Okta, form: dict[str, str], authorization: str | None = None) -> OAuthError:
    with pytest.raises(OAuthError) as error:
        grant(okta, okta.custom, form, authorization)
    return error.value


def test_a_password_gets_tokens_about_the_user(okta: Okta) -> None:
    granted = grant(okta, okta.custom, PASSWORD | {"scope": "openid"}, None)
    response = okta.token_response(okta.custom, granted)
    assert {name: response[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "openid",
    }
    decoded: dict[str, Any] = {
        name: jwt.decode(response[name], okta.custom.keys.current, algorithms=["RS256"]).claims
        for name in ("access_token", "id_token")
    }
    assert decoded["access_token"]["sub"] == "alice@example.com"
    assert decoded["id_token"]["aud"] == decoded["access_token"]["cid"] == CLIENT_ID


def test_without_openid_there_is_no_id_token(okta: Okta) -> None:
    response = okta.token_response(okta.custom, grant(okta, okta.custom, PASSWORD, None))
    assert set(response) == {"token_type", "expires_in", "access_token", "scope"}
    assert response["scope"] == "llm"


def test_a_wrong_password_is_refused_in_oktas_words(okta: Okta) -> None:
    refused = refusal(okta, PASSWORD | {"password": "bob"})
    assert refused.status == 400
    assert refused.body() == {
        "error": "invalid_grant",
        "error_description": "The credentials provided were invalid.",
    }


def test_client_credentials_get_a_token_without_a_user(okta: Okta) -> None:
    granted = grant(okta, okta.custom, {"grant_type": "client_credentials"}, basic("0oa%2Fservice:any secret"))
    assert (granted.client_id, granted.user, granted.scopes) == ("0oa/service", None, ("llm",))
    assert "id_token" not in okta.token_response(okta.custom, granted)


@pytest.mark.parametrize(
    ("form", "authorization", "client_id"),
    [
        ({"client_id": "0oa1"}, None, "0oa1"),
        ({}, basic("0oa2:secret"), "0oa2"),
        ({}, "Bearer something", CLIENT_ID),
        ({}, None, CLIENT_ID),
    ],
)
def test_the_client_is_believed(okta: Okta, form: dict[str, str], authorization: str | None, client_id: str) -> None:
    assert grant(okta, okta.custom, PASSWORD | form, authorization).client_id == client_id


@pytest.mark.parametrize("authorization", ["Basic ?", "Basic", basic("no colon"), basic(":no name")])
def test_basic_authentication_that_is_none_is_refused(okta: Okta, authorization: str) -> None:
    refused = refusal(okta, PASSWORD, authorization)
    assert (refused.error, refused.status) == ("invalid_client", 401)


@pytest.mark.parametrize(
    ("form", "error", "said"),
    [
        ({}, "invalid_request", "'grant_type' is missing"),
        ({"grant_type": "implicit"}, "unsupported_grant_type", "password, client_credentials, authorization_code"),
        ({"grant_type": "password"}, "invalid_request", "'username' is missing"),
        ({"grant_type": "password", "username": "alice"}, "invalid_request", "'password' is missing"),
        ({"grant_type": "authorization_code"}, "invalid_request", "'code' is missing"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request", "'redirect_uri' is missing"),
        (PASSWORD | {"scope": "everything"}, "invalid_scope", "not configured"),
        ({"grant_type": "client_credentials", "scope": "openid"}, "invalid_scope", "Without a user"),
    ],
)
def test_a_request_that_is_not_in_order_is_told_what_is_wrong(
    okta: Okta, form: dict[str, str], error: str, said: str
) -> None:
    refused = refusal(okta, form)
    assert refused.error == error
    assert re.search(said, refused.description)
