"""gateway/identity/oidc/verifier.py: tokens of issuers on this machine, from the request to the user."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import InvalidToken, IssuerUnavailable
from gateway.identity.oidc.issuer import Issuer
from gateway.identity.oidc.verifier import TokenVerifier
from tests.support.oidc_server import (
    AUDIENCE,
    OPENID,
    OidcServer,
    ec_key,
    fixed,
    okta_claims,
    public_jwk,
    rsa_key,
    serving,
    signed,
)

HOUR = 3600
NOT_THE_ISSUERS = "the signature of the access token is not the issuer's"

MakeVerifier = Callable[..., TokenVerifier]


def okta(server: OidcServer, **changes: Any) -> Issuer:
    return replace(Issuer(url=server.url, audience=AUDIENCE, profile="okta"), **changes)


@pytest.fixture
async def other(environment) -> AsyncIterator[OidcServer]:
    """An issuer that follows RFC 9068 and signs by ES256."""
    async with serving(OidcServer("/tenant")) as started:
        started.keys = [public_jwk(ec_key())]
        yield started


@pytest.fixture
async def make_verifier(clock) -> AsyncIterator[MakeVerifier]:
    """Verifiers with both clocks the same; they are closed at the end."""
    made: list[TokenVerifier] = []

    def make(*issuers: Issuer) -> TokenVerifier:
        made.append(TokenVerifier(issuers, clock=clock, monotonic=clock))
        return made[-1]

    yield make
    for verifier in made:
        await verifier.close()


@pytest.fixture
def verifier(make_verifier: MakeVerifier, server: OidcServer) -> TokenVerifier:
    return make_verifier(okta(server))


async def refusal(verifier: TokenVerifier, token: str) -> str:
    """The message, after a look for the token in it."""
    with pytest.raises(InvalidToken) as refused:
        await verifier.verify(token)
    assert not any(part in refused.value.message for part in token.split(".") if part)
    return refused.value.message


async def failure(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(IssuerUnavailable) as failed:
        await verifier.verify(token)
    assert token not in failed.value.message
    return failed.value.message


# --- tokens


async def test_the_user_of_an_access_token_of_okta(verifier, server):
    identity = await verifier.verify(server.token(groups=["staff"]))
    assert identity.issuer == server.url
    assert identity.subject == "alice@example.com"
    assert identity.claims == okta_claims(server.url, groups=["staff"])
    assert identity.expires_at == 1000 + HOUR
    await verifier.verify(server.token())
    assert server.asked == ["/oauth2/default" + OPENID, "/oauth2/default/v1/keys"]


async def test_a_token_expires(verifier, server, clock):
    token = server.token()
    clock.now = 1000 + HOUR + 29.9
    assert (await verifier.verify(token)).expires_at == 1000 + HOUR
    clock.now = 1000 + HOUR + 30
    assert "has expired" in await refusal(verifier, token)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": "other"}, "is for another audience"),
        ({"uid": None}, "of a client without a user"),
        ({"nonce": "n"}, "is an ID token"),
        ({"exp": "4600"}, "`exp` is not a number of seconds"),
        ({"sub": " alice"}, "`sub` must be"),
    ],
)
async def test_a_signature_alone_is_not_enough(verifier, server, claims, said):
    assert said in await refusal(verifier, server.token(**claims))


async def test_required_scopes_and_clients(make_verifier, server):
    narrow = make_verifier(okta(server, required_scopes=("llm",), clients=("0oa1client",)))
    assert (await narrow.verify(server.token())).subject == "alice@example.com"
    assert "lacks the scope llm" in await refusal(narrow, server.token(scp=["openid"]))
    assert "may not bring access tokens" in await refusal(narrow, server.token(cid="0oa2client"))


@pytest.mark.parametrize("issuer", [None, 1, ["x"], {}])
async def test_a_token_that_does_not_say_its_issuer(verifier, server, issuer):
    token = signed({**okta_claims(server.url), "iss": issuer})
    assert await refusal(verifier, token) == "the access token does not say who issued it (`iss`)"


async def test_the_issuer_must_be_the_same_text(verifier, server):
    for url in (server.url + "/", server.url.upper(), server.url + "?", "https://evil.example", ""):
        assert "of an issuer that the gateway does not accept" in await refusal(verifier, signed(okta_claims(url)))
    assert server.asked == []


async def test_a_token_whose_key_made_someone_else(verifier, server):
    forged = signed(okta_claims(server.url), rsa_key("another"), kid="first")
    assert await refusal(verifier, forged) == NOT_THE_ISSUERS


async def test_another_algorithm_is_refused_before_anybody_is_asked(verifier, server):
    token = signed(okta_claims(server.url), ec_key())
    assert await refusal(verifier, token) == "the access token is signed by ES256; it must be RS256"
    assert server.asked == []


async def test_what_is_no_token_is_refused_before_anybody_is_asked(verifier, server):
    for text in ("", "eyJ.", server.token() + "=", server.token()[:-10] + " " * 10, "eyJ." + "a" * 20_000 + ".a"):
        with pytest.raises(InvalidToken):
            await verifier.verify(text)
    assert server.asked == []


# --- several issuers


async def test_issuers_have_keys_of_their_own_though_the_kids_are_the_same(make_verifier, server, other):
    both = make_verifier(
        okta(server),
        Issuer(url=other.url, audience="gateway", profile="rfc9068", algorithms=("ES256", "RS256")),
    )
    claims = {"aud": "gateway", "iat": 1000, "exp": 4600, "sub": "alice", "client_id": "app", "jti": "1"}
    token = signed({**claims, "iss": other.url}, ec_key(), typ="at+jwt")
    identity = await both.verify(token)
    assert (identity.issuer, identity.subject) == (other.url, "alice")
    assert (await both.verify(server.token())).issuer == server.url
    # By the key of the one, in the name of the other.
    borrowed = signed({**claims, "iss": other.url}, rsa_key(), typ="at+jwt")
    assert "which its key is not for" in await refusal(both, borrowed)
    other.keys = [public_jwk(rsa_key("another"), kid="first")]
    both.configure([okta(server)])
    both.configure([okta(server), Issuer(url=other.url, audience="gateway", profile="rfc9068")])
    assert await refusal(both, borrowed) == NOT_THE_ISSUERS


async def test_an_issuer_that_is_away_is_no_matter_to_the_others(make_verifier, server, other):
    other.instead[other.path + OPENID] = fixed(status=500)
    both = make_verifier(okta(server), Issuer(url=other.url, audience="gateway", profile="rfc9068"))
    assert "answers with status 500" in await failure(both, signed({"iss": other.url}))
    assert (await both.verify(server.token())).issuer == server.url


# --- keys that change


async def test_a_new_key_is_found_at_its_first_token_and_an_old_one_is_good_beside_it(verifier, server):
    await verifier.verify(server.token())
    server.keys.append(public_jwk(rsa_key("second")))
    assert await verifier.verify(server.token(key=rsa_key("second")))
    assert await verifier.verify(server.token())
    assert server.readings == 2


async def test_made_up_kids_make_one_request_in_half_a_minute(verifier, server):
    await verifier.verify(server.token())
    tokens = [signed(okta_claims(server.url), kid=f"made-up-{number}") for number in range(20)]
    results = await asyncio.gather(*(verifier.verify(token) for token in tokens), return_exceptions=True)
    assert {type(result) for result in results} == {InvalidToken}
    for token in tokens:
        assert "a key that the issuer does not have" in await refusal(verifier, token)
    assert server.readings == 2


async def test_keys_are_read_again_when_their_time_is_over(verifier, server, clock):
    server.cache_control = "public, max-age=1200"
    await verifier.verify(server.token())
    clock.now += 1199
    await verifier.verify(server.token())
    assert server.readings == 1
    clock.now += 1
    await verifier.verify(server.token())
    assert server.readings == 2


async def test_the_keys_may_move_while_serving(verifier, server, clock):
    await verifier.verify(server.token())
    server.document = {"jwks_uri": server.base + "/elsewhere"}
    server.instead["/elsewhere"] = fixed(b'{"keys":[]}')
    clock.now += HOUR - 1
    await verifier.verify(server.token())
    clock.now += 1
    assert "a key that the issuer does not have" in await refusal(verifier, server.token(now=clock.now))


async def test_known_keys_outlast_an_issuer_that_is_away(verifier, server, clock, caplog):
    await verifier.verify(server.token())
    server.instead[server.keys_path] = fixed(status=500)
    clock.now += HOUR
    with caplog.at_level(logging.WARNING):
        token = server.token(now=clock.now)
        assert await verifier.verify(token)
    assert "those that are known are used" in caplog.text
    assert token not in caplog.text
    clock.now += 86_400
    assert "answers with status 500" in await failure(verifier, server.token(now=clock.now))


# --- other issuers while serving


async def test_issuers_that_stay_keep_their_keys(verifier, server, other):
    await verifier.verify(server.token())
    issuers = [okta(server, required_scopes=("admin",)), okta(other, profile="rfc9068")]
    verifier.configure(issuers)
    assert verifier.issuers == issuers
    assert "lacks the scope admin" in await refusal(verifier, server.token())
    assert server.readings == 1
    verifier.configure([])
    assert "that the gateway does not accept" in await refusal(verifier, server.token())
    verifier.configure([okta(server)])
    assert await verifier.verify(server.token())
    assert server.readings == 2


async def test_who_waits_for_an_issuer_that_is_taken_away_is_told_so(verifier, server):
    server.free.clear()
    token = server.token()
    caller = asyncio.create_task(verifier.verify(token))
    await server.arrived.wait()
    verifier.configure([])
    with pytest.raises(IssuerUnavailable, match="is not asked any more"):
        await caller


async def test_faulty_issuers_are_refused_all_at_once_and_nothing_changes(verifier, server):
    bad = okta(server, url="https://dev-1.okta.com", algorithms=("HS256",))
    with pytest.raises(ValueError, match="org authorization server") as refused:
        verifier.configure([bad, okta(server), okta(server)])
    faults = str(refused.value).splitlines()
    assert len(faults) == 3
    assert faults[1].startswith("https://dev-1.okta.com: algorithms must be some of")
    assert faults[2] == f"{server.url}: there are several issuers with this url"
    assert await verifier.verify(server.token())
    with pytest.raises(ValueError, match="algorithms"):
        TokenVerifier([okta(server, algorithms=())])


# --- the check


async def test_a_check_asks_every_issuer_and_what_it_learns_is_kept(make_verifier, server, other):
    both = make_verifier(okta(server), okta(other, profile="rfc9068", algorithms=("ES256",)))
    for _ in range(3):
        await both.check()
    await both.verify(server.token())
    assert (server.readings, other.readings) == (1, 1)


async def test_a_check_says_what_is_wrong_with_each(make_verifier, server, other):
    server.document = {"issuer": "https://other.example"}
    both = make_verifier(okta(server), okta(other, profile="rfc9068"))
    with pytest.raises(IssuerUnavailable) as failed:
        await both.check()
    first, second = str(failed.value).split("; ")
    assert server.url in first
    assert "is of another issuer, https://other.example" in first
    assert second == f"the issuer {other.url} has no key for RS256"


async def test_a_check_knows_oktas_org_server_under_another_name(environment, make_verifier):
    async with serving(OidcServer("")) as org:
        org.document = {"jwks_uri": org.base + "/oauth2/v1/keys"}
        verifier = make_verifier(Issuer(url=org.url, audience="a", profile="scoped", required_scopes=("llm",)))
        with pytest.raises(IssuerUnavailable, match="org authorization server") as failed:
            await verifier.check()
        assert f"such as {org.base}/oauth2/default" in str(failed.value)
        await verifier.close()


async def test_a_check_of_no_issuers(make_verifier):
    await make_verifier().check()


# --- the end


async def test_closing_ends_what_is_under_way(verifier, server):
    server.free.clear()
    caller = asyncio.create_task(verifier.verify(server.token()))
    await server.arrived.wait()
    await verifier.close()
    with pytest.raises(IssuerUnavailable):
        await caller


async def test_no_part_of_a_token_is_logged(verifier, server, caplog):
    token = server.token()
    forged = token.rpartition(".")[0] + ".AAAA"
    with caplog.at_level(logging.DEBUG):
        await verifier.verify(token)
        await refusal(verifier, forged)
        server.instead[server.keys_path] = fixed(status=500)
        await failure(verifier, signed(okta_claims(server.url), kid=hashlib.sha256(b"kid").hexdigest()))
    assert caplog.records
    assert not any(part in caplog.text for part in token.split("."))
    assert "alice" not in caplog.text
