"""gateway/identity/oidc/identity.py, claims.py and profiles.py: of which users a signed token is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import InvalidToken
from gateway.identity.oidc.identity import Identity, identity_of
from gateway.identity.oidc.issuer import Issuer
from gateway.identity.oidc.token import Token
from tests.support.oidc_server import AUDIENCE, okta_claims

NOW = 1000.0
URL = "https://login.example.com/oauth2/default"
OKTA = Issuer(url=URL, audience=AUDIENCE, profile="okta")
RFC9068 = replace(OKTA, profile="rfc9068")
SCOPED = replace(OKTA, profile="scoped", required_scopes=("llm",))

ABSENT = None  # takes a claim away


def okta(**changes: Any) -> dict[str, Any]:
    return okta_claims(URL, NOW, **changes)


def common(**changes: Any) -> dict[str, Any]:
    """Of an issuer that follows RFC 9068."""
    claims = {"iss": URL, "aud": AUDIENCE, "iat": 1000, "exp": 4600, "sub": "alice", "client_id": "app", "jti": "1"}
    return {name: value for name, value in {**claims, "scope": "openid llm", **changes}.items() if value is not None}


def of(issuer: Issuer, claims: dict[str, Any], now: float = NOW, **header: Any) -> Identity:
    return identity_of(Token({"alg": "RS256", "kid": "first", **header}, claims, "", "first", "RS256"), issuer, now)


def refusal(issuer: Issuer, claims: dict[str, Any], now: float = NOW, **header: Any) -> str:
    with pytest.raises(InvalidToken) as refused:
        of(issuer, claims, now, **header)
    return refused.value.message


def test_an_identity_shows_no_claims():
    identity = of(OKTA, okta(groups=["secret group"], exp=4600.5))
    assert identity == Identity(URL, "alice@example.com", okta(groups=["secret group"], exp=4600.5), 4600.5)
    assert repr(identity) == f"Identity(issuer={URL!r}, subject='alice@example.com', expires_at=4600.5)"
    with pytest.raises(TypeError):
        identity.claims["groups"] = []


# --- times


@pytest.mark.parametrize(
    ("claims", "leeway", "now", "said"),
    [
        ({"exp": 1000, "iat": 0}, 0, 999.9, None),
        ({"exp": 1000}, 0, 1000, "has expired"),
        ({"exp": 1000}, 30, 1029.9, None),
        ({"exp": 1000}, 30, 1030, "has expired"),
        ({"exp": 999.5}, 0, 999.6, "has expired"),
        ({"exp": 0}, 30, 1000, "has expired"),
        ({"nbf": 1000}, 0, 1000, None),
        ({"nbf": 1000.5}, 0, 1000, "is not valid yet (`nbf`)"),
        ({"nbf": 1030}, 30, 1000, None),
        ({"nbf": 1031}, 30, 1000, "is not valid yet (`nbf`)"),
        ({"iat": 1030}, 30, 1000, None),
        ({"iat": 1031}, 30, 1000, "was issued in the future (`iat`)"),
        ({"iat": 0}, 30, 1000, None),
        ({"exp": ABSENT}, 30, 1000, "does not say when it expires (`exp`)"),
        ({"iat": ABSENT}, 30, 1000, None),
    ],
)
def test_times_with_leeway(claims, leeway, now, said):
    issuer = replace(OKTA, leeway=leeway)
    if said is None:
        assert of(issuer, okta(**claims), now).subject == "alice@example.com"
    else:
        assert said in refusal(issuer, okta(**claims), now)


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["4600", True, False, [4600], {}, -1, 253_402_300_800, 1e300, 10**400, float("nan")])
def test_times_that_are_no_numbers_of_seconds(name, value):
    claims = {**okta(), name: value}
    assert refusal(OKTA, claims) == f"the access token's `{name}` is not a number of seconds since 1970"
    assert "is not a number" in refusal(OKTA, {**okta(), name: None})


# --- audience


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["other", AUDIENCE]])
def test_tokens_for_the_gateway(audience):
    assert of(OKTA, okta(aud=audience)).subject == "alice@example.com"


@pytest.mark.parametrize("audience", ["other", "", AUDIENCE.upper(), AUDIENCE + "/", [], ["other"], [AUDIENCE[:-1]]])
def test_tokens_for_others(audience):
    said = f"the access token is for another audience (`aud`): it must be {AUDIENCE}"
    assert refusal(OKTA, okta(aud=audience)) == said


@pytest.mark.parametrize("audience", [ABSENT, 1, True, {AUDIENCE: 1}, [AUDIENCE, 1], [[AUDIENCE]]])
def test_audiences_that_are_none(audience):
    assert "`aud` is neither a text nor a list of texts" in refusal(OKTA, okta(aud=audience))


# --- subject


@pytest.mark.parametrize("subject", ["a", "alice@example.com", "Ålice Ünal", "x" * 200, "auth0|123", "日本"])
def test_subjects(subject):
    assert of(OKTA, okta(sub=subject)).subject == subject


@pytest.mark.parametrize(
    "subject",
    ["x" * 201, " alice", "alice ", "al\nice", "al\x00ice", "alice\u200b", "\u202ealice", "al\u00a0ice", "\x7f", " "],
)
def test_subjects_that_could_be_taken_for_others(subject):
    assert "`sub` must be at most 200 printable characters" in refusal(OKTA, okta(sub=subject))


@pytest.mark.parametrize("subject", [ABSENT, "", 1, True, ["alice"], {}])
def test_subjects_that_are_no_texts(subject):
    assert refusal(OKTA, okta(sub=subject)) == "the access token has no text as its `sub`"


# --- profile okta


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "application/at+jwt", "application/AT+JWT", ABSENT])
def test_types_of_oktas_access_tokens(typ):
    header = {} if typ is None else {"typ": typ}
    assert of(OKTA, okta(), **header).subject == "alice@example.com"


@pytest.mark.parametrize("profile", [OKTA, SCOPED, RFC9068])
@pytest.mark.parametrize("typ", ["", "logout+jwt", "secevent+jwt", "dpop+jwt", "JWS", None, 1, ["JWT"]])
def test_types_of_other_tokens(profile, typ):
    assert "is not an access token: its `typ` is" in refusal(profile, {**okta(), **common()}, typ=typ)


@pytest.mark.parametrize("name", ["nonce", "at_hash", "c_hash"])
@pytest.mark.parametrize("issuer", [OKTA, SCOPED])
def test_id_tokens_are_called_so_whatever_else_is_wrong_with_them(issuer, name):
    claims = {**okta(cid=ABSENT, uid=ABSENT, scp=ABSENT, aud="0oa1client"), name: "n"}
    assert refusal(issuer, claims) == f"the token is an ID token (it has `{name}`): send the access token"


@pytest.mark.parametrize("profile", [OKTA, SCOPED, RFC9068])
def test_tokens_that_are_bound_to_a_key_are_no_bearer_tokens(profile):
    claims = {**okta(), **common(), "cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}
    typ = {"typ": "at+jwt"}
    assert "is bound to a key of its client (`cnf`)" in refusal(profile, claims, **typ)


@pytest.mark.parametrize("version", [ABSENT, 0, 2, "1", 1.0, True])
def test_only_version_1_is_oktas(version):
    assert "its `ver` is not 1" in refusal(OKTA, okta(ver=version))


@pytest.mark.parametrize("name", ["cid", "jti", "uid"])
@pytest.mark.parametrize("value", ["", 1, True, ["x"]])
def test_what_oktas_access_tokens_have_as_texts(name, value):
    assert refusal(OKTA, okta(**{name: value})) == f"the access token has no text as its `{name}`"


@pytest.mark.parametrize("name", ["cid", "jti"])
def test_what_oktas_access_tokens_must_have(name):
    assert refusal(OKTA, okta(**{name: ABSENT})) == f"the access token has no text as its `{name}`"


@pytest.mark.parametrize("scopes", [ABSENT, [], "openid llm", {}, 1])
def test_oktas_scopes_are_a_list(scopes):
    assert "its `scp` is not a list of scopes" in refusal(OKTA, okta(scp=scopes))
    assert "its `scp` is not a list of scopes" in refusal(OKTA, okta(scp=scopes, scope="openid llm"))


def test_oktas_scopes_are_texts():
    assert "scopes are neither a text nor a list of texts" in refusal(OKTA, okta(scp=["llm", 1]))


def test_a_client_without_a_user_is_told_so():
    said = "the access token is of a client without a user (no `uid`): a user must sign in"
    assert refusal(OKTA, okta(uid=ABSENT, sub="0oa1client")) == said


# --- profile rfc9068


def test_an_access_token_of_rfc9068():
    assert of(RFC9068, common(), typ="at+jwt").subject == "alice"
    assert of(RFC9068, common(scope=ABSENT), typ="application/at+jwt").subject == "alice"


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}])
def test_rfc9068_requires_the_type(header):
    assert "is not an access token: its `typ` is" in refusal(RFC9068, common(), **header)


@pytest.mark.parametrize("name", ["client_id", "jti"])
def test_what_access_tokens_of_rfc9068_must_have(name):
    assert f"`{name}`" in refusal(RFC9068, common(**{name: ABSENT}), typ="at+jwt")


def test_access_tokens_of_rfc9068_say_when_they_were_issued():
    assert "when it was issued (`iat`)" in refusal(RFC9068, common(iat=ABSENT), typ="at+jwt")


@pytest.mark.parametrize("issuer", [RFC9068, SCOPED])
def test_client_credentials_are_no_user(issuer):
    said = "is of a client without a user (`sub` is the client's id)"
    assert said in refusal(issuer, common(sub="app"), typ="at+jwt")


# --- profile scoped


@pytest.mark.parametrize(
    "scopes",
    [{"scope": "openid llm"}, {"scope": ABSENT, "scp": "llm"}, {"scope": ABSENT, "scp": ["llm", "x"]}],
)
@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}, {"typ": "at+jwt"}])
def test_scopes_make_an_access_token(scopes, header):
    assert of(SCOPED, common(client_id=ABSENT, jti=ABSENT, **scopes), **header).subject == "alice"


@pytest.mark.parametrize("scopes", [{"scope": ABSENT}, {"scope": "openid llms"}, {"scope": ""}, {"scp": ["llm"]}])
def test_without_the_required_scope_nothing_is_an_access_token(scopes):
    assert "lacks the scope llm" in refusal(SCOPED, common(**{"scope": "openid", **scopes}))


@pytest.mark.parametrize("scopes", [1, {"llm": True}, ["llm", None], True])
def test_scopes_that_are_none(scopes):
    assert "scopes are neither a text nor a list of texts" in refusal(SCOPED, common(scope=scopes))


# --- scopes and clients, with every profile


@pytest.mark.parametrize("issuer", [OKTA, RFC9068, SCOPED])
def test_all_required_scopes_are_needed(issuer):
    claims = {**okta(scp=["openid", "llm"]), **common()}
    both = replace(issuer, required_scopes=("llm", "openid"))
    assert of(both, claims, typ="at+jwt").subject == "alice"
    one_more = replace(issuer, required_scopes=("llm", "admin"))
    assert refusal(one_more, claims, typ="at+jwt").startswith("the access token lacks the scope admin")


@pytest.mark.parametrize(("issuer", "name"), [(OKTA, "cid"), (RFC9068, "client_id"), (SCOPED, "azp"), (SCOPED, "cid")])
def test_only_the_clients_that_are_named_bring_tokens(issuer, name):
    claims = okta(cid=ABSENT) if issuer is OKTA else common(client_id=ABSENT)
    narrow = replace(issuer, clients=("app", "cli"))
    assert of(narrow, {**claims, name: "cli"}, typ="at+jwt").issuer == URL
    said = "the client other may not bring access tokens to the gateway"
    assert refusal(narrow, {**claims, name: "other"}, typ="at+jwt") == said


def test_a_token_of_two_clients_needs_both():
    narrow = replace(SCOPED, clients=("app", "cli"))
    assert of(narrow, common(azp="cli")).subject == "alice"
    assert "the client other may not" in refusal(narrow, common(azp="other"))
    assert "may not bring" in refusal(narrow, common(azp=["cli"]))


def test_a_token_that_does_not_say_its_client():
    narrow = replace(SCOPED, clients=("app",))
    said = "does not say which client brings it (client_id or azp or cid)"
    assert said in refusal(narrow, common(client_id=ABSENT))


def test_what_a_stranger_wrote_does_not_get_into_the_message():
    narrow = replace(OKTA, clients=("app",))
    assert "the client (not a plain text) may" in refusal(narrow, okta(cid="evil\nlog line"))
    assert len(refusal(narrow, okta(cid="x" * 5000))) < 300
