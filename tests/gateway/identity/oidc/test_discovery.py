"""gateway/identity/oidc/discovery.py: where an issuer's document is, and what it must say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from gateway.identity.oidc.client import Answer, IssuerClient
from gateway.identity.oidc.discovery import documents_of, lifetime_of, published_keys
from gateway.identity.oidc.errors import IssuerFault
from tests.support.oidc_server import OAUTH, OPENID, OidcServer, fixed, public_jwk, rsa_key, serving

HOUR, DAY = 3600, 86_400


@pytest.fixture
async def client(environment) -> AsyncIterator[IssuerClient]:
    opened = IssuerClient()
    yield opened
    await opened.close()


async def fault(server: OidcServer, client: IssuerClient) -> str:
    with pytest.raises(IssuerFault) as failed:
        await published_keys(server.url, client.get)
    assert failed.value.__suppress_context__ or failed.value.__context__ is None
    return str(failed.value)


@pytest.mark.parametrize(
    ("issuer", "places"),
    [
        (
            "https://a.example/oauth2/default",
            [
                "https://a.example/oauth2/default" + OPENID,
                "https://a.example/oauth2/default" + OAUTH,
                "https://a.example" + OAUTH + "/oauth2/default",
            ],
        ),
        (
            "https://a.example/tenant/",
            [
                "https://a.example/tenant" + OPENID,
                "https://a.example/tenant" + OAUTH,
                "https://a.example" + OAUTH + "/tenant",
            ],
        ),
        ("https://a.example:8443", ["https://a.example:8443" + OPENID, "https://a.example:8443" + OAUTH]),
        ("https://a.example/", ["https://a.example" + OPENID, "https://a.example" + OAUTH]),
    ],
)
def test_where_the_document_may_be(issuer, places):
    assert list(documents_of(issuer)) == places


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=3600", HOUR),
        ("public, MAX-AGE=7200, must-revalidate", 2 * HOUR),
        ('max-age="3600"', HOUR),
        ("max-age = 3600", HOUR),
        ("", 300),
        ("no-store", 300),
        ("max-age=0", 300),
        ("max-age=299", 300),
        ("max-age=-1", 300),
        ("max-age=much", 300),
        ("x-max-age=3600", 300),
        ("max-age=86401", DAY),
        ("max-age=" + "9" * 5000, DAY),
    ],
    ids=lambda value: str(value)[:30],
)
def test_how_long_keys_are_kept(header, seconds):
    assert lifetime_of(header) == seconds


async def test_the_keys_that_the_document_names(server, client):
    keys, seconds = await published_keys(server.url, client.get)
    assert keys.usable.keys() == {"first"}
    assert seconds == HOUR
    assert server.asked == ["/oauth2/default" + OPENID, "/oauth2/default/v1/keys"]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_each_place_is_looked_at_where_the_others_have_nothing(server, client, place):
    places = [address.removeprefix(server.base) for address in documents_of(server.url)]
    server.documents = {places[place]}
    keys, _ = await published_keys(server.url, client.get)
    assert keys.usable.keys() == {"first"}
    assert server.asked == [*places[: place + 1], server.keys_path]


async def test_only_404_sends_on_to_the_next_place(server, client):
    server.instead["/oauth2/default" + OPENID] = fixed(status=500)
    server.documents.add("/oauth2/default" + OAUTH)
    assert "answers with status 500" in await fault(server, client)
    assert len(server.asked) == 1


async def test_no_document_at_all(server, client):
    server.documents = set()
    said = f"it has no discovery document: {server.url}{OPENID} answers with status 404"
    assert await fault(server, client) == said


@pytest.mark.parametrize("path", ["", "/", "/tenant/"])
async def test_a_slash_at_the_end_is_of_the_issuer_and_not_of_the_places(environment, client, path):
    async with serving(OidcServer(path)) as issuer:
        keys, _ = await published_keys(issuer.url, client.get)
        assert keys.usable.keys() == {"first"}
        issuer.document = {"issuer": issuer.url.removesuffix("/") if path.endswith("/") else issuer.url + "/"}
        assert "is of another issuer" in await fault(issuer, client)


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None, 1, ["http"]])
async def test_a_document_of_another_issuer(server, client, issuer):
    server.document = {"issuer": issuer}
    said = await fault(server, client)
    assert "is of another issuer" in said
    assert "they must be the same text" in said
    assert server.readings == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html>", "is not valid JSON"),
        ("[]", "is not a JSON object"),
        ("", "is not valid JSON"),
        ('{"issuer":"a","issuer":"b"}', "has the same name twice"),
    ],
)
async def test_a_document_that_is_none(server, client, body, said):
    server.instead["/oauth2/default" + OPENID] = fixed(body)
    assert await fault(server, client) == f"its discovery document {server.url}{OPENID} {said}"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (None, "its discovery document has no `jwks_uri`"),
        (1, "its discovery document has no `jwks_uri`"),
        ("/keys", "must be an address that begins with https://"),
        ("file:///etc/passwd", "must be an address that begins with https://"),
        ("http://keys.example/keys", "must begin with https://"),
        ("http://169.254.169.254/keys", "must begin with https://"),
        ("https://user:secret@keys.example/keys", "must not carry a user name or a password"),
        ("https://keys.example/a b", "without spaces"),
    ],
)
async def test_addresses_of_keys_that_are_not_asked(server, client, address, said):
    server.document = {"jwks_uri": address}
    message = await fault(server, client)
    assert said in message
    assert "secret" not in message
    assert server.readings == 0


async def test_keys_on_this_machine_are_for_issuers_on_this_machine():
    issuer = "https://login.example.com"
    document = json.dumps({"issuer": issuer, "jwks_uri": "http://127.0.0.1:8080/keys"}).encode()

    async def get(url: str) -> Answer:
        assert url == issuer + OPENID
        return Answer(200, document, "")

    with pytest.raises(IssuerFault, match="must begin with https://"):
        await published_keys(issuer, get)


async def test_keys_may_be_elsewhere_and_have_a_query():
    issuer = "https://login.example.com/tenant"
    answers = {
        issuer + OPENID: {"issuer": issuer, "jwks_uri": "https://keys.example/keys?p=policy"},
        "https://keys.example/keys?p=policy": {"keys": [public_jwk(rsa_key())]},
    }

    async def get(url: str) -> Answer:
        return Answer(200, json.dumps(answers[url]).encode(), "")

    keys, seconds = await published_keys(issuer, get)
    assert keys.usable.keys() == {"first"}
    assert seconds == 300


@pytest.mark.parametrize("path", ["", "/"])
async def test_oktas_org_server_is_known_by_its_keys_under_any_name(environment, client, path):
    async with serving(OidcServer(path)) as issuer:
        issuer.document = {"jwks_uri": issuer.base + "/oauth2/v1/keys"}
        said = await fault(issuer, client)
        assert said.startswith("it is of Okta's org authorization server, whose access tokens are for Okta alone")
        assert f"such as {issuer.base}/oauth2/default" in said


async def test_keys_that_are_not_found(server, client):
    server.instead[server.keys_path] = fixed(status=404)
    assert await fault(server, client) == f"{server.base}{server.keys_path} answers with status 404"


async def test_a_key_set_that_is_none(server, client):
    server.instead[server.keys_path] = fixed("[]")
    assert await fault(server, client) == "its key set is not a JSON object"
