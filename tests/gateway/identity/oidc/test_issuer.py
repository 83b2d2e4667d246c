"""gateway/identity/oidc/issuer.py, address.py and okta.py: what is wrong with an issuer before it is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.identity.oidc.issuer import Issuer, faults_of

GOOD = Issuer(url="https://dev-1.okta.com/oauth2/default", audience="api://default", profile="okta")
OTHER = Issuer(url="https://login.example.com/realms/company", audience="gateway", profile="rfc9068")


@pytest.mark.parametrize(
    "issuer",
    [
        GOOD,
        replace(GOOD, url="https://login.example.com/oauth2/aus1abc"),
        replace(GOOD, url="http://127.0.0.1:8080/oauth2/default"),
        replace(GOOD, profile="rfc9068"),
        OTHER,
        replace(OTHER, url="https://login.example.com"),
        replace(OTHER, url="https://company.eu.auth0.com/"),
        replace(OTHER, url="https://login.example.com:8443/realms/company/"),
        replace(OTHER, url="http://localhost:8080/realms/company"),
        replace(OTHER, url="http://[::1]:8080"),
        replace(OTHER, url="https://notokta.com"),
        replace(OTHER, profile="scoped", required_scopes=("llm", "https://example.com/llm.use")),
        replace(OTHER, algorithms=("ES256", "RS256", "PS512"), clients=("one", "the other"), leeway=0),
    ],
    ids=lambda issuer: issuer.url,
)
def test_issuers_without_faults(issuer):
    assert faults_of(issuer) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "url must be an address without spaces"),
        ("https://login.example.com/a b", "url must be an address without spaces"),
        ("https://login.example.com\n", "url must be an address without spaces"),
        ("https://lögin.example.com", "characters beyond ASCII"),
        ("https://login.example.com\\@evil.example", "backslashes"),
        ("login.example.com", "url must be an address that begins with https://"),
        ("ftp://login.example.com", "url must be an address that begins with https://"),
        ("https://", "url must be an address that begins with https://"),
        ("https://login.example.com:0", "url must be an address that begins with https://"),
        ("https://login.example.com:65536", "url must be an address that begins with https://"),
        ("https://[::1", "url must be an address that begins with https://"),
        ("https://user:secret@login.example.com", "url must not carry a user name or a password"),
        ("https://@login.example.com", "url must not carry a user name or a password"),
        ("http://login.example.com", "url must begin with https://; http:// is for this machine alone"),
        ("http://localhost.example.com", "url must begin with https://"),
        ("http://10.0.0.1", "url must begin with https://"),
        ("https://login.example.com?tenant=1", "url must not have a query or a fragment"),
        ("https://login.example.com/#", "url must not have a query or a fragment"),
        ("https://login.example.com/?", "url must not have a query or a fragment"),
        ("https://login.example.com/.well-known/openid-configuration", "without /.well-known/..."),
        ("https://login.example.com//", "url must not end with several slashes"),
    ],
)
def test_addresses_that_are_none_of_an_issuer(url, said):
    (fault,) = faults_of(replace(OTHER, url=url))
    assert said in fault
    assert "secret" not in fault


@pytest.mark.parametrize(
    "host",
    ["dev-1.okta.com", "a.oktapreview.com", "a.okta-emea.com", "a.okta-gov.com", "a.okta.mil", "DEV-1.OKTA.COM"],
)
@pytest.mark.parametrize("path", ["", "/"])
@pytest.mark.parametrize("profile", ["okta", "rfc9068"])
def test_the_org_server_of_okta_is_refused_with_what_to_do(host, path, profile):
    (fault,) = faults_of(replace(GOOD, url=f"https://{host}{path}", profile=profile))
    assert "url is of Okta's org authorization server, whose access tokens are for Okta alone" in fault
    assert f"such as https://{host}/oauth2/default" in fault


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://login.example.com", "url is of Okta's org authorization server"),
        ("https://dev-1.okta.com/oauth2", "must be of an Okta custom authorization server"),
        ("https://dev-1.okta.com/oauth2/", "must be of an Okta custom authorization server"),
        ("https://dev-1.okta.com/oauth2/default/v1/keys", "must be of an Okta custom authorization server"),
        ("https://dev-1.okta.com/oauth2/default/", "url must not end with a slash: Okta's issuers do not"),
        ("https://dev-1-admin.okta.com/oauth2/default", "the issuer is at dev-1.okta.com"),
    ],
)
def test_other_addresses_that_are_none_of_an_okta_issuer(url, said):
    (fault,) = faults_of(replace(GOOD, url=url))
    assert said in fault


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"audience": ""}, "audience must be the text that tokens for the gateway have in `aud`"),
        ({"audience": " gateway"}, "audience must be"),
        ({"profile": "google"}, "profile must be one of okta, rfc9068, scoped"),
        ({"profile": "scoped"}, "required_scopes must name a scope"),
        ({"algorithms": ()}, "algorithms must be some of RS256"),
        ({"algorithms": ("RS256", "HS256")}, "algorithms must be some of RS256"),
        ({"algorithms": ("none",)}, "algorithms must be some of RS256"),
        ({"algorithms": ("rs256",)}, "algorithms must be some of RS256"),
        ({"required_scopes": ("llm use",)}, "required_scopes must be scopes, each without spaces"),
        ({"required_scopes": ("",)}, "required_scopes must be scopes"),
        ({"clients": ("one", "")}, "clients must be client ids"),
        ({"clients": (" one",)}, "clients must be client ids"),
        ({"leeway": -1}, "leeway must be from 0 to 300 seconds"),
        ({"leeway": 301}, "leeway must be from 0 to 300 seconds"),
        ({"leeway": float("nan")}, "leeway must be from 0 to 300 seconds"),
    ],
    ids=str,
)
def test_fields_that_are_wrong(changes, said):
    (fault,) = faults_of(replace(OTHER, **changes))
    assert fault.startswith(said)


def test_all_faults_are_told_at_once():
    assert len(faults_of(replace(OTHER, url="nowhere", audience="", algorithms=(), leeway=-1))) == 4
