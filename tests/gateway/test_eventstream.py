from __future__ import annotations

import json

import pytest
from botocore.eventstream import EventStreamBuffer, EventStreamMessage

from gateway.codecs.eventstream import encode_event, encode_exception

STREAM = (
    encode_event("messageStart", {"role": "assistant"})
    + encode_event("contentBlockDelta", {"delta": {"text": "ä\n"}, "contentBlockIndex": 0})
    + encode_exception("throttlingException", "slow down")
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
