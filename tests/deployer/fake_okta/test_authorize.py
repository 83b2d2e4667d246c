from urllib.parse import parse_qs, urlsplit

import pytest

from deployer.fake_okta.authorize import read_sign_in, refused, signed_in
from deployer.fake_okta.errors import OAuthError, RedirectError
from deployer.fake_okta.grants import grant
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.sign_in_page import error_page, sign_in_page
from deployer.fake_okta.users import MADE_UP_USERS, User
from tests.deployer.fake_okta.test_codes import CHALLENGE, VERIFIER

REDIRECT = "http://127.0.0.1:8080/callback"
QUERY = {
    "client_id": "0oa1",
    "response_type": "code",
    "scope": "openid",
    "redirect_uri": REDIRECT,
    "state": "a state & more",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def query_of(url: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}


def test_a_sign_in_ends_in_tokens_with_the_nonce(okta: Okta) -> None:
    location = signed_in(okta, okta.custom, read_sign_in(okta.custom, QUERY), MADE_UP_USERS[0])
    answer = query_of(location)
    assert location.startswith(f"{REDIRECT}?")
    assert answer["state"] == "a state & more"
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "client_id": "0oa1",
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    granted = grant(okta, okta.custom, form, None)
    assert (granted.user, granted.scopes, granted.nonce) == (MADE_UP_USERS[0], ("openid",), "n-1")


def test_a_code_of_one_server_is_nothing_to_the_other(okta: Okta) -> None:
    code = query_of(signed_in(okta, okta.org, read_sign_in(okta.org, QUERY), MADE_UP_USERS[0]))["code"]
    form = {"grant_type": "authorization_code", "code": code, "client_id": "0oa1", "redirect_uri": REDIRECT}
    with pytest.raises(OAuthError, match="invalid or has expired"):
        grant(okta, okta.custom, form | {"code_verifier": VERIFIER}, None)


def test_a_query_in_the_redirect_uri_and_a_missing_state_are_kept(okta: Okta) -> None:
    query = {name: value for name, value in QUERY.items() if name != "state"} | {"redirect_uri": f"{REDIRECT}?a=1"}
    answer = query_of(signed_in(okta, okta.custom, read_sign_in(okta.custom, query), MADE_UP_USERS[0]))
    assert set(answer) == {"a", "code"}


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://localhost:1/",
        "http://127.0.0.1/",
        "http://127.9.9.9/x",
        "http://[::1]:8080/x",
        "https://localhost/x?y=1",
    ],
)
def test_codes_go_to_this_machine(okta: Okta, redirect_uri: str) -> None:
    assert read_sign_in(okta.custom, QUERY | {"redirect_uri": redirect_uri}).redirect_uri == redirect_uri


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "",
        "http://",
        "http://[",
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://127.0.0.1@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com#@127.0.0.1/",
        "http://127.0.0.1/#fragment",
        "http://0.0.0.0/",
        "http://127.0.0.1/\r\nX: y",
        "http://127.0.0.1/ x",
        "javascript://localhost/%0aalert(1)",
        "//localhost/",
        "/callback",
    ],
)
def test_codes_go_nowhere_else_and_neither_does_the_refusal(okta: Okta, redirect_uri: str) -> None:
    with pytest.raises(OAuthError, match="'redirect_uri' must be an address of this machine") as error:
        read_sign_in(okta.custom, QUERY | {"redirect_uri": redirect_uri})
    assert not isinstance(error.value, RedirectError)


def test_without_a_client_nothing_is_redirected(okta: Okta) -> None:
    with pytest.raises(OAuthError, match="'client_id' is missing") as error:
        read_sign_in(okta.custom, QUERY | {"client_id": ""})
    assert not isinstance(error.value, RedirectError)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_any_other_refusal_is_the_clients_to_read(okta: Okta, changes: dict[str, str], error: str) -> None:
    with pytest.raises(RedirectError) as refusal:
        read_sign_in(okta.custom, QUERY | changes)
    answer = query_of(refused(refusal.value))
    assert refused(refusal.value).startswith(f"{REDIRECT}?")
    assert (answer["error"], answer["state"]) == (error, "a state & more")


def test_the_page_offers_every_user_and_repeats_the_request() -> None:
    page = sign_in_page(MADE_UP_USERS, "0oa1", QUERY)
    assert page.count("<li>") == len(MADE_UP_USERS)
    assert "sign_in_as=carol%40example.com" in page
    assert "state=a+state+%26+more" in page


def test_nothing_of_a_request_becomes_markup() -> None:
    mean = '"><script>alert(1)</script>'
    page = sign_in_page([User(mean, "hush", mean, (mean,))], mean, QUERY | {"state": mean}) + error_page(mean)
    assert "<script>" not in page
    assert 'href="?' in page
    assert "hush" not in page
