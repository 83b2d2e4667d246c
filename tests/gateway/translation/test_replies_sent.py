"""A stored answer as it goes to the model again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.errors import RequestError, UpstreamBroken
from gateway.translation.converse_response import converse_response
from gateway.translation.fields import Field
from gateway.translation.messages import chat_messages
from gateway.translation.replies import reply_of, sent
from tests.gateway.translation.test_converse_history_properties import SAID
from tests.gateway.translation.test_properties import JSON, MESSAGES, OBJECTS
from tests.gateway.translation.test_replies import completion

PNG = "data:image/png;base64,AA=="
IMAGE = {"type": "image_url", "image_url": {"url": PNG}}
F = {"name": "f", "arguments": "{}"}
CALL = {"id": "t", "type": "function", "function": F}

# A stored message's members → those that are sent.
SENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"content": "hi"}, {"content": "hi"}),
    "nothing": ({"content": None}, {"content": ""}),
    "parts": ({"content": [{"type": "text", "text": "a"}]}, {"content": [{"type": "text", "text": "a"}]}),
    "a name": ({"content": "hi", "name": "bob"}, {"content": "hi", "name": "bob"}),
    "refusal": ({"content": None, "refusal": "no"}, {"content": "", "refusal": "no"}),
    "function_call": ({"content": None, "function_call": F}, {"function_call": F}),
    "a call": (
        {
            "content": None,
            "tool_calls": [CALL | {"index": 0, "function": F | {"x": 1}, "y": 2}],
        },
        {"tool_calls": [CALL]},
    ),
    "a call at a cache point": (
        {"content": None, "tool_calls": [{"id": "t", "function": F, "cache_control": {"type": "ephemeral"}}]},
        {"tool_calls": [CALL | {"cache_control": {"type": "ephemeral"}}]},
    ),
    "a call without arguments": (
        {"content": "a", "tool_calls": [{"id": "t", "function": {"name": "f", "arguments": " null"}}]},
        {"content": "a", "tool_calls": [CALL]},
    ),
    "a call that cannot be made": (
        {"content": "a", "tool_calls": [{"id": "t", "function": {"name": "f", "arguments": '{"a'}}]},
        {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": 'f({"a)'}]},
    ),
    "a custom call": (
        {"content": None, "tool_calls": [{"id": "t", "type": "custom", "custom": {"name": "f", "input": "x"}}]},
        {"tool_calls": [{"id": "t", "type": "custom", "custom": {"name": "f", "input": "x"}}]},
    ),
    "reasoning": ({"content": "a", "reasoning_content": "hm"}, {"content": "a", "reasoning_content": "hm"}),
    "thinking": (
        {
            "content": "a",
            "thinking_blocks": [
                {"type": "thinking", "thinking": "hm", "signature": "s"},
                {"type": "redacted_thinking", "data": "AA=="},
                {"type": "thinking", "thinking": "unsigned"},
            ],
        },
        {
            "content": "a",
            "thinking_blocks": [
                {"type": "thinking", "thinking": "hm", "signature": "s"},
                {"type": "redacted_thinking", "data": "AA=="},
            ],
        },
    ),
    "images": (
        {"content": "a", "images": [IMAGE | {"index": 0}, {"image_url": None}]},
        {"content": [{"type": "text", "text": "a"}, IMAGE]},
    ),
    "an image alone": ({"content": None, "images": [IMAGE]}, {"content": [IMAGE]}),
    "parts and images": ({"content": [IMAGE], "images": [IMAGE]}, {"content": [IMAGE, IMAGE]}),
    "audio": ({"content": None, "audio": {"id": "a", "data": "AA==", "transcript": "hi"}}, {"audio": {"id": "a"}}),
    "audio without an id": ({"content": None, "audio": {"transcript": "hi"}}, {"content": "hi"}),
    "citations": (
        {"content": "a", "provider_specific_fields": {"citationsContent": [{"citations": []}], "container": {}}},
        {"content": "a", "provider_specific_fields": {"citationsContent": [{"citations": []}]}},
    ),
    "annotations": (
        {"content": "a", "annotations": [{"url_citation": {}}], "provider_specific_fields": {"citations": [[{}]]}},
        {"content": "a"},
    ),
}


@pytest.mark.parametrize(("members", "goes"), SENT.values(), ids=SENT.keys())
def test_an_answer_goes_to_the_model_again(members, goes):
    assert sent({"role": "assistant"} | members) == {"role": "assistant"} | goes


@pytest.mark.parametrize("role", ["user", "system", "developer", "tool", "function", "else", None, ["a"]])
def test_what_others_said_goes_as_it_is(role):
    message = {"role": role, "content": None, "anything": [1], "images": [IMAGE]}
    assert sent(message) == message


ODD = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.lists(OBJECTS, max_size=2) | st.lists(st.fixed_dictionaries({"function": JSON}), max_size=2)
        for name in (*("content", "tool_calls", "images", "audio", "thinking_blocks"), "provider_specific_fields")
    },
)


@settings(max_examples=200, deadline=None)
@given(ODD)
def test_whatever_is_stored_can_be_sent(message):
    json.dumps(sent({"role": "assistant"} | message))


@settings(max_examples=100, deadline=None)
@given(SAID)
def test_what_a_client_of_converse_sent_goes_as_it_was_sent(messages):
    for message in chat_messages(Field(messages)):
        thinking = [block for block in message.pop("thinking_blocks", []) if block.get("signature", True)]
        kept = message | ({"thinking_blocks": thinking} if thinking else {})
        kept = {name: value for name, value in kept.items() if value or name != "reasoning_content"}
        if kept.get("tool_calls") and not kept.get("content"):
            kept.pop("content", None)  # beside calls, nothing said is nothing
        assert sent(kept) == kept


def test_bedrocks_citations_go_as_a_client_of_converse_sends_them():
    citations = [{"content": [{"text": "a"}], "citations": [{"title": "t"}]}]
    answer = completion(content="a", provider_specific_fields={"citationsContent": citations})
    (back,) = chat_messages(Field([converse_response(answer, latency_ms=1)["output"]["message"]]))
    assert sent(reply_of(answer).message) == back


def plain(message: dict[str, Any]) -> dict[str, Any]:
    """What the model is told: texts that follow each other are one, of reasoning the line breaks do not count."""
    content = message.get("content") or []
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
    merged: list[dict[str, Any]] = []
    for part in parts:
        if part.get("text") == "":
            continue
        if merged and part["type"] == merged[-1]["type"] == "text":
            merged[-1] = {"type": "text", "text": merged[-1]["text"] + part["text"]}
        else:
            merged.append(part)
    calls = [
        {"id": one["id"], "name": one["function"]["name"], "input": json.loads(one["function"]["arguments"])}
        for one in message.get("tool_calls", [])
    ]
    reasoning = (message.get("reasoning_content") or "").replace("\n", "")
    return {
        "parts": merged,
        "calls": calls,
        "reasoning": reasoning,
        "thinking": message.get("thinking_blocks", []),
    }


ANSWERS = st.tuples(MESSAGES, st.lists(st.just(IMAGE), max_size=2)).map(lambda both: both[0] | {"images": both[1]})


@settings(max_examples=200, deadline=None)
@given(ANSWERS, st.sampled_from(["stop", "length", "tool_calls"]))
def test_an_answer_goes_as_if_a_client_of_converse_had_sent_it_back(message, reason):
    message.pop("refusal", None)  # which Converse calls a text
    if message.get("thinking_blocks"):
        # LiteLLM repeats the texts.
        message["reasoning_content"] = "".join(block["thinking"] or "" for block in message["thinking_blocks"])
    answer = completion(reason, **message)
    try:
        said = converse_response(answer, latency_ms=1)["output"]["message"]
        (back,) = chat_messages(Field([said]))
    except (UpstreamBroken, RequestError):
        assume(False)
    assert plain(back) == plain(sent(reply_of(answer).message))
