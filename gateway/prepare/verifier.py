"""What Postgres stores of a password, made here: a statement that carries the password itself might be logged."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import stringprep
import unicodedata
from base64 import b64encode
from collections.abc import Callable

# Postgres's own.
ITERATIONS = 4096
SALT_SIZE = 16

# RFC 4013, section 2.3, and code points that Unicode 3.2 did not assign, as Postgres has it.
_PROHIBITED: tuple[Callable[[str], bool], ...] = (
    stringprep.in_table_a1,
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def scram_verifier(password: str, *, salt: bytes | None = None, iterations: int = ITERATIONS) -> str:
    """SCRAM-SHA-256's, of RFC 7677 and RFC 5802, section 3, in Postgres's form; `salt` is a new one by default."""
    salt = salt or secrets.token_bytes(SALT_SIZE)
    salted = hashlib.pbkdf2_hmac("sha256", saslprep(password).encode(), salt, iterations)
    stored_key = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server_key = _hmac(salted, b"Server Key")
    return f"SCRAM-SHA-256${iterations}:{_text(salt)}${_text(stored_key)}:{_text(server_key)}"


def saslprep(password: str) -> str:
    """RFC 4013's, as Postgres does it: a password that may not be prepared stays as it is."""
    if password.isascii():
        return password
    mapped = "".join(" " if stringprep.in_table_c12(c) else c for c in password if not stringprep.in_table_b1(c))
    prepared = unicodedata.normalize("NFKC", mapped)
    if not prepared or any(prohibited(c) for c in prepared for prohibited in _PROHIBITED) or _mixes(prepared):
        return password
    return prepared


def _mixes(text: str) -> bool:
    """Directions of writing, as RFC 3454, section 6, does not allow."""
    if not any(map(stringprep.in_table_d1, text)):
        return False
    whole = stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    return not whole or any(map(stringprep.in_table_d2, text))


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _text(value: bytes) -> str:
    return b64encode(value).decode()
