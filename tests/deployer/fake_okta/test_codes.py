from dataclasses import replace

import pytest

from deployer.fake_okta.codes import CODE_LIFETIME, Codes, IssuedCode
from deployer.fake_okta.errors import OAuthError
from deployer.fake_okta.tokens import Grant

# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

ISSUED = IssuedCode(
    grant=Grant(client_id="0oa1", scopes=("openid",), user=None, signed_in_at=1000),
    issuer="https://okta.test/oauth2/default",
    redirect_uri="http://127.0.0.1:8080/callback",
    challenge=CHALLENGE,
    issued_at=1000.0,
)
REDEMPTION = {
    "issuer": ISSUED.issuer,
    "client_id": "0oa1",
    "redirect_uri": ISSUED.redirect_uri,
    "verifier": VERIFIER,
    "now": 1001.0,
}


def test_a_code_is_redeemed_by_who_has_the_verifier() -> None:
    codes = Codes()
    assert codes.redeem(codes.issue(ISSUED), **REDEMPTION) == ISSUED.grant


def test_a_code_is_good_once() -> None:
    codes = Codes()
    code = codes.issue(ISSUED)
    codes.redeem(code, **REDEMPTION)
    with pytest.raises(OAuthError, match="invalid or has expired"):
        codes.redeem(code, **REDEMPTION)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("now", 1000.0 + CODE_LIFETIME, "invalid or has expired"),
        ("issuer", "https://okta.test", "invalid or has expired"),
        ("client_id", "0oa2", "another 'client_id'"),
        ("redirect_uri", "http://127.0.0.1:8080/other", "not the one of the authorization request"),
        ("verifier", VERIFIER[::-1], "PKCE verification failed"),
        ("verifier", "too short", "PKCE verification failed"),
        ("verifier", "ä" * 43, "PKCE verification failed"),
    ],
)
def test_a_code_for_something_else_is_refused_and_spent(field: str, value: object, said: str) -> None:
    codes = Codes()
    code = codes.issue(ISSUED)
    with pytest.raises(OAuthError, match=said) as error:
        codes.redeem(code, **REDEMPTION | {field: value})
    assert error.value.error == "invalid_grant"
    with pytest.raises(OAuthError, match="invalid or has expired"):
        codes.redeem(code, **REDEMPTION)


def test_codes_that_have_expired_are_forgotten() -> None:
    codes = Codes()
    old = codes.issue(ISSUED)
    codes.issue(replace(ISSUED, issued_at=1000.0 + CODE_LIFETIME))
    with pytest.raises(OAuthError, match="invalid or has expired"):
        codes.redeem(old, **REDEMPTION)
