"""gateway/identity/oidc/token.py and strict_json.py: tokens that are not taken apart."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from gateway.errors import InvalidToken
from gateway.identity.oidc.token import MAX_SIZE, looks_like_token, parse_token

HEADER = b'{"alg":"RS256","kid":"first"}'
CLAIMS = b'{"sub":"alice-the-secret"}'


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def compact(header: bytes = HEADER, claims: bytes = CLAIMS, signature: bytes = b"signature") -> str:
    return ".".join(encoded(part) for part in (header, claims, signature))


def refusal(text: str) -> str:
    """The message, after a look for what must not be in it."""
    with pytest.raises(InvalidToken) as refused:
        parse_token(text)
    error = refused.value
    assert (error.status, error.code) == (401, "invalid_token")
    assert "secret" not in error.message
    assert not any(part in error.message for part in text.split(".") if len(part) > 20)
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    return error.message


def test_a_token_is_taken_apart_and_not_shown():
    text = compact(b'{"alg":"RS256","kid":"first","typ":"at+jwt","x5t":"abc"}')
    token = parse_token(text)
    assert token.header == {"alg": "RS256", "kid": "first", "typ": "at+jwt", "x5t": "abc"}
    assert token.claims == {"sub": "alice-the-secret"}
    assert (token.text, token.kid, token.algorithm) == (text, "first", "RS256")
    assert repr(token) == "Token(kid='first', algorithm='RS256')"


@pytest.mark.parametrize(
    ("credential", "is_one"),
    [
        (compact(), True),
        (" " + compact(), True),
        (compact() + "\n", True),
        (compact() + ".a.b", True),
        ("eyJhbGciOi.mangled", True),
        ("eyJ.", True),
        ("eyJhbGciOi", False),
        ("sk-eyJ.a.b", False),
        ("sk-1234.5678.90", False),
        ("", False),
        ("a.b.c", False),
    ],
)
def test_what_looks_like_a_token(credential, is_one):
    assert looks_like_token(credential) is is_one


def test_the_largest_token_is_taken_and_a_larger_one_refused():
    room = MAX_SIZE - len(compact(claims=b""))
    claims = json.dumps({"sub": "x" * 20_000}).encode()
    claims = claims[: room * 3 // 4 - 2] + b'"}'
    largest = compact(claims=claims)
    assert MAX_SIZE - 4 < len(largest) <= MAX_SIZE
    assert parse_token(largest).claims["sub"].startswith("xxx")
    assert refusal(largest + "AAAA") == "the access token is larger than 16 KiB"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "three parts with dots between"),
        ("secret", "three parts with dots between"),
        (f"{encoded(HEADER)}.{encoded(CLAIMS)}", "three parts with dots between"),
        (compact() + ".a", "three parts with dots between"),
        (compact() + ".a.b.c", "three parts with dots between"),
        (compact() + ".a.b", "is encrypted (JWE)"),
        (compact() + "=", "is not base64url without padding"),
        (encoded(HEADER) + "==." + compact().partition(".")[2], "is not base64url without padding"),
        (compact() + "\n", "is not base64url without padding"),
        (" " + compact(), "is not base64url without padding"),
        (compact().replace(".", ".\t", 1), "is not base64url without padding"),
        (compact(signature=b"\xff\xff\xff").replace("____", "////"), "is not base64url without padding"),
        (compact(signature=b"\xfb\xef\xbe").replace("----", "++++"), "is not base64url without padding"),
        (compact() + "é", "is not base64url without padding"),
        (compact(signature=b"1234"), None),
        # Another way to write the same bytes: the last bits of MTIzNA are not used, as MTIzNB shows.
        (compact(signature=b"1234")[:-1] + "B", "is not base64url without padding"),
        (compact(signature=b"123") + "A", "is not base64url without padding"),
    ],
)
def test_what_is_not_the_compact_form(text, said):
    if said is None:
        assert parse_token(text).kid == "first"
    else:
        assert said in refusal(text)


BAD_JSON = [
    (b"", "is not valid JSON"),
    (b"secret", "is not valid JSON"),
    (b'{"a":NaN}', "is not valid JSON"),
    (b'{"a":Infinity}', "is not valid JSON"),
    (b'{"a":-Infinity}', "is not valid JSON"),
    (b'{"a":1e999}', "is not valid JSON"),
    (b'{"a":"\\ud800"}', "is not valid JSON"),
    (b'{"a":"\xff"}', "is not valid JSON"),
    (b'\xef\xbb\xbf{"a":1}', "is not valid JSON"),
    ('{"a":1}'.encode("utf-16"), "is not valid JSON"),
    (b'{"a":1} {"a":1}', "is not valid JSON"),
    (b'{"a":' + b"9" * 5000 + b"}", "is not valid JSON"),
    (b'{"a":' + b"[" * 1010 + b"]" * 1010 + b"}", "is not valid JSON"),
    (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "is not valid JSON"),
    (b"[]", "is not a JSON object"),
    (b'"secret"', "is not a JSON object"),
    (b"null", "is not a JSON object"),
    (b'{"iss":"a","iss":"a"}', "has the same name twice"),
    (b'{"iss":"a","\\u0069ss":"b"}', "has the same name twice"),
    (b'{"a":[{"b":{"c":1,"c":2}}]}', "has the same name twice"),
]


@pytest.mark.parametrize(("text", "said"), BAD_JSON, ids=lambda value: repr(value)[:30])
def test_json_that_is_not_strict(text, said):
    assert refusal(compact(claims=text)) == f"the JSON of the access token's claims {said}"
    assert refusal(compact(header=text)) == f"the JSON of the access token's header {said}"


@pytest.mark.parametrize("name", ["jku", "x5u", "x5c", "jwk", "crit", "b64", "zip"])
@pytest.mark.parametrize("value", [None, [], "https://evil.example/secret"])
def test_headers_that_are_refused_whatever_they_say(name, value):
    header = json.dumps({"alg": "RS256", "kid": "first", name: value}).encode()
    assert refusal(compact(header)) == f"the access token has {name} in its header, which is not accepted"


@pytest.mark.parametrize("value", [b"", b',"kid":""', b',"kid":1', b',"kid":null', b',"kid":["first"]'])
def test_a_token_that_does_not_name_its_key(value):
    assert "which key signed it (kid)" in refusal(compact(b'{"alg":"RS256"' + value + b"}"))


@pytest.mark.parametrize("value", [b"", b',"alg":""', b',"alg":256', b',"alg":null', b',"alg":["RS256"]'])
def test_a_token_that_does_not_name_its_algorithm(value):
    assert "by which algorithm (alg)" in refusal(compact(b'{"kid":"first"' + value + b"}"))
