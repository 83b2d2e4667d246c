from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import MalformedBody, UnsupportedField
from gateway.translation.converse_request import chat_request

HELLO = [{"role": "user", "content": [{"text": "hello"}]}]


PDF: dict[str, Any] = {"format": "pdf", "name": "a", "source": {"bytes": "/w=="}}
TOOL: dict[str, Any] = {"toolSpec": {"name": "f", "inputSchema": {"json": {}}}}
BLOCK = "messages[0].content[0]"
SCHEMA = "outputConfig.textFormat.structure.jsonSchema"


def block(content: dict[str, Any], role: str = "user") -> dict[str, Any]:
    return {"messages": [{"role": role, "content": [content]}]}


def tools(*offered: dict[str, Any], choice: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"messages": HELLO, "toolConfig": {"tools": list(offered), "toolChoice": choice}}


def schema(text: str) -> dict[str, Any]:
    structure = {"jsonSchema": {"schema": text}}
    return {"messages": HELLO, "outputConfig": {"textFormat": {"type": "json_schema", "structure": structure}}}


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
        ({"messages": [{"role": "tool", "content": [{"text": "a"}]}]}, "messages[0].role"),
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
        (block({"image": {"format": "bmp", "source": {"bytes": "YQ=="}}}), f"{BLOCK}.image.format"),
        (block({"image": {"format": "png", "source": {"bytes": "a b"}}}), f"{BLOCK}.image.source.bytes"),
        (block({"image": {"format": "png", "source": {"bytes": ""}}}), f"{BLOCK}.image.source.bytes"),
        (block({"image": {"format": "png", "source": {}}}), f"{BLOCK}.image.source"),
        (block({"image": {}}), f"{BLOCK}.image.format"),
        (block({"document": {"name": "a", "source": {"bytes": "YQ=="}}}), f"{BLOCK}.document.format"),
        (block({"document": {"name": "a", "source": {"content": []}}}), f"{BLOCK}.document.source.content"),
        (block({"document": {**PDF, "name": ""}}), f"{BLOCK}.document.name"),
        (block({"document": {**PDF, "citations": {}}}), f"{BLOCK}.document.citations.enabled"),
        (block({"document": {**PDF, "format": "txt", "context": "c"}}), f"{BLOCK}.document.format"),
        (block({"cachePoint": {"type": "default"}}), f"{BLOCK}.cachePoint"),
        (block({"toolResult": {"toolUseId": "t"}}), f"{BLOCK}.toolResult.content"),
        (block({"toolResult": {"content": []}}), f"{BLOCK}.toolResult.toolUseId"),
        (block({"toolResult": {"toolUseId": "t", "content": [], "status": "lost"}}), f"{BLOCK}.toolResult.status"),
        (block({"toolUse": {"toolUseId": "t", "name": "f", "input": "x"}}, "assistant"), f"{BLOCK}.toolUse.input"),
        (block({"toolUse": {"name": "f", "input": {}}}, "assistant"), f"{BLOCK}.toolUse.toolUseId"),
        (tools(), "toolConfig.tools"),
        (tools({"cachePoint": {"type": "default"}}), "toolConfig.tools[0].cachePoint"),
        (tools({"toolSpec": {"name": "f"}}), "toolConfig.tools[0].toolSpec.inputSchema"),
        (
            tools({"toolSpec": {"name": "f", "inputSchema": {"json": []}}}),
            "toolConfig.tools[0].toolSpec.inputSchema.json",
        ),
        (tools(TOOL, choice={"tool": {"name": "other"}}), "toolConfig.toolChoice.tool.name"),
        (tools(TOOL, choice={}), "toolConfig.toolChoice"),
        ({"messages": HELLO, "guardrailConfig": {"guardrailIdentifier": "a"}}, "guardrailConfig.guardrailVersion"),
        ({"messages": HELLO, "serviceTier": {"type": "best"}}, "serviceTier.type"),
        ({"messages": HELLO, "requestMetadata": {str(n): "" for n in range(17)}}, "requestMetadata"),
        ({"messages": HELLO, "requestMetadata": {"team": 1}}, "requestMetadata.team"),
        (schema("{"), f"{SCHEMA}.schema"),
        (schema("[]"), f"{SCHEMA}.schema"),
        ({"messages": HELLO, "additionalModelResponseFieldPaths": ["a"]}, "additionalModelResponseFieldPaths[0]"),
        ({"messages": HELLO, "additionalModelResponseFieldPaths": ["/~2"]}, "additionalModelResponseFieldPaths[0]"),
        ({"messages": HELLO, "additionalModelResponseFieldPaths": ["/a"] * 11}, "additionalModelResponseFieldPaths"),
        (
            {"messages": HELLO, "inferenceConfig": {"topP": 1}, "additionalModelRequestFields": {"top_p": 1}},
            "additionalModelRequestFields.top_p",
        ),
    ],
)
def test_a_malformed_request_is_refused_by_path(request_body, path):
    with pytest.raises(MalformedBody) as raised:
        chat(**request_body)
    assert raised.value.message.startswith(f"{path}: ")
    assert raised.value.param == path


def test_a_refusal_is_short_however_long_a_name_is():
    for body in ({"messages": HELLO, "x" * 10_000: 1}, tools(*[TOOL] * 5000, choice={"tool": {"name": "g"}})):
        with pytest.raises((MalformedBody, UnsupportedField)) as raised:
            chat(**body)
        assert len(raised.value.message) < 500


@pytest.mark.parametrize(
    ("request_body", "path"),
    [
        ({"inferenceConfig": {"topK": 1}}, "inferenceConfig.topK"),
        ({"promptVariables": {"a": {"text": "b"}}}, "promptVariables"),
        ({"serviceTier": {"type": "reserved"}}, "serviceTier.type"),
        ({"additionalModelRequestFields": {"model": "other"}}, "additionalModelRequestFields.model"),
        ({"additionalModelRequestFields": {"messages": []}}, "additionalModelRequestFields.messages"),
        ({"additionalModelRequestFields": {"stream": True}}, "additionalModelRequestFields.stream"),
        ({"additionalModelRequestFields": {"n": 2}}, "additionalModelRequestFields.n"),
        (tools({"systemTool": {"name": "nova_code_interpreter"}}), "toolConfig.tools[0].systemTool.name"),
        ({"system": [{"guardContent": {"text": {"text": "a"}}}]}, "system[0].guardContent"),
        (
            block({"image": {"format": "png", "source": {"s3Location": {"uri": "s3://a/b"}}}}),
            f"{BLOCK}.image.source.s3Location",
        ),
        (block({"image": {"format": "png", "source": {"bytes": "YQ=="}, "error": {}}}), f"{BLOCK}.image.error"),
        (block({"document": {**PDF, "format": "docx", "context": "c"}}), f"{BLOCK}.document.format"),
        (block({"toolUse": {}}), f"{BLOCK}.toolUse"),
        (block({"toolResult": {}}, "assistant"), f"{BLOCK}.toolResult"),
        (block({"text": "a", "cachePoint": None, "surprise": None}) | {"surprise": 1}, "surprise"),
        (block({"surprise": {}}), f"{BLOCK}.surprise"),
        (
            block({"guardContent": {"text": {"text": "a", "qualifiers": ["query", "guard_content"]}}}),
            f"{BLOCK}.guardContent.text.qualifiers",
        ),
        ({"messages": [{"role": "user", "content": [{"text": "a"}], "name": "bob"}]}, "messages[0].name"),
    ],
)
def test_what_cannot_be_carried_is_refused_by_path(request_body, path):
    with pytest.raises(UnsupportedField) as raised:
        chat(**{"messages": HELLO} | request_body)
    assert raised.value.message.startswith(f"{path}: ")
