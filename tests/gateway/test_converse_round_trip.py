"""A conversation with tools, an image and a document: boto3 → gateway → the real LiteLLM → the fake LLM, and back."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.bedrock_client import bedrock_client
from tests.support.local_stack import LocalStack

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TOOLS = {
    "tools": [
        {
            "toolSpec": {
                "name": name,
                "description": f"Tells the {member}",
                "inputSchema": {"json": {"type": "object", "properties": {member: {"type": "string"}}}},
            }
        }
        for name, member in (("get_weather", "city"), ("get_time", "zone"))
    ]
}

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def bedrock(stack: LocalStack) -> Iterator[Any]:
    with bedrock_client(stack, stack.master_key) as client:
        yield client


def streamed(client: Any, **request: Any) -> dict[str, Any]:
    """What Converse would have answered, collected as AWS's examples do it."""
    content: list[dict[str, Any]] = []
    response: dict[str, Any] = {}
    block: dict[str, Any] = {}
    for event in client.converse_stream(**request)["stream"]:
        ((name, payload),) = event.items()
        if name == "contentBlockStart":
            block = {"toolUse": payload["start"]["toolUse"] | {"input": ""}}
        elif name == "contentBlockDelta":
            _add(block, payload["delta"])
        elif name == "contentBlockStop":
            if "toolUse" in block:
                block["toolUse"]["input"] = json.loads(block["toolUse"]["input"])
            content.append(block)
            block = {}
        elif name in {"messageStop", "metadata"}:
            response |= payload
    return response | {"output": {"message": {"role": "assistant", "content": content}}}


def _add(block: dict[str, Any], delta: dict[str, Any]) -> None:
    if "toolUse" in delta:
        block["toolUse"]["input"] += delta["toolUse"]["input"]
    elif "text" in delta:
        block["text"] = block.get("text", "") + delta["text"]
    else:
        reasoning = block.setdefault("reasoningContent", {"reasoningText": {"text": ""}})["reasoningText"]
        reasoning["text"] += delta["reasoningContent"]["text"]


@pytest.fixture(params=["converse", "converse_stream"])
def ask(request: pytest.FixtureRequest, bedrock: Any) -> Ask:
    """Converse, and ConverseStream collected into the same shape."""
    if request.param == "converse":
        return bedrock.converse  # type: ignore[no-any-return]
    return lambda **body: streamed(bedrock, **body)


def seen(response: dict[str, Any]) -> dict[str, Any]:
    """What the model saw, by its own account."""
    text = response["output"]["message"]["content"][-1]["text"]
    return json.loads(text.splitlines()[-1])  # type: ignore[no-any-return]


def test_a_conversation_with_tools_an_image_and_a_document(ask: Ask):
    messages: list[dict[str, Any]] = [
        {
            "role": "user",
            "content": [
                {"image": {"format": "png", "source": {"bytes": PNG}}},
                {"document": {"format": "txt", "name": "notes", "source": {"bytes": b"some notes"}}},
                {"text": 'call get_weather {"city": "Rome"} and get_time {"zone": "CET"}'},
            ],
        }
    ]
    request = {"modelId": "demo", "system": [{"text": "be brief"}], "toolConfig": TOOLS}
    first = ask(**request, messages=messages)
    assert first["stopReason"] == "tool_use"
    calls = [block["toolUse"] for block in first["output"]["message"]["content"] if "toolUse" in block]
    assert [(call["name"], call["input"]) for call in calls] == [
        ("get_weather", {"city": "Rome"}),
        ("get_time", {"zone": "CET"}),
    ]
    assert first["usage"]["totalTokens"] > 0

    results = [
        {"toolUseId": calls[0]["toolUseId"], "content": [{"json": {"degrees": 21}}]},
        {"toolUseId": calls[1]["toolUseId"], "content": [{"text": "no clock"}], "status": "error"},
    ]
    messages += [
        first["output"]["message"],
        {"role": "user", "content": [*({"toolResult": result} for result in results), {"text": "and so?"}]},
    ]
    second = ask(**request, messages=messages)
    assert second["stopReason"] == "end_turn"
    told = seen(second)
    assert told["roles"] == ["system", "user", "assistant", "tool", "tool", "user"]
    assert told["last_user"] == "and so?"
    assert told["tools"] == ["get_weather", "get_time"]
    assert told["images"] == [{"media_type": "image/png", "bytes": len(PNG)}]
    assert told["documents"] == [{"name": "notes.txt", "media_type": "text/plain", "bytes": len(b"some notes")}]
    assert [json.loads(call["arguments"]) for call in told["tool_calls"]] == [{"city": "Rome"}, {"zone": "CET"}]
    assert told["tool_results"] == [
        {"id": calls[0]["toolUseId"], "text": '{"degrees":21}'},
        {"id": calls[1]["toolUseId"], "text": "The tool failed:\nno clock"},
    ]


@pytest.mark.parametrize(
    ("choice", "reason"),
    [({"any": {}}, "tool_use"), ({"tool": {"name": "get_time"}}, "tool_use"), ({"auto": {}}, "end_turn")],
)
def test_a_tool_choice_is_followed(ask: Ask, choice: dict[str, Any], reason: str):
    response = ask(
        modelId="demo",
        messages=[{"role": "user", "content": [{"text": "hello"}]}],
        toolConfig=TOOLS | {"toolChoice": choice},
    )
    assert response["stopReason"] == reason
    names = [block["toolUse"]["name"] for block in response["output"]["message"]["content"] if "toolUse" in block]
    assert names == {"any": ["get_weather"], "tool": ["get_time"], "auto": []}[next(iter(choice))]


def test_an_answer_by_a_schema(ask: Ask):
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    structure = {"jsonSchema": {"name": "person", "schema": json.dumps(schema)}}
    response = ask(
        modelId="demo",
        messages=[{"role": "user", "content": [{"text": "who?"}]}],
        outputConfig={"textFormat": {"type": "json_schema", "structure": structure}},
    )
    assert isinstance(json.loads(response["output"]["message"]["content"][-1]["text"])["age"], int)


def test_reasoning_goes_round(ask: Ask):
    question = {"role": "user", "content": [{"text": "hello"}]}
    first = ask(modelId="demo-reasoning", messages=[question])
    content = first["output"]["message"]["content"]
    assert content[0]["reasoningContent"]["reasoningText"]["text"]
    again = ask(modelId="demo", messages=[question, first["output"]["message"], question])
    assert seen(again)["roles"] == ["user", "assistant", "user"]


def test_options_reach_the_model(ask: Ask):
    response = ask(
        modelId="demo",
        messages=[{"role": "user", "content": [{"text": "hello"}]}],
        serviceTier={"type": "flex"},
        outputConfig={"effort": "low"},
        additionalModelRequestFields={"seed": 7},
        requestMetadata={"team": "blue"},
        additionalModelResponseFieldPaths=["/model", "/nothing"],
    )
    assert list(response["additionalModelResponseFields"]) == ["model"]
    assert (
        seen(response)["parameters"].items() >= {"seed": 7, "service_tier": "flex", "reasoning_effort": "low"}.items()
    )


def test_request_metadata_is_in_litellms_spend_logs(bedrock: Any, stack: LocalStack):
    """LiteLLM writes them a while after the answer."""
    mark = uuid.uuid4().hex
    response = bedrock.converse(
        modelId="demo",
        messages=[{"role": "user", "content": [{"text": f"say: {mark}"}]}],
        requestMetadata={"mark": mark},
        additionalModelResponseFieldPaths=["/id"],
    )
    headers = {"authorization": f"Bearer {stack.master_key}"}
    asked = {"request_id": response["additionalModelResponseFields"]["id"]}
    deadline = time.monotonic() + 60
    logged: list[dict[str, Any]] = []
    while not logged:
        assert time.monotonic() < deadline
        logged = httpx.get(f"{stack.gateway_url}/spend/logs", params=asked, headers=headers, timeout=60).json()
    assert f"mark:{mark}" in logged[0]["request_tags"]
    assert logged[0]["metadata"]["spend_logs_metadata"] == {"mark": mark}
