"""Each direction and part type, as golden files have it; what they hold is valid on either side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.eventstream import EventStreamBuffer, EventStreamMessage
from botocore.parsers import EventStreamJSONParser

from gateway.codecs.eventstream import encode_event
from tests.gateway.translation.golden import FILES, FOLDER, read
from tests.gateway.translation.openai_schema import check_request
from tests.support.service_model import service_model, violations


def named(direction: str) -> list[Path]:
    return [file for file in FILES if file.parent.name == direction]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_a_translation_is_as_written(file: Path):
    _, now, written = read(file)
    assert now == written


@pytest.mark.parametrize("file", named("request"), ids=lambda file: file.stem)
def test_a_request_is_valid_on_both_sides(file: Path):
    case, _, chat = read(file)
    shape = service_model().operation_model("Converse").input_shape
    stream_only = {"streamProcessingMode"}
    found = violations(shape, case["converse"] | {"modelId": "demo"})
    assert [one for one in found if not any(name in one for name in stream_only)] == []
    check_request(chat)


@pytest.mark.parametrize("file", named("response"), ids=lambda file: file.stem)
def test_a_response_is_valid(file: Path):
    _, _, converse = read(file)
    assert list(violations(service_model().operation_model("Converse").output_shape, converse)) == []


@pytest.mark.parametrize("file", named("stream"), ids=lambda file: file.stem)
def test_every_event_is_valid(file: Path):
    _, _, events = read(file)
    members = service_model().operation_model("ConverseStream").output_shape.members["stream"].members
    for name, payload in events:
        assert list(violations(members[name], payload)) == [], name


@pytest.mark.parametrize("file", named("stream"), ids=lambda file: file.stem)
def test_botocore_reads_a_stream_the_same_at_any_split(file: Path):
    _, _, events = read(file)
    raw = b"".join(encode_event(name, payload) for name, payload in events)
    whole = [(frame.headers[":event-type"], frame.payload) for frame in frames(raw)]
    assert [(name, json.loads(payload)) for name, payload in whole] == [tuple(event) for event in events]
    for at in range(len(raw)):
        assert [(frame.headers[":event-type"], frame.payload) for frame in frames(raw[:at], raw[at:])] == whole


@pytest.mark.parametrize("file", named("stream"), ids=lambda file: file.stem)
def test_botocore_knows_every_event_of_a_stream(file: Path):
    _, _, events = read(file)
    shape = service_model().operation_model("ConverseStream").output_shape.members["stream"]
    parser = EventStreamJSONParser()
    for frame, (name, _) in zip(frames(*(encode_event(*event) for event in events)), events, strict=True):
        parsed = parser.parse(frame.to_response_dict(), shape)
        assert list(parsed) == [name]
        assert "SDK_UNKNOWN_MEMBER" not in str(parsed)


def frames(*pieces: bytes) -> list[EventStreamMessage]:
    buffer = EventStreamBuffer()
    found: list[EventStreamMessage] = []
    for piece in pieces:
        buffer.add_data(piece)
        found += buffer
    return found
