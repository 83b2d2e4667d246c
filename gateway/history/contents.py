"""What people wrote, as it is stored: messages as JSON, their large data apart, and titles; sealed if there is a key.

A message is stored as {"message": …, "parts": [[path, digest], …]}: null stands where a path leads, the data that
belongs there is stored as a part, once for each owner. As references stand beside the message, nothing within a message
can be taken for one.
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.cipher import CannotOpen, Cipher
from gateway.codecs.json_text import request_json
from gateway.errors import HistoryUnreadable
from gateway.units import KIB

# In characters: what is shorter is not worth a row of its own.
PART_SIZE = 4 * KIB
# Under which images, audio and files stand: image_url.url, input_audio.data, file.file_data.
DATA_KEYS = frozenset({"url", "file_data", "data"})

# JSON begins otherwise.
_SEALED = "sealed:"

_DAMAGED = "what is stored is damaged"

Message = dict[str, Any]
Path = list[str | int]


@dataclass(frozen=True, slots=True)
class Packed:
    """A message as it is stored. `parts`: by their digests."""

    body: str
    parts: dict[str, bytes]


class Contents:
    """Without a cipher, everything is stored as it is; what was stored so is read with a cipher, too.

    A cipher keeps secrets from whoever reads the database; who can write to it can still write what is not sealed.
    `place`: what is sealed opens there only. Reading raises HistoryUnreadable.
    """

    def __init__(self, cipher: Cipher | None = None) -> None:
        self._cipher = cipher

    def pack(self, message: Message, *, owner: str, place: str) -> Packed:
        """Raises MalformedBody for a message that is nested too deeply."""
        parts: dict[str, bytes] = {}
        references: list[tuple[Path, str]] = []
        for path, text in _large_data(message):
            data = text.encode()
            digest = self._digest(owner, data)
            parts[digest] = self._cipher.seal(data, _of_part(digest)) if self._cipher else data
            references.append((path, digest))
        rest = _without(message, (path for path, _ in references)) if references else message
        return Packed(self._written({"message": rest, "parts": references}, f"message {place}"), parts)

    def unpack(self, body: str, parts: Mapping[str, bytes], *, place: str) -> Message:
        """`parts`: those of the message at least."""
        stored, is_sealed = self._read(body, f"message {place}")
        try:
            message = stored["message"]
            for path, digest in stored["parts"]:
                _put(message, path, self._part(parts, digest, is_sealed))
        except (LookupError, TypeError, ValueError):
            raise HistoryUnreadable(_DAMAGED) from None
        if not isinstance(message, dict):
            raise HistoryUnreadable(_DAMAGED)
        return message

    def pack_text(self, text: str, *, place: str) -> str:
        return self._written(text, f"text {place}")

    def unpack_text(self, stored: str, *, place: str) -> str:
        text, _ = self._read(stored, f"text {place}")
        if not isinstance(text, str):
            raise HistoryUnreadable(_DAMAGED)
        return text

    def _written(self, value: Any, context: str) -> str:
        data = request_json(value)
        if self._cipher is None:
            return data.decode()
        return _SEALED + _base64(self._cipher.seal(data, context.encode()))

    def _read(self, stored: str, context: str) -> tuple[Any, bool]:
        """The value, and whether it was sealed."""
        is_sealed = stored.startswith(_SEALED)
        try:
            return orjson.loads(self._opened(stored, context) if is_sealed else stored), is_sealed
        except ValueError:
            raise HistoryUnreadable(_DAMAGED) from None

    def _opened(self, stored: str, context: str) -> bytes:
        encoded = stored.removeprefix(_SEALED)
        sealed = a2b_base64(encoded)
        # Decoding passes over what is no base64, and over bits that are of no use.
        if _base64(sealed) != encoded:
            raise HistoryUnreadable(_DAMAGED)
        return self._open(sealed, context.encode())

    def _part(self, parts: Mapping[str, bytes], digest: str, is_sealed: bool) -> str:
        data = parts.get(digest)
        if data is None:
            raise HistoryUnreadable("a part of what is stored is missing")
        return (self._open(data, _of_part(digest)) if is_sealed else data).decode()

    def _open(self, sealed: bytes, context: bytes) -> bytes:
        if self._cipher is None:
            raise HistoryUnreadable("what is stored is encrypted, and the gateway was given no key")
        try:
            return self._cipher.open(sealed, context)
        except CannotOpen as error:
            raise HistoryUnreadable(str(error)) from None

    def _digest(self, owner: str, data: bytes) -> str:
        # Of two hashes, whose length is known: no other owner with other content reads the same.
        identity = hashlib.sha256(owner.encode()).digest() + hashlib.sha256(data).digest()
        return self._cipher.digest(identity) if self._cipher else hashlib.sha256(identity).hexdigest()


def _large_data(message: Message) -> Iterator[tuple[Path, str]]:
    """Where there is data that is worth a part, and the data; without recursion, as a message may be nested deeply."""
    path: Path = []
    levels: list[Iterator[tuple[str | int, Any]]] = [iter(message.items())]
    while levels:
        for key, value in levels[-1]:
            if isinstance(value, str):
                if len(value) >= PART_SIZE and key in DATA_KEYS:
                    yield [*path, key], value
            elif isinstance(value, (dict, list)):
                path.append(key)
                levels.append(iter(value.items() if isinstance(value, dict) else enumerate(value)))
                break
        else:
            levels.pop()
            # Of the message itself there is none.
            del path[-1:]


def _without(message: Message, paths: Iterable[Path]) -> Message:
    """The message with null at the paths: a copy, as far as the two differ."""
    copy = message.copy()
    copied = {id(copy)}
    for path in paths:
        at: Any = copy
        for key in path[:-1]:
            if id(at[key]) not in copied:
                at[key] = at[key].copy()
                copied.add(id(at[key]))
            at = at[key]
        at[path[-1]] = None
    return copy


def _put(message: Any, path: Path, text: str) -> None:
    for key in path[:-1]:
        message = message[key]
    message[path[-1]] = text


def _of_part(digest: str) -> bytes:
    return f"part {digest}".encode()


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode()
