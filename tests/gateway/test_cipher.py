"""gateway/cipher.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cipher import CannotOpen, Cipher

KEY, OLD_KEY, OTHER_KEY = (bytes([number]) * 32 for number in (1, 2, 3))
CIPHER = Cipher([KEY])
SEALED = CIPHER.seal(b"what was said", b"here")

HEADER = 1 + 4 + 24
TAG = 16


@given(st.binary(), st.binary())
def test_what_is_sealed_opens(data, context):
    assert CIPHER.open(CIPHER.seal(data, context), context) == data


def test_it_costs_a_header_and_a_tag():
    assert len(CIPHER.seal(b"", b"")) == HEADER + TAG
    assert len(SEALED) == HEADER + len(b"what was said") + TAG


def test_what_is_sealed_shows_neither_the_data_nor_the_key():
    sealed = CIPHER.seal(b"what was said" * 10, b"here")
    assert b"said" not in sealed
    assert KEY[:4] not in sealed


def test_the_same_sealed_twice_has_nothing_in_common_but_the_key():
    once, again = CIPHER.seal(bytes(64), b"here"), CIPHER.seal(bytes(64), b"here")
    assert once[:5] == again[:5]
    assert once[5:HEADER] != again[5:HEADER]
    assert once[HEADER:] != again[HEADER:]


def test_what_was_sealed_by_an_earlier_gateway_opens():
    # The format must not change under its version.
    sealed = bytes.fromhex(
        "0183f69fda0b6761c793afb9be64fbf1a1487d473ccf41bfd5d8f4fff9"
        "cf6a2433fc850525d9d59453ff867f255c8907c1ad50ab569296aa5aab"
    )
    assert CIPHER.open(sealed, b"here") == b"what was said"


# --- what does not open


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed_wherever_it_is(index, change):
    changed = bytearray(SEALED)
    changed[index] ^= change
    with pytest.raises(CannotOpen):
        CIPHER.open(bytes(changed), b"here")


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_what_is_cut_off_is_noticed(length):
    with pytest.raises(CannotOpen):
        CIPHER.open(SEALED[:length], b"here")


def test_what_is_added_is_noticed():
    with pytest.raises(CannotOpen):
        CIPHER.open(SEALED + b"\x00", b"here")


@pytest.mark.parametrize(
    ("sealed", "context", "said"),
    [
        (SEALED, b"elsewhere", "damaged, or was stored in another place"),
        (SEALED[:-1], b"here", "damaged, or was stored in another place"),
        (b"\x02" + SEALED[1:], b"here", "in a way that the gateway does not know"),
        (SEALED[:20], b"here", "damaged"),
        (b"", b"here", "damaged"),
        (Cipher([OTHER_KEY]).seal(b"what was said", b"here"), b"here", "with a key that the gateway was not given"),
    ],
    ids=["another place", "cut off", "another version", "no more than a header", "nothing", "another key"],
)
def test_the_error_says_what_is_wrong_and_nothing_of_the_content(sealed, context, said):
    with pytest.raises(CannotOpen, match=said) as failed:
        CIPHER.open(sealed, context)
    assert "was said" not in str(failed.value)
    # A traceback in a log would show it.
    assert failed.value.__context__ is None or failed.value.__suppress_context__


# --- keys


def test_after_a_rotation_what_is_older_opens_and_what_is_new_needs_the_new_key():
    rotated = Cipher([KEY, OLD_KEY])
    assert rotated.open(Cipher([OLD_KEY]).seal(b"older", b"here"), b"here") == b"older"
    sealed = rotated.seal(b"new", b"here")
    assert Cipher([KEY]).open(sealed, b"here") == b"new"
    with pytest.raises(CannotOpen, match="key"):
        Cipher([OLD_KEY]).open(sealed, b"here")


@pytest.mark.parametrize("keys", [[], [b""], [KEY[:16]], [KEY, KEY[:31]], [KEY + b"\x00"]])
def test_keys_of_another_length_are_not_accepted(keys):
    with pytest.raises(ValueError, match="32 bytes"):
        Cipher(keys)


# --- digests


def test_a_digest_is_the_same_each_time_and_for_that_data_alone():
    assert CIPHER.digest(b"data") == Cipher([KEY, OLD_KEY]).digest(b"data")
    assert CIPHER.digest(b"data") != CIPHER.digest(b"date")
    assert len(bytes.fromhex(CIPHER.digest(b""))) == 32


def test_a_digest_needs_the_key():
    assert CIPHER.digest(b"data") != Cipher([OLD_KEY]).digest(b"data")
