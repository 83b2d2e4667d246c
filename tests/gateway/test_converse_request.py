from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import MalformedBody, UnsupportedField
from gateway.translation.converse_request import chat_request

HELLO = [{"role": "user", "content": [{"text": "hello"}]}]


def chat(*, stream: bool = False, **request: Any) -> dict[str, Any]:
    return chat_request("demo", request, stream=stream)


def test_a_conversation_with_a_system_prompt_and_settings():
    assert chat(
        messages=[
            {"role": "user", "content": [{"text": "one"}, {"text": "two"}]},
            {"role": "assistant", "content": [{"text": "three"}]},
            {"role": "user", "content": [{"text": "four"}]},
        ],
        system=[{"text": "be brief"}],
        inferenceConfig={"maxTokens": 5, "temperature": 0, "topP": 0.5, "stopSequences": ["x"]},
    ) == {
        "model": "demo",
        "messages": [
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
            {"role": "assistant", "content": "three"},
            {"role": "user", "content": "four"},
        ],
        "max_tokens": 5,
        "temperature": 0.0,
        "top_p": 0.5,
        "stop": ["x"],
    }


def test_a_stream_is_asked_for_with_its_usage():
    request = chat(messages=HELLO, stream=True)
    assert request["stream"] is True
    assert request["stream_options"] == {"include_usage": True}
    assert "stream" not in chat(messages=HELLO)


def test_empty_and_null_members_say_nothing():
    assert chat(messages=HELLO, system=[], inferenceConfig={"topP": None}, toolConfig=None) == chat(messages=HELLO)


@pytest.mark.parametrize(
    ("request_body", "path"),
    [
        ({}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"content": []}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "system", "content": [{"text": "a"}]}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": "hello"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": []}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": [{"text": 1}]}]}, "messages[0].content[0].text"),
        ({"messages": [*HELLO, {"role": "user", "content": [{"text": "a", "image": {}}]}]}, "messages[1].content[0]"),
        ({"messages": HELLO, "system": "be brief"}, "system"),
        ({"messages": HELLO, "system": [{"text": False}]}, "system[0].text"),
        ({"messages": HELLO, "inferenceConfig": []}, "inferenceConfig"),
        ({"messages": HELLO, "inferenceConfig": {"maxTokens": 0}}, "inferenceConfig.maxTokens"),
        ({"messages": HELLO, "inferenceConfig": {"maxTokens": True}}, "inferenceConfig.maxTokens"),
        ({"messages": HELLO, "inferenceConfig": {"temperature": 1.1}}, "inferenceConfig.temperature"),
        ({"messages": HELLO, "inferenceConfig": {"topP": "0.5"}}, "inferenceConfig.topP"),
        ({"messages": HELLO, "inferenceConfig": {"stopSequences": [1]}}, "inferenceConfig.stopSequences[0]"),
    ],
)
def test_a_malformed_request_is_refused_by_path(request_body, path):
    with pytest.raises(MalformedBody) as raised:
        chat(**request_body)
    assert raised.value.message.startswith(f"{path}: ")
    assert raised.value.param == path


@pytest.mark.parametrize(
    ("request_body", "path"),
    [
        ({"toolConfig": {"tools": []}}, "toolConfig"),
        ({"additionalModelRequestFields": {"top_k": 1}}, "additionalModelRequestFields"),
        ({"guardrailConfig": {}}, "guardrailConfig"),
        ({"inferenceConfig": {"topK": 1}}, "inferenceConfig.topK"),
        ({"system": [{"cachePoint": {"type": "default"}}]}, "system[0].cachePoint"),
        ({"messages": [{"role": "user", "content": [{"image": {}}]}]}, "messages[0].content[0].image"),
        ({"messages": [{"role": "user", "content": [{"text": "a"}], "name": "bob"}]}, "messages[0].name"),
    ],
)
def test_what_cannot_be_carried_is_refused_by_path(request_body, path):
    with pytest.raises(UnsupportedField) as raised:
        chat(**{"messages": HELLO} | request_body)
    assert raised.value.message.startswith(f"{path}: ")
