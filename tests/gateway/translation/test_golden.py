"""Each direction and part type, as golden files have it; what they hold is valid on either side."""

from __future__ import annotations

from pathlib import Path

import pytest

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
