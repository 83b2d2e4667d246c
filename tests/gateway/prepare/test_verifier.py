"""What stands in for a password is what Postgres makes of it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode

import pytest
from psycopg import pq

from gateway.prepare.verifier import saslprep, scram_verifier


def test_it_fits_the_exchange_of_rfc_7677():
    """Section 3: the server's signature, and the client's key out of its proof."""
    verifier = scram_verifier("pencil", salt=b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    head, _, keys = verifier.rpartition("$")
    stored, server = map(b64decode, keys.split(":"))
    exchange = (
        b"n=user,r=rOprNGfwEbeRWgbNEkqO,"
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    assert head == "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
    assert hmac.digest(server, exchange, "sha256") == b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    proof = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    client = bytes(a ^ b for a, b in zip(proof, hmac.digest(stored, exchange, "sha256"), strict=True))
    assert hashlib.sha256(client).digest() == stored


@pytest.mark.parametrize(
    "password",
    [
        "plain",
        "tab\tand \x7f",
        "Grüße",
        "soft\u00adhyphen",
        "\u00ad",
        "ﬁ",
        "no\u00a0break",
        "ª①",
        "dele\u0080te",
        "private \ue000",
        "newer than Unicode 3.2: \u0221",
        "אבג",
        "אבג latin",
        "א1",
        "1א1",
        "😀",
    ],
)
def test_it_is_what_libpq_makes(password: str):
    connection = pq.PGconn.connect_start(b"host=127.0.0.1 port=9")
    theirs = connection.encrypt_password(password.encode(), b"anybody", b"scram-sha-256").decode()
    iterations, _, salt = theirs.split("$")[1].partition(":")
    assert scram_verifier(password, salt=b64decode(salt), iterations=int(iterations)) == theirs


def test_every_one_has_a_salt_of_its_own():
    assert scram_verifier("same") != scram_verifier("same")


@pytest.mark.parametrize(("password", "prepared"), [("I\u00adX", "IX"), ("\u2168", "IX"), ("\u00aa", "a")])
def test_passwords_are_prepared_as_in_rfc_4013(password: str, prepared: str):
    assert saslprep(password) == prepared
