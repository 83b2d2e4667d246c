"""The forged tokens are good but for the one thing that is wrong with each."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.util import urlsafe_b64encode

from tests.support.processes import FakeOkta
from tests.support.token_forge import (
    FORGED,
    UNACCEPTABLE,
    claims_of,
    header_of,
    jwk_of,
    signed_with_public_key,
    unsigned,
    with_claim_twice,
    with_key_inside,
)


def accept(okta: FakeOkta, token: str) -> dict[str, Any]:
    """The claims of a token that a careful API accepts; raises JoseError or ValueError."""
    keys = KeySet.import_key_set(httpx.get(f"{okta.issuer}/v1/keys", trust_env=False).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    essential = {name: {"essential": True} for name in ("sub", "exp", "iat")}
    jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": okta.issuer},
        aud={"essential": True, "value": "api://default"},
        **essential,  # type: ignore[arg-type] # claims by name
    ).validate(claims)
    return claims


def test_a_good_token_is_accepted(fake_okta: FakeOkta) -> None:
    assert accept(fake_okta, fake_okta.token())["sub"] == "alice@example.com"


@pytest.mark.parametrize("name", [*FORGED, *UNACCEPTABLE])
def test_no_bad_token_is(fake_okta: FakeOkta, name: str) -> None:
    with pytest.raises((JoseError, ValueError)):
        accept(fake_okta, (FORGED | UNACCEPTABLE)[name](fake_okta))


def test_a_forged_token_is_good_but_for_its_signature(fake_okta: FakeOkta) -> None:
    for name, forge in FORGED.items():
        claims = claims_of(forge(fake_okta))
        assert (claims["iss"], claims["aud"]) == (fake_okta.issuer, "api://default"), name


def test_a_token_without_signature_has_an_empty_one(fake_okta: FakeOkta) -> None:
    token = fake_okta.token()
    assert unsigned(token).split(".")[1:] == [token.split(".")[1], ""]
    assert header_of(unsigned(token)) == header_of(token) | {"alg": "none"}


def test_the_public_key_as_secret_would_pass_where_the_header_chooses_the_algorithm(fake_okta: FakeOkta) -> None:
    token = fake_okta.token()
    jwk = jwk_of(fake_okta, token)
    forged = signed_with_public_key(token, jwk)
    signed, _, signature = forged.rpartition(".")
    pem = RSAKey.import_key(jwk).as_pem(private=False)
    digest = hmac.new(pem, signed.encode(), hashlib.sha256).digest()
    assert signature == urlsafe_b64encode(digest).decode()
    assert header_of(forged)["alg"] == "HS256"


def test_a_key_in_the_header_would_pass_where_it_is_believed(fake_okta: FakeOkta) -> None:
    forged = with_key_inside(fake_okta.token())
    registry = jws.JWSRegistry(algorithms=["RS256"])
    registry.max_header_length = 1024  # bytes; a key is more than it takes otherwise
    key = RSAKey.import_key(header_of(forged)["jwk"])
    assert jwt.decode(forged, key, registry=registry).claims["sub"] == "alice@example.com"


def test_a_claim_that_is_there_twice_is_rightly_signed(fake_okta: FakeOkta) -> None:
    token = with_claim_twice(fake_okta, "sub", "carol@example.com")
    assert accept(fake_okta, token)["sub"] == "alice@example.com"
    payload = jws.extract_compact(token.encode()).payload
    pairs: list[tuple[str, Any]] = json.loads(payload, object_pairs_hook=list)
    assert [value for name, value in pairs if name == "sub"] == ["carol@example.com", "alice@example.com"]
