from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codecs import sse
from gateway.codecs.sse import Event, EventTooLarge, SSEDecoder

STREAM = (
    b"\xef\xbb\xbf: a comment\n"
    b'data: {"a": 1}\n\n'
    b"event: error\ndata:no space\r\n\r\n"
    b"data: first\ndata: second\rid: 7\r\r"
    b"retry: 3\n\n"
    b"data\n\n"
    b"data: \xc3\xa4\n\n"
    b"data: [DONE]\n\n"
    b"data: never ended"
)
EVENTS = [
    Event(b'{"a": 1}'),
    Event(b"no space", "error"),
    Event(b"first\nsecond"),
    Event(b""),
    Event("ä".encode()),
    Event(b"[DONE]"),
]


def decode(*pieces: bytes) -> list[Event]:
    decoder = SSEDecoder()
    return [event for piece in pieces for event in decoder.feed(piece)]


@pytest.mark.parametrize("at", range(len(STREAM) + 1))
def test_any_split_gives_the_same_events(at):
    assert decode(STREAM[:at], STREAM[at:]) == EVENTS


def test_byte_by_byte_gives_the_same_events():
    assert decode(*(STREAM[i : i + 1] for i in range(len(STREAM)))) == EVENTS


@given(st.lists(st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"])), min_size=1))
def test_whatever_text_was_sent_is_received(texts):
    stream = b"".join(b"data: " + text.encode() + b"\n\n" for text in texts)
    assert [event.data.decode() for event in decode(stream)] == texts


def test_an_event_that_was_begun_is_noticed():
    decoder = SSEDecoder()
    decoder.feed(b"data: x\n\n")
    assert not decoder.incomplete
    decoder.feed(b"data: y\n")
    assert decoder.incomplete


@pytest.mark.parametrize("line_end", [b"", b"\n"])
def test_an_endless_event_is_refused(monkeypatch, line_end):
    monkeypatch.setattr(sse, "MAX_EVENT", 100)
    with pytest.raises(EventTooLarge):
        decode(*[b"data: 0123456789" + line_end] * 20)


class CountingPattern:
    """A pattern that remembers how much it was given to split."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self.search = pattern.search
        self._pattern = pattern
        self.split_bytes = 0

    def split(self, text: bytes) -> list[bytes]:
        self.split_bytes += len(text)
        return self._pattern.split(text)


def test_a_large_event_is_not_split_anew_for_each_of_its_pieces(monkeypatch: pytest.MonkeyPatch):
    counting = CountingPattern(sse._LINE_END)
    monkeypatch.setattr(sse, "_LINE_END", counting)
    decoder = SSEDecoder()
    pieces = [b"data: ", *[b"x" * 10_000] * 200, b"\n\n"]
    events = [event for piece in pieces for event in decoder.feed(piece)]
    assert [len(event.data) for event in events] == [2_000_000]
    assert counting.split_bytes < 2 * 2_000_000
