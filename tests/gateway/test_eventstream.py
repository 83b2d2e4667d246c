from __future__ import annotations

import itertools
import json
from base64 import b64encode
from typing import Any

import pytest
from botocore.eventstream import EventStream, EventStreamBuffer, EventStreamMessage
from botocore.exceptions import EventStreamError
from botocore.parsers import EventStreamJSONParser
from hypothesis import given
from hypothesis import strategies as st

from gateway.codecs.eventstream import encode_event, encode_exception
from tests.support.service_model import service_model

STREAM = (
    encode_event("messageStart", {"role": "assistant"})
    + encode_event("contentBlockDelta", {"delta": {"text": "ä\n"}, "contentBlockIndex": 0})
    + encode_exception("throttlingException", {"message": "slow down"})
)


def parse(*pieces: bytes) -> list[EventStreamMessage]:
    """What botocore reads."""
    buffer = EventStreamBuffer()
    messages = []
    for piece in pieces:
        buffer.add_data(piece)
        messages += list(buffer)
    return messages


def test_botocore_reads_events_with_all_their_headers():
    start, delta, _ = parse(STREAM)
    assert start.headers == {
        ":event-type": "messageStart",
        ":content-type": "application/json",
        ":message-type": "event",
    }
    assert json.loads(start.payload) == {"role": "assistant"}
    assert json.loads(delta.payload) == {"delta": {"text": "ä\n"}, "contentBlockIndex": 0}


def test_botocore_reads_an_exception_as_an_error():
    *_, exception = parse(STREAM)
    response = exception.to_response_dict()
    assert response["status_code"] == 400
    assert response["headers"][":message-type"] == "exception"
    assert response["headers"][":exception-type"] == "throttlingException"
    assert json.loads(response["body"]) == {"message": "slow down"}


@pytest.mark.parametrize("at", range(len(STREAM) + 1))
def test_botocore_reads_the_same_at_any_split(at):
    assert [(m.headers, m.payload) for m in parse(STREAM[:at], STREAM[at:])] == [
        (m.headers, m.payload) for m in parse(STREAM)
    ]


class Source:
    """A response's body, as urllib3 gives it to botocore's EventStream."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def stream(self) -> list[bytes]:
        return self._pieces

    def close(self) -> None:
        return


def invocation_events(pieces: list[bytes]) -> Any:
    """What a client of InvokeModelWithResponseStream iterates over."""
    operation = service_model().operation_model("InvokeModelWithResponseStream")
    shape = operation.output_shape.members["body"]
    return EventStream(Source(pieces), shape, EventStreamJSONParser(), operation.name)


CHUNKS = st.lists(st.binary(max_size=300), max_size=5)


@given(CHUNKS, st.lists(st.integers(0, 4000), max_size=8), st.booleans())
def test_a_client_gets_the_bytes_of_the_chunks_whatever_the_pieces(chunks, cuts, fails):
    raw = b"".join(encode_event("chunk", {"bytes": b64encode(chunk).decode()}) for chunk in chunks)
    if fails:
        raw += encode_exception("modelTimeoutException", {"message": "too slow"})
    edges = sorted({0, len(raw), *(cut for cut in cuts if cut < len(raw))})
    pieces = [raw[begin:end] for begin, end in itertools.pairwise(edges)]
    read: list[bytes] = []

    def read_all() -> None:
        read.extend(event["chunk"]["bytes"] for event in invocation_events(pieces))

    if fails:
        with pytest.raises(EventStreamError, match="too slow"):
            read_all()
    else:
        read_all()
    assert read == chunks
