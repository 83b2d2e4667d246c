import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from deployer.fake_okta.failures import FAILURES
from tests.deployer.fake_okta.test_authorize import QUERY, REDIRECT
from tests.deployer.fake_okta.test_codes import VERIFIER
from tests.support.processes import FakeOkta
from tests.support.token_forge import header_of

KEYS = "/oauth2/default/v1/keys"
PASSWORD = {"grant_type": "password", "username": "alice@example.com", "password": "alice"}


@pytest.mark.parametrize("server", ["", "/oauth2/default"])
@pytest.mark.parametrize("document", ["openid-configuration", "oauth-authorization-server"])
def test_discovery_leads_to_the_keys_of_the_tokens(
    fake_okta: FakeOkta, http: httpx.Client, server: str, document: str
) -> None:
    metadata = http.get(f"{fake_okta.url}{server}/.well-known/{document}").json()
    assert metadata["issuer"] == fake_okta.url + server
    answer = http.post(metadata["token_endpoint"], data=PASSWORD | {"scope": "openid"})
    assert answer.headers["cache-control"] == "no-store"
    keys = KeySet.import_key_set(http.get(metadata["jwks_uri"]).json())
    for name in ("access_token", "id_token"):
        assert jwt.decode(answer.json()[name], keys, algorithms=["RS256"]).claims["iss"] == metadata["issuer"]


def test_the_keys_may_be_cached_for_long(fake_okta: FakeOkta, http: httpx.Client) -> None:
    assert http.get(fake_okta.url + KEYS).headers["cache-control"] == "max-age=5184000, must-revalidate"


def test_a_refusal_is_oauths_json(fake_okta: FakeOkta, http: httpx.Client) -> None:
    answer = http.post(f"{fake_okta.issuer}/v1/token", data=PASSWORD | {"password": "wrong"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant", "error_description": "The credentials provided were invalid."}


@pytest.mark.parametrize(
    ("content", "content_type", "said"),
    [
        (b"{}", "application/json", "The header Content-Type must be application/x-www-form-urlencoded."),
        (
            b"grant_type=a&grant_type=b",
            "application/x-www-form-urlencoded",
            "The parameter 'grant_type' is there twice.",
        ),
        (b"\xff", "application/x-www-form-urlencoded; charset=none", "The body is not a form."),
        (b"&a=1" * 200, "application/x-www-form-urlencoded", "The body is not a form."),
    ],
)
def test_a_body_that_is_no_form_is_told(
    fake_okta: FakeOkta, http: httpx.Client, content: bytes, content_type: str, said: str
) -> None:
    answer = http.post(f"{fake_okta.issuer}/v1/token", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request", "error_description": said})


def test_a_body_that_is_too_large_is_told(fake_okta: FakeOkta, http: httpx.Client) -> None:
    answer = http.post(f"{fake_okta.url}/fake/token", content=b"x" * (2 * 1024 * 1024))
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


def test_a_sign_in_through_the_page(fake_okta: FakeOkta, http: httpx.Client) -> None:
    page = http.get(f"{fake_okta.issuer}/v1/authorize", params=QUERY)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    [link] = re.findall(r'href="([^"]*carol[^"]*)"', page.text)
    location = http.get(page.url.join(unescape(link))).headers["location"]
    answer = {name: value for name, [value] in parse_qs(urlsplit(location).query).items()}
    assert location.startswith(REDIRECT)
    assert answer["state"] == QUERY["state"]
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": REDIRECT}
    tokens = http.post(
        f"{fake_okta.issuer}/v1/token", data=form | {"client_id": "0oa1", "code_verifier": VERIFIER}
    ).json()
    told = http.get(f"{fake_okta.issuer}/v1/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert told.status_code == 200
    assert set(tokens) == {"token_type", "expires_in", "access_token", "scope", "id_token"}


@pytest.mark.parametrize(
    ("changes", "status"), [({"redirect_uri": "http://example.com/"}, 400), ({"sign_in_as": "zoe"}, 400)]
)
def test_a_sign_in_that_is_refused_on_the_page(
    fake_okta: FakeOkta, http: httpx.Client, changes: dict[str, str], status: int
) -> None:
    answer = http.get(f"{fake_okta.issuer}/v1/authorize", params=QUERY | changes)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "location" not in answer.headers


def test_a_sign_in_that_is_refused_to_the_client(fake_okta: FakeOkta, http: httpx.Client) -> None:
    answer = http.get(f"{fake_okta.issuer}/v1/authorize", params=QUERY | {"scope": "everything"})
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{REDIRECT}?error=invalid_scope")


def test_an_unknown_address_is_told_in_the_form_of_oktas_api(fake_okta: FakeOkta, http: httpx.Client) -> None:
    answer = http.get(f"{fake_okta.url}/oauth2/other/v1/keys")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "E0000007")


def test_after_a_rotation_old_and_new_tokens_can_be_verified(own_okta: FakeOkta, http: httpx.Client) -> None:
    def published() -> set[str]:
        return {key["kid"] for key in http.get(own_okta.url + KEYS).json()["keys"]}

    old = header_of(own_okta.token())["kid"]
    own_okta.rotate()
    new = header_of(own_okta.token())["kid"]
    assert published() == {old, new}
    own_okta.rotate()
    assert new in published()
    assert old not in published()


@pytest.mark.parametrize(
    ("failure", "status", "content_type"),
    [
        ("unavailable", 503, "text/html; charset=utf-8"),
        ("rate-limited", 429, "application/json; charset=utf-8"),
        ("not-json", 200, "text/html; charset=utf-8"),
    ],
)
def test_an_endpoint_fails_until_it_is_told_otherwise_and_counts_all_the_same(
    own_okta: FakeOkta, http: httpx.Client, failure: str, status: int, content_type: str
) -> None:
    own_okta.fail(KEYS, failure)
    answer = http.get(own_okta.url + KEYS)
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert http.get(f"{own_okta.issuer}/.well-known/openid-configuration").status_code == 200
    own_okta.fail(KEYS, None)
    assert http.get(own_okta.url + KEYS).status_code == 200
    assert own_okta.requests(KEYS) == 2
    assert own_okta.requests("/oauth2/v1/keys") == 0


def test_a_silent_endpoint_says_nothing_and_the_service_ends_all_the_same(own_okta: FakeOkta) -> None:
    own_okta.fail(KEYS, "silence")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(own_okta.url + KEYS, timeout=httpx.Timeout(10, read=0.2), trust_env=False)
    assert own_okta.stop() == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"path": "/v1/keys", "failure": None}, "The field 'path' is none of: /oauth2/default/"),
        ({"path": KEYS, "failure": "fire"}, f"The field 'failure' is not null and none of: {', '.join(FAILURES)}"),
        ({"path": KEYS, "failure": ["fire"]}, "The field 'failure' is not null and none of"),
        ({"path": [KEYS], "failure": None}, "The field 'path' is none of"),
        ({"path": KEYS}, "The body is not JSON like"),
        ([], "The body is not JSON like"),
    ],
)
def test_a_failure_that_there_is_not_is_told(fake_okta: FakeOkta, http: httpx.Client, body: object, said: str) -> None:
    answer = http.post(f"{fake_okta.url}/fake/failure", json=body)
    assert answer.status_code == 400
    assert said in answer.json()["error_description"]


def test_no_token_password_or_code_is_written_to_its_output(own_okta: FakeOkta, http: httpx.Client) -> None:
    tokens = http.post(f"{own_okta.issuer}/v1/token", data=PASSWORD | {"scope": "openid"}).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert http.get(f"{own_okta.issuer}/v1/userinfo", headers=bearer).status_code == 200
    location = http.get(f"{own_okta.issuer}/v1/authorize", params=QUERY | {"sign_in_as": "bob"}).headers["location"]
    [code] = parse_qs(urlsplit(location).query)["code"]
    own_okta.stop()
    assert [
        word for word in (tokens["access_token"], tokens["id_token"], code, "alice") if word in own_okta.output
    ] == []
