"""A real OAuth client, authlib's, signs somebody in at the fake Okta: authorization code with PKCE, then the tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.processes import FakeOkta

# Nothing listens there: the code is in the address.
REDIRECT = "http://127.0.0.1:9/signed-in"
CLIENT = "a-command-line"


@pytest.fixture
def client() -> Iterator[OAuth2Client]:
    with OAuth2Client(
        CLIENT,
        token_endpoint_auth_method="none",
        scope="openid profile groups",
        redirect_uri=REDIRECT,
        code_challenge_method="S256",
        trust_env=False,
    ) as started:
        yield started


def metadata(okta: FakeOkta) -> dict[str, str]:
    return dict(httpx.get(f"{okta.issuer}/.well-known/openid-configuration", trust_env=False).json())


def signed_in(okta: FakeOkta, client: OAuth2Client, verifier: str) -> str:
    """The address that the browser is sent back to, once alice was chosen on the sign-in page."""
    url, state = client.create_authorization_url(
        metadata(okta)["authorization_endpoint"], code_verifier=verifier, nonce="n-1"
    )
    page = httpx.get(url, trust_env=False)
    link = next(unescape(href) for href in re.findall(r'href="([^"]+)"', page.text) if "alice" in href)
    chosen = httpx.get(page.url.join(link), trust_env=False)
    assert parse_qs(urlsplit(chosen.headers["location"]).query)["state"] == [state]
    return str(chosen.headers["location"])


def test_a_sign_in_gives_tokens_that_can_be_verified(fake_okta: FakeOkta, client: OAuth2Client):
    verifier = generate_token(48)
    answer = client.fetch_token(
        metadata(fake_okta)["token_endpoint"],
        authorization_response=signed_in(fake_okta, client, verifier),
        code_verifier=verifier,
    )
    keys = KeySet.import_key_set(httpx.get(metadata(fake_okta)["jwks_uri"], trust_env=False).json())
    identity = jwt.decode(answer["id_token"], keys, algorithms=["RS256"]).claims
    access = jwt.decode(answer["access_token"], keys, algorithms=["RS256"]).claims
    assert (identity["aud"], identity["nonce"]) == (CLIENT, "n-1")
    assert (access["sub"], access["cid"], access["aud"]) == ("alice@example.com", CLIENT, "api://default")


def test_another_verifier_than_the_challenges_is_refused(fake_okta: FakeOkta, client: OAuth2Client):
    location = signed_in(fake_okta, client, generate_token(48))
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.fetch_token(
            metadata(fake_okta)["token_endpoint"], authorization_response=location, code_verifier=generate_token(48)
        )
