"""Tokens that must not be accepted, each made from a fake Okta's in one way that an attacker or a mistake would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
from joserfc import jws
from joserfc.jwk import RSAKey

from tests.support.processes import FakeOkta


def claims_of(token: str) -> dict[str, Any]:
    """The payload, unverified."""
    claims: dict[str, Any] = json.loads(_decode(token.split(".")[1]))
    return claims


def header_of(token: str) -> dict[str, Any]:
    """The header, unverified."""
    header: dict[str, Any] = json.loads(_decode(token.split(".")[0]))
    return header


def with_header(token: str, **members: Any) -> str:
    """The token with members of its header replaced, and the signature of the old one."""
    _, payload, signature = token.split(".")
    return f"{_encode(json.dumps(header_of(token) | members).encode())}.{payload}.{signature}"


def with_claims(token: str, **claims: Any) -> str:
    """The token with claims replaced, and the signature of the old ones."""
    header, _, signature = token.split(".")
    return f"{header}.{_encode(json.dumps(claims_of(token) | claims).encode())}.{signature}"


def unsigned(token: str, algorithm: str = "none") -> str:
    """The token without a signature, which its header says is not needed."""
    return with_header(token, alg=algorithm).rpartition(".")[0] + "."


def signed_with_public_key(token: str, jwk: dict[str, Any]) -> str:
    """The token signed by HS256, with the PEM of the public key as the secret."""
    pem = RSAKey.import_key(jwk).as_pem(private=False)
    signed = with_header(token, alg="HS256").rpartition(".")[0]
    return f"{signed}.{_encode(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def with_key_inside(token: str) -> str:
    """The token signed with a key of the forger's own, which is in the header."""
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "kid": header_of(token)["kid"], "jwk": key.as_dict(private=False)}
    return jws.serialize_compact(header, json.dumps(claims_of(token)), key, algorithms=["RS256"])


def with_claim_twice(okta: FakeOkta, name: str, first: Any) -> str:
    """A rightly signed token with a claim that is there twice, first with this value."""
    payload = json.dumps(claims_of(okta.token()))
    return okta.token(payload=f"{{{json.dumps(name)}: {json.dumps(first)}, {payload[1:]}")


def jwk_of(okta: FakeOkta, token: str) -> dict[str, Any]:
    """The published key that a token is signed with."""
    keys = httpx.get(f"{okta.issuer}/v1/keys", trust_env=False).json()["keys"]
    found: dict[str, Any] = next(key for key in keys if key["kid"] == header_of(token)["kid"])
    return found


def _grant(okta: FakeOkta, endpoint: str, **form: str) -> dict[str, str]:
    user = {"grant_type": "password", "username": "alice@example.com", "password": "alice", "scope": "openid"}
    answer: dict[str, str] = httpx.post(f"{okta.url}{endpoint}", data=user | form, trust_env=False).json()
    return answer


def _under_anothers_name(okta: FakeOkta) -> str:
    return okta.token(sign_with="unknown", header={"kid": header_of(okta.token())["kid"]})


def _signed_with_public_key(okta: FakeOkta) -> str:
    token = okta.token()
    return signed_with_public_key(token, jwk_of(okta, token))


# What is wrong → how to get it. None of them is signed by a key of the issuer's for what it says.
FORGED: dict[str, Callable[[FakeOkta], str]] = {
    "no signature, alg none": lambda okta: unsigned(okta.token()),
    "no signature, alg None": lambda okta: unsigned(okta.token(), "None"),
    "no signature, alg NONE": lambda okta: unsigned(okta.token(), "NONE"),
    "no signature, alg RS256": lambda okta: unsigned(okta.token(), "RS256"),
    "HS256 with the public key as secret": _signed_with_public_key,
    "a key that is not published": lambda okta: okta.token(sign_with="unknown"),
    "a key that is not published, under the name of one that is": _under_anothers_name,
    "a key in the header": lambda okta: with_key_inside(okta.token()),
    "another user in the payload": lambda okta: with_claims(okta.token(), sub="carol@example.com"),
    "another group in the payload": lambda okta: with_claims(okta.token(), groups=["llm-admins"]),
    "another algorithm in the header": lambda okta: with_header(okta.token(), alg="RS512"),
}

# Signed as it should be, and still not for an API: what is wrong → how to get it.
UNACCEPTABLE: dict[str, Callable[[FakeOkta], str]] = {
    "expired": lambda okta: okta.token(lifetime=-3600),
    "no exp": lambda okta: okta.token(claims={"exp": None}),
    "exp is text": lambda okta: okta.token(claims={"exp": "tomorrow"}),
    "not valid yet": lambda okta: okta.token(claims={"nbf": claims_of(okta.token())["exp"]}),
    "issued in the future": lambda okta: okta.token(claims={"iat": claims_of(okta.token())["exp"]}, lifetime=2 * 3600),
    "another issuer": lambda okta: okta.token(claims={"iss": okta.url + "/oauth2/other"}),
    "the issuer with a slash more": lambda okta: okta.token(claims={"iss": okta.issuer + "/"}),
    "no iss": lambda okta: okta.token(claims={"iss": None}),
    "another audience": lambda okta: okta.token(claims={"aud": "api://other"}),
    "no aud": lambda okta: okta.token(claims={"aud": None}),
    "no sub": lambda okta: okta.token(claims={"sub": None}),
    "an ID token": lambda okta: _grant(okta, "/oauth2/default/v1/token")["id_token"],
    "a token of the org server": lambda okta: _grant(okta, "/oauth2/v1/token")["access_token"],
    "a payload that is not an object": lambda okta: okta.token(payload="[]"),
    "a payload that is not JSON": lambda okta: okta.token(payload="{"),
    "a critical header that nobody knows": lambda okta: okta.token(header={"crit": ["x"], "x": 1}),
}


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
