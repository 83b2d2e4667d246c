"""Tools with every client: the model's call, its result, and the call as a stream."""

from __future__ import annotations

import json
from typing import Any

from tests.clients.clients import conversation
from tests.clients.conftest import Call

ASKED = conversation('call get_weather {"city": "Rome"}')
TOOLS = {
    "tools": [
        {
            "toolSpec": {
                "name": "get_weather",
                "description": "The weather in a city",
                "inputSchema": {
                    "json": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
                },
            }
        }
    ]
}


def tool_use(content: list[dict[str, Any]]) -> dict[str, Any]:
    """The only tool call among the blocks of an answer."""
    (use,) = [block["toolUse"] for block in content if "toolUse" in block]
    return use


def test_the_model_calls_a_tool(client: Call):
    outcome = client("converse", modelId="demo", messages=ASKED, toolConfig=TOOLS)
    assert outcome.response["stopReason"] == "tool_use"
    use = tool_use(outcome.content)
    assert (use["name"], use["input"]) == ("get_weather", {"city": "Rome"})
    assert use["toolUseId"]


def test_the_result_of_a_tool_reaches_the_model(client: Call):
    first = client("converse", modelId="demo", messages=ASKED, toolConfig=TOOLS)
    result = {
        "toolUseId": tool_use(first.content)["toolUseId"],
        "content": [{"text": "17 degrees and sunny"}],
        "status": "success",
    }
    messages = [
        *ASKED,
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [{"toolResult": result}]},
    ]
    answer = client("converse", modelId="demo", messages=messages, toolConfig=TOOLS)
    assert answer.response["stopReason"] == "end_turn"
    assert "17 degrees and sunny" in json.dumps(answer.seen["tool_results"])


def test_a_streamed_call_comes_in_pieces(sdk: Call):
    events = sdk("converse_stream", modelId="demo", messages=ASKED, toolConfig=TOOLS).events
    (start,) = [event["contentBlockStart"] for event in events if "contentBlockStart" in event]
    assert start["start"]["toolUse"]["name"] == "get_weather"
    assert start["start"]["toolUse"]["toolUseId"]
    index = start["contentBlockIndex"]
    deltas = [event["contentBlockDelta"] for event in events if "contentBlockDelta" in event]
    pieces = [delta["delta"]["toolUse"]["input"] for delta in deltas if delta["contentBlockIndex"] == index]
    assert json.loads("".join(pieces)) == {"city": "Rome"}
    assert {"contentBlockStop": {"contentBlockIndex": index}} in events
    assert [event["messageStop"]["stopReason"] for event in events if "messageStop" in event] == ["tool_use"]
