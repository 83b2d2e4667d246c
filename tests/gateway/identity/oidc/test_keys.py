"""gateway/identity/oidc/keys.py and signature.py: which keys of a key set may be used, and for what."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from gateway.errors import InvalidToken
from gateway.identity.oidc.algorithms import ALGORITHMS
from gateway.identity.oidc.errors import IssuerFault
from gateway.identity.oidc.issuer import Issuer
from gateway.identity.oidc.keys import Keys, keys_of
from gateway.identity.oidc.signature import check_algorithm, check_signature
from gateway.identity.oidc.token import parse_token
from tests.support.oidc_server import ec_key, public_jwk, rsa_key, signed

RSA_ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
MALFORMED = "it is malformed"
BITS = "it has less than 2048 or more than 8192 bits"
NO_ALGORITHM = "it is for no algorithm that can be accepted"
RSA = public_jwk(rsa_key())
EC = public_jwk(ec_key())


def keys(*jwks: dict[str, Any]) -> Keys:
    return keys_of(json.dumps({"keys": jwks}).encode())


def number(value: int) -> str:
    return urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8)).rstrip(b"=").decode()


@pytest.fixture
def weak_rsa() -> dict[str, Any]:
    """A modulus of 2047 bits: nobody can make its key, but it has the form of one."""
    modulus = int.from_bytes(urlsafe_b64decode(RSA["n"] + "==")) >> 1 | 1
    assert modulus.bit_length() == 2047
    return {**RSA, "n": number(modulus)}


# --- the key set


def test_keys_by_their_kid_in_any_order():
    jwks = [public_jwk(rsa_key("one")), public_jwk(ec_key("two")), public_jwk(rsa_key("three", 4096))]
    for order in (jwks, jwks[::-1]):
        found = keys(*order)
        assert found.usable.keys() == {"one", "two", "three"}
        assert found.refused == {}
        assert found.usable["one"].algorithms == found.usable["three"].algorithms == RSA_ALGORITHMS
        assert found.usable["two"].algorithms == {"ES256"}


@pytest.mark.parametrize("bits", [2048, 2056, 3072, 4096])
def test_sizes_of_rsa_keys(bits):
    assert keys(public_jwk(rsa_key("sized", bits))).usable.keys() == {"sized"}


@pytest.mark.parametrize(("curve", "algorithm"), [("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512")])
def test_a_curve_is_for_one_algorithm(curve, algorithm):
    assert keys(public_jwk(ec_key("curved", curve))).usable["curved"].algorithms == {algorithm}


@pytest.mark.parametrize("members", [{}, {"use": None}, {"use": None, "key_ops": ["verify"]}, {"x5t": "abc", "y": 1}])
def test_members_that_do_not_matter(members):
    jwk = public_jwk(rsa_key(), **members)
    assert keys(jwk).usable.keys() == {"first"}


def test_a_key_that_says_its_algorithm_is_for_no_other():
    assert keys({**RSA, "alg": "RS256"}).usable["first"].algorithms == {"RS256"}


@pytest.mark.parametrize(
    ("jwk", "reason"),
    [
        ({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "first"}, "its kty is none of EC, RSA"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "abc", "kid": "first"}, "its kty is none of EC, RSA"),
        ({**RSA, "kty": "rsa"}, "its kty is none of EC, RSA"),
        ({**RSA, "kty": ["RSA"]}, "its kty is none of EC, RSA"),
        ({"kid": "first"}, "its kty is none of EC, RSA"),
        ({**RSA, "use": "enc"}, "its use is not sig"),
        ({**RSA, "use": None}, "its use is not sig"),
        ({**RSA, "use": ["sig"]}, "its use is not sig"),
        ({**RSA, "key_ops": ["encrypt"]}, "its key_ops are without verify"),
        ({**RSA, "key_ops": []}, "its key_ops are without verify"),
        ({**RSA, "key_ops": "verify"}, "its key_ops are without verify"),
        ({**RSA, "key_ops": 1}, "its key_ops are without verify"),
        (rsa_key().as_dict(private=True), "it is a private key"),
        (ec_key().as_dict(private=True), "it is a private key"),
        ({**RSA, "n": number(2**8191 * 2 + 1)}, BITS),
        ({**RSA, "n": ""}, BITS),
        ({**RSA, "n": 1}, BITS),
        ({**RSA, "n": "ключ"}, BITS),
        ({"kty": "RSA", "kid": "first", "e": "AQAB"}, BITS),
        ({**RSA, "alg": "RSA-OAEP"}, NO_ALGORITHM),
        ({**RSA, "alg": "HS256"}, NO_ALGORITHM),
        ({**RSA, "alg": "none"}, NO_ALGORITHM),
        ({**RSA, "alg": "ES256"}, NO_ALGORITHM),
        ({**RSA, "alg": None}, NO_ALGORITHM),
        ({**EC, "alg": "RS256"}, NO_ALGORITHM),
        ({**EC, "alg": "ES384"}, NO_ALGORITHM),
        ({**EC, "crv": "secp256k1"}, NO_ALGORITHM),
        ({**EC, "crv": ["P-256"]}, NO_ALGORITHM),
        ({**RSA, "e": "AQ"}, MALFORMED),
        ({**RSA, "e": ""}, MALFORMED),
        ({**RSA, "e": None}, MALFORMED),
        ({**RSA, "n": RSA["n"] + "=="}, MALFORMED),
        ({**RSA, "x5c": "no list"}, MALFORMED),
        ({**EC, "x": EC["y"]}, MALFORMED),
        ({"kty": "EC", "crv": "P-256", "kid": "first"}, MALFORMED),
    ],
    # Not what is in the keys, which are new in every process.
    ids=lambda value: value if isinstance(value, str) else "jwk",
)
def test_keys_that_are_never_used(jwk, reason):
    other = public_jwk(rsa_key("other"))
    found = keys(jwk, other)
    assert found.refused.keys() == {"first"}
    assert found.refused["first"].startswith(reason)
    assert found.usable.keys() == {"other"}


def test_an_rsa_key_below_2048_bits_is_never_used(weak_rsa):
    assert keys(weak_rsa).refused == {"first": BITS}


@pytest.mark.parametrize(
    "jwks",
    [
        [RSA, public_jwk(rsa_key("another"), kid="first")],
        [RSA, RSA],
        [RSA, EC],
        [RSA, {**RSA, "use": "enc"}],
        [{"kty": "oct", "kid": "first"}, RSA],
    ],
)
def test_a_kid_that_several_keys_have_is_none(jwks):
    for order in (jwks, jwks[::-1]):
        found = keys(*order, public_jwk(rsa_key("other")))
        assert found.refused == {"first": "several keys have this kid"}
        assert found.usable.keys() == {"other"}


@pytest.mark.parametrize("kid", [{}, {"kid": ""}, {"kid": 1}, {"kid": None}, {"kid": ["first"]}])
def test_a_key_without_a_kid_is_left_out(kid):
    jwk = public_jwk(rsa_key(), kid=None) | kid
    assert keys(jwk) == Keys({}, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html>", "its key set is not valid JSON"),
        ("[]", "its key set is not a JSON object"),
        ("{}", "its key set has no list of `keys`"),
        ('{"keys":{}}', "its key set has no list of `keys`"),
        ('{"keys":["first"]}', "its key set has no list of `keys`"),
        ('{"keys":[],"keys":[]}', "its key set has the same name twice"),
    ],
)
def test_what_is_no_key_set(text, said):
    with pytest.raises(IssuerFault) as fault:
        keys_of(text.encode())
    assert str(fault.value) == said


def test_a_key_is_not_shown():
    found = keys(RSA)
    assert RSA["n"][:20] not in repr(found)


# --- signatures


def check(token: str, algorithms: tuple[str, ...], *jwks: dict[str, Any]) -> None:
    """What is done of a token's signature."""
    parsed = parse_token(token)
    issuer = Issuer(url="https://login.example.com", audience="a", profile="rfc9068", algorithms=algorithms)
    check_algorithm(parsed, issuer)
    check_signature(parsed, keys(*jwks).usable[parsed.kid])


def refusal(token: str, algorithms: tuple[str, ...], *jwks: dict[str, Any]) -> str:
    with pytest.raises(InvalidToken) as refused:
        check(token, algorithms, *jwks)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return refused.value.message


CLAIMS = {"sub": "alice"}
NOT_THE_ISSUERS = "the signature of the access token is not the issuer's"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signatures_by_every_algorithm(algorithm):
    kind = ALGORITHMS[algorithm]
    key = rsa_key() if kind.crv is None else ec_key("first", kind.crv)
    token = signed(CLAIMS, key, alg=algorithm)
    check(token, (algorithm,), public_jwk(key))
    others = tuple(name for name in ALGORITHMS if name != algorithm)
    assert refusal(token, others, public_jwk(key)).startswith(f"the access token is signed by {algorithm}; it must be")


def test_a_signature_by_another_key_with_the_same_kid():
    forged = signed(CLAIMS, rsa_key("another"), kid="first")
    assert refusal(forged, ("RS256",), RSA) == NOT_THE_ISSUERS


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_part_that_was_changed(part):
    token = signed(CLAIMS, x="y")
    other = signed({"sub": "mallory"}, x="z")
    parts = token.split(".")
    parts[part] = other.split(".")[part]
    assert refusal(".".join(parts), ("RS256",), RSA) == NOT_THE_ISSUERS


@pytest.mark.parametrize(
    ("key", "algorithm"), [(rsa_key(), "RS256"), (rsa_key(), "PS256"), (ec_key(), "ES256")], ids=["RS", "PS", "ES"]
)
@pytest.mark.parametrize("signature", [b"", b"\x00", b"\x00" * 64, b"\x00" * 256, b"\xff" * 5000])
def test_signatures_that_are_none(key, algorithm, signature):
    token = signed(CLAIMS, key, alg=algorithm).rpartition(".")[0]
    forged = f"{token}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    assert refusal(forged, (algorithm,), public_jwk(key)) == NOT_THE_ISSUERS


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "EdDSA", "RS1", "ES256"])
def test_only_the_pinned_algorithm(algorithm):
    header = urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "first"}).encode()).rstrip(b"=").decode()
    _, claims, signature = signed(CLAIMS).split(".")
    said = f"the access token is signed by {algorithm}; it must be RS256"
    assert refusal(f"{header}.{claims}.{signature}", ("RS256",), RSA) == said
    assert refusal(f"{header}.{claims}.", ("RS256",), RSA) == said


@pytest.mark.parametrize(
    "secret", [rsa_key().as_pem(private=False), rsa_key().as_der(private=False)], ids=["PEM", "DER"]
)
def test_the_public_key_is_no_secret(secret):
    registry = jws.JWSRegistry(algorithms=["HS256"])
    raw = OctKey(secret, secret)  # joserfc's own way refuses a PEM as a secret
    forged = jws.serialize_compact({"alg": "HS256", "kid": "first"}, b"{}", raw, registry=registry)
    assert "it must be RS256" in refusal(forged, ("RS256",), RSA)


def test_an_algorithm_that_is_not_the_keys():
    assert refusal(signed(CLAIMS, alg="PS256"), ("RS256", "PS256"), {**RSA, "alg": "RS256"}) == (
        "the access token is signed by PS256, which its key is not for"
    )
    assert "which its key is not for" in refusal(signed(CLAIMS, ec_key()), ("RS256", "ES256"), RSA)


def test_a_long_header_and_names_in_it_that_nobody_knows():
    check(signed(CLAIMS, nonce="x" * 2000, x5t="abc"), ("RS256",), RSA)


def test_a_header_of_the_wrong_type():
    header = b'{"alg":"RS256","kid":"first","x5t":1}'
    signing_input = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (header, b"{}"))
    # By what does not look at headers.
    signature = jws.JWSRegistry.algorithms["RS256"].sign(signing_input, rsa_key())
    token = signing_input + b"." + urlsafe_b64encode(signature).rstrip(b"=")
    assert refusal(token.decode(), ("RS256",), RSA) == NOT_THE_ISSUERS
