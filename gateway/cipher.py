"""AES-256-GCM under keys that can be rotated: the first one seals, each of them opens."""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.setting_values import KEY_SIZE

# What is sealed: the version, the key's id, the salt, then the ciphertext with its tag.
_VERSION = b"\x01"
_ID_SIZE = 4
# Under one key, random nonces of 96 bits are good for 2^32 messages (NIST SP 800-38D, 8.3), and a busy gateway writes
# more. So each has a key and a nonce of its own, derived from a random salt as in RFC 8188; among 2^80 salts of 192
# bits, two are the same with a probability of 2^-33.
_SALT_SIZE = 24
_NONCE_SIZE = 12

_ID_END = len(_VERSION) + _ID_SIZE
_SALT_END = _ID_END + _SALT_SIZE


class CannotOpen(Exception):
    """What is sealed is damaged, sealed elsewhere or with another key; the message says which, for people."""


class Cipher:
    """`context` says what is sealed and where it belongs: it is not stored, and must be the same to open it.

    Whoever writes to the store can put back what it held in the same place before; nothing else goes unnoticed.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_SIZE for key in keys):
            raise ValueError(f"a cipher needs keys of {KEY_SIZE} bytes, at least one")
        self._key = keys[0]
        self._key_id = _key_id(self._key)
        self._keys = {_key_id(key): key for key in keys}
        self._digest_key = _derived(self._key, b"digest", KEY_SIZE)

    def seal(self, data: bytes, context: bytes) -> bytes:
        salt = os.urandom(_SALT_SIZE)
        cipher, nonce = _once(self._key, salt)
        return b"".join((_VERSION, self._key_id, salt, cipher.encrypt(nonce, data, context)))

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Raises CannotOpen."""
        key_id, salt = sealed[len(_VERSION) : _ID_END], sealed[_ID_END:_SALT_END]
        if not sealed.startswith(_VERSION):
            raise CannotOpen("what is stored is damaged, or encrypted in a way that the gateway does not know")
        if key_id not in self._keys:
            raise CannotOpen("what is stored is encrypted with a key that the gateway was not given")
        cipher, nonce = _once(self._keys[key_id], salt)
        try:
            return cipher.decrypt(nonce, sealed[_SALT_END:], context)
        except InvalidTag:
            raise CannotOpen("what is stored is damaged, or was stored in another place") from None

    def digest(self, data: bytes) -> str:
        """A hash, in hexadecimal, that tells nothing to whoever lacks the key: nobody can try what it is of."""
        return hmac.digest(self._digest_key, data, "sha256").hex()


def _key_id(key: bytes) -> bytes:
    return _derived(key, b"id", _ID_SIZE)


def _once(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher and the nonce of the one message that has this salt."""
    derived = _derived(key, b"message", KEY_SIZE + _NONCE_SIZE, salt)
    return AESGCM(derived[:KEY_SIZE]), derived[KEY_SIZE:]


def _derived(key: bytes, purpose: bytes, size: int, salt: bytes | None = None) -> bytes:
    return HKDF(SHA256(), size, salt, b"genai-gateway history " + purpose).derive(key)
