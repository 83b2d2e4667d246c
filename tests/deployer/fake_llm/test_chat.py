from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.fake_llm.chat import chat_reply
from deployer.fake_llm.errors import ApiError
from deployer.fake_llm.failures import FAILURES
from deployer.fake_llm.pace import Pace

CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
SCHEMA = {
    "type": "object",
    "required": ["a", "b", "c"],
    "properties": {
        "a": {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 3, "multipleOf": 2}},
        "b": {"anyOf": [{"$ref": "#/$defs/d"}, {"type": "null"}]},
        "c": {"allOf": [{"required": ["x"]}, {"properties": {"x": {"enum": [1]}}}]},
    },
    "$defs": {"d": {"type": ["string"], "minLength": 1}},
}
EVERYTHING: dict[str, Any] = {
    "model": "demo-reasoning",
    "messages": [
        {"role": "system", "content": "s"},
        {"role": "assistant", "content": None, "reasoning_content": "r", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "t"}]},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "call f and g"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,YQ=="}},
                {"type": "file", "file": {"filename": "n", "file_data": "data:a/b;base64,YQ=="}},
                {"type": "input_audio", "input_audio": {"data": "YQ==", "format": "wav"}},
                {"type": "refusal", "refusal": "no"},
                {"type": "thinking", "thinking": "hm"},
            ],
        },
    ],
    "tools": [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in "fg"],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}},
    "stream_options": {"include_usage": True},
    "stop": ["x"],
    "n": 2,
    "max_tokens": 50,
    "parallel_tool_calls": True,
    "reasoning_effort": "low",
    "fake": {"tokens_per_second": 5},
}


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a JSON value, itself excluded."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, one in inner for place in ((*at, key), *places(one, (*at, key)))]


def replaced(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    request = deepcopy(EVERYTHING)
    target: Any = request
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return request


JUNK = st.sampled_from(
    [None, True, False, 0, -1, 1.5, 1e308, 2**63, "", "x", "#", "say: x", [], {}, [[]], [{}], {"x": 1}]
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.sampled_from(places(EVERYTHING)), JUNK, st.booleans(), st.booleans())
def test_junk_anywhere_is_answered_or_refused_and_never_a_defect(
    place: tuple[Any, ...], junk: Any, stream: bool, forced: bool
) -> None:
    request = replaced(place, junk) | {"stream": stream}
    if not forced:
        request.pop("tool_choice")
    try:
        reply, _ = chat_reply(orjson.dumps(request), Pace())
    except ApiError as refusal:
        assert 400 <= refusal.reply.status < 500  # noqa: PT017
    else:
        assert reply.status == 200


def test_everything_at_once_is_answered() -> None:
    reply, pace = chat_reply(orjson.dumps(EVERYTHING), Pace())
    assert (reply.status, pace) == (200, Pace(tokens_per_second=5))


@pytest.mark.parametrize("model", FAILURES)
def test_a_model_that_fails_still_wants_a_proper_request(model: str) -> None:
    with pytest.raises(ApiError) as raised:
        chat_reply(orjson.dumps({"model": model}), Pace())
    assert raised.value.reply.param == "messages"


def test_slow_drip_is_slow_unless_the_request_says_otherwise() -> None:
    request = {"model": "slow-drip", "messages": [{"role": "user", "content": "hi"}]}
    assert chat_reply(orjson.dumps(request), Pace(100, 2))[1] == Pace(1, 2)
    request["fake"] = {"tokens_per_second": 50}
    assert chat_reply(orjson.dumps(request), Pace(100, 2))[1] == Pace(50, 2)
