"""Server-sent events, decoded as the bytes come: WHATWG HTML, section 9.2.6."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE_END = re.compile(rb"\r\n|\n|\r")

# More than any model sends in one event, less than what would hurt.
MAX_EVENT = 32 * 1024 * 1024


class EventTooLarge(Exception):
    """An event grew beyond MAX_EVENT bytes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `data` has its lines joined by newlines, `name` is "message" unless the stream says otherwise."""

    data: bytes
    name: str = "message"


class SSEDecoder:
    """`feed` bytes as they come, in any pieces; each call gives the events that became complete."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []  # of a line that has not ended; joined once it has
        self._waiting = 0
        self._at_start = True
        self._data: list[bytes] = []
        self._name = ""
        self._size = 0

    @property
    def incomplete(self) -> bool:
        """Whether an event has begun that no blank line has ended yet."""
        return bool(self._pieces or self._data)

    def feed(self, data: bytes) -> list[Event]:
        """The events completed by these bytes. Raises EventTooLarge."""
        if not data:
            return []
        self._pieces.append(data)
        self._waiting += len(data)
        if self._waiting + self._size > MAX_EVENT and not _LINE_END.search(data):
            raise EventTooLarge
        if self._is_within_a_line(data):
            return []
        text = b"".join(self._pieces)
        if self._at_start:
            if len(text) < 3 and b"\xef\xbb\xbf".startswith(text):
                return []
            text = text.removeprefix(b"\xef\xbb\xbf")
            self._at_start = False
        # A CR at the end may be the first half of a CRLF.
        held = b"\r" if text.endswith(b"\r") else b""
        lines = _LINE_END.split(text[: len(text) - len(held)])
        rest = lines.pop() + held
        self._pieces, self._waiting = ([rest] if rest else []), len(rest)
        if self._waiting + self._size > MAX_EVENT:
            raise EventTooLarge
        return [event for event in map(self._line, lines) if event is not None]

    def _is_within_a_line(self, data: bytes) -> bool:
        """Whether the newest piece goes on with a line, and does not end it: then there is nothing to split."""
        goes_on = len(self._pieces) > 1 and not self._at_start and not self._pieces[-2].endswith(b"\r")
        return goes_on and _LINE_END.search(data) is None

    def _line(self, line: bytes) -> Event | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._size += len(value)
            if self._size > MAX_EVENT:
                raise EventTooLarge
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        return None

    def _dispatch(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name, self._size = [], "", 0
        return Event(b"\n".join(data), name or "message") if data else None
