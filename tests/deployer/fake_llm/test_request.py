import base64
from typing import Any

import orjson
import pytest

from deployer.fake_llm.errors import ApiError
from deployer.fake_llm.request import chat_request, read_chat_request

USER = {"role": "user", "content": "hi"}
TOOL = {"type": "function", "function": {"name": "f"}}


def refusal(body: bytes) -> dict[str, Any]:
    with pytest.raises(ApiError) as raised:
        read_chat_request(body)
    assert raised.value.reply.status == 400
    error: dict[str, Any] = raised.value.reply.body()["error"]
    assert error["type"] == "invalid_request_error"
    return error


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"model": NaN}',
        b'{"model": "\\ud800"}',
        b'{"model":"demo","messages":[{"role":"user","content":"hi"}],"deep":' + b"[" * 300 + b"]" * 300 + b"}",
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    error = refusal(body)
    assert error["code"] == "invalid_json"
    assert "body" in error["message"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"model": None}, "model"),
        ({"model": ""}, "model"),
        ({"model": 3}, "model"),
        ({"messages": None}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": ["hi"]}, "messages[0]"),
        ({"messages": [USER, {"content": "hi"}]}, "messages[1].role"),
        ({"messages": [{"role": "bot", "content": "hi"}]}, "messages[0].role"),
        ({"messages": [{"role": ["user"], "content": "hi"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": ["hi"]}]}, "messages[0].content[0]"),
        ({"messages": [{"role": "tool", "content": "hi"}]}, "messages[0].tool_call_id"),
        ({"messages": [{"role": "tool", "content": "hi", "tool_call_id": 1}]}, "messages[0].tool_call_id"),
        ({"messages": [{"role": "assistant", "tool_calls": {}}]}, "messages[0].tool_calls"),
        ({"messages": [{"role": "assistant", "tool_calls": [1]}]}, "messages[0].tool_calls[0]"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f"}}]}]},
            "messages[0].tool_calls[0].function.arguments",
        ),
        ({"messages": [{"role": "assistant", "reasoning_content": 1}]}, "messages[0].reasoning_content"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": True}, "stream_options"),
        ({"stream_options": {"include_usage": "yes"}}, "stream_options.include_usage"),
        ({"temperature": 2.1}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"max_completion_tokens": "3"}, "max_completion_tokens"),
        ({"n": 129}, "n"),
        ({"n": True}, "n"),
        ({"stop": 3}, "stop"),
        ({"stop": ["a", 3]}, "stop"),
        ({"stop": list("abcde")}, "stop"),
        ({"reasoning_effort": "huge"}, "reasoning_effort"),
        ({"reasoning_effort": 3}, "reasoning_effort"),
        ({"response_format": "json"}, "response_format.type"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"response_format": {"type": []}}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format.json_schema.schema"),
        ({"tools": {}}, "tools"),
        ({"tools": ["f"]}, "tools[0]"),
        ({"tools": [{"type": "web"}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [TOOL, {"type": "function", "function": {}}]}, "tools[1].function.name"),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]},
            "tools[0].function.parameters",
        ),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": "maybe"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "g"}}}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": "function"}}, "tool_choice"),
        ({"fake": 3}, "fake"),
        ({"fake": {"speed": 3}}, "fake.speed"),
        ({"fake": {"tokens_per_second": -1}}, "fake.tokens_per_second"),
        ({"fake": {"time_to_first_token": "1"}}, "fake.time_to_first_token"),
        ({"fake": {"time_to_first_token": None}}, "fake.time_to_first_token"),
    ],
)
def test_a_faulty_field_is_named(change: dict[str, Any], param: str) -> None:
    error = refusal(orjson.dumps({"model": "demo", "messages": [USER], **change}))
    assert error["param"] == param
    assert param in error["message"]


def data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(
    ("part", "param"),
    [
        ({"text": "hi"}, "type"),
        ({"type": "video"}, "type"),
        ({"type": "text"}, "text"),
        ({"type": "text", "text": 3}, "text"),
        ({"type": "image_url"}, "image_url"),
        ({"type": "image_url", "image_url": "https://example.com/a.png"}, "image_url"),
        ({"type": "image_url", "image_url": {}}, "image_url.url"),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,a?"}}, "image_url.url"),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,größe"}}, "image_url.url"),
        ({"type": "image_url", "image_url": {"url": "data:image/png,abc"}}, "image_url.url"),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64"}}, "image_url.url"),
        ({"type": "file", "file": {"filename": "a.txt"}}, "file.file_data"),
        ({"type": "file", "file": {"file_data": "YQ=="}}, "file.file_data"),
        ({"type": "file", "file": {"filename": 1, "file_data": data_url("text/plain", b"a")}}, "file.filename"),
        ({"type": "input_audio", "input_audio": {"data": "YQ=="}}, "input_audio.format"),
        ({"type": "input_audio", "input_audio": {"data": "YQ", "format": "wav"}}, "input_audio.data"),
    ],
)
def test_a_faulty_content_part_is_named(part: dict[str, Any], param: str) -> None:
    error = refusal(orjson.dumps({"model": "demo", "messages": [{"role": "user", "content": [part]}]}))
    assert error["param"] == f"messages[0].content[0].{param}"


def test_null_is_the_same_as_absent() -> None:
    plain = {"model": "demo", "messages": [USER]}
    assert read_chat_request(orjson.dumps({**plain, "stop": None, "tools": None})) == chat_request(plain)


def test_delivery_and_the_order_of_keys_do_not_change_the_digest() -> None:
    plain = chat_request({"model": "demo", "messages": [USER]}).digest
    delivery = {"stream": True, "stream_options": {"include_usage": True}, "fake": {"tokens_per_second": 1}}
    assert chat_request({"messages": [USER], **delivery, "model": "demo"}).digest == plain
    assert chat_request({"model": "demo", "messages": [USER], "seed": 1}).digest != plain
