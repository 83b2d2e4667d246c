from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import UpstreamBroken
from gateway.translation.converse_response import converse_response
from gateway.translation.converse_stream import ConverseStream

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
TOKENS = {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}


def completion(finish_reason: str | None = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish_reason}], "usage": USAGE}


def chunk(finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"delta": delta, "finish_reason": finish_reason}]}


def events(*chunks: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    stream = ConverseStream()
    return [event for one in chunks for event in stream.feed(one)] + stream.finish(latency_ms=7)


def test_a_completion_becomes_a_converse_response():
    assert converse_response(completion(content="hi"), latency_ms=7) == {
        "output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}},
        "stopReason": "end_turn",
        "usage": TOKENS,
        "metrics": {"latencyMs": 7},
    }


def test_reasoning_comes_before_the_text():
    response = converse_response(completion(content="hi", reasoning_content="hm"), latency_ms=1)
    assert response["output"]["message"]["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "hm"}}},
        {"text": "hi"},
    ]


@pytest.mark.parametrize("content", [None, ""])
def test_an_empty_answer_has_no_blocks(content):
    assert converse_response(completion(content=content), latency_ms=1)["output"]["message"]["content"] == []


REASONS = [
    ("stop", "end_turn"),
    ("length", "max_tokens"),
    ("content_filter", "content_filtered"),
    ("tool_calls", "tool_use"),
]


@pytest.mark.parametrize(("finish_reason", "stop_reason"), REASONS)
def test_every_finish_reason_has_its_stop_reason(finish_reason, stop_reason):
    assert converse_response(completion(finish_reason, content="x"), latency_ms=1)["stopReason"] == stop_reason
    assert events(chunk(finish_reason, content="x"))[-2] == ("messageStop", {"stopReason": stop_reason})


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"choices": []},
        {"choices": None},
        {"choices": [{"message": {"content": "x"}}]},
        completion("because", content="x"),
        completion(None, content="x"),
        completion("tool_calls", tool_calls=[{"id": "1"}]),
        completion(["stop"], content="x"),  # type: ignore[arg-type]
        completion(content=[{"type": "text"}]),
        completion(content="x", reasoning_content=1),
        completion(content="x", audio={"id": "a"}),
        completion(content="x", function_call={"name": "f"}),
        completion(content="x", images=[{"image_url": {"url": "https://a/b.png"}}]),
        completion(content="x", thinking_blocks=[{"type": "redacted_thinking", "data": "a b"}]),
        completion(content="x", thinking_blocks="hm"),
        {"choices": [{"message": None, "finish_reason": "stop"}]},
        {"choices": ["x"]},
        {"choices": "x"},
        completion(content="x") | {"usage": [1]},
        completion(content="x") | {"usage": {"prompt_tokens": "a"}},
    ],
)
def test_an_answer_that_cannot_be_carried_back_is_an_error(broken):
    with pytest.raises(UpstreamBroken):
        converse_response(broken, latency_ms=1)


def test_a_stream_has_its_events_in_order():
    assert events(
        chunk(role="assistant"),
        chunk(content="h"),
        chunk(content="i"),
        chunk(content=""),
        chunk("stop"),
        {"choices": [], "usage": USAGE},
    ) == [
        ("messageStart", {"role": "assistant"}),
        ("contentBlockDelta", {"delta": {"text": "h"}, "contentBlockIndex": 0}),
        ("contentBlockDelta", {"delta": {"text": "i"}, "contentBlockIndex": 0}),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("messageStop", {"stopReason": "end_turn"}),
        ("metadata", {"usage": TOKENS, "metrics": {"latencyMs": 7}}),
    ]


def test_reasoning_is_a_block_of_its_own():
    assert events(chunk(reasoning_content="hm"), chunk(content="hi"), chunk("stop"))[1:5] == [
        ("contentBlockDelta", {"delta": {"reasoningContent": {"text": "hm"}}, "contentBlockIndex": 0}),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("contentBlockDelta", {"delta": {"text": "hi"}, "contentBlockIndex": 1}),
        ("contentBlockStop", {"contentBlockIndex": 1}),
    ]


def test_an_empty_stream_has_no_blocks():
    assert [name for name, _ in events(chunk(role="assistant"), chunk("stop"))] == [
        "messageStart",
        "messageStop",
        "metadata",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"choices": "x"},
        {"choices": ["x"]},
        {"choices": [{"delta": "x"}]},
        {"choices": [{"delta": {"content": {}}}]},
        {"choices": [], "usage": "x"},
        {"choices": [{"delta": {"tool_calls": [{}]}}]},
        {"choices": [{"delta": {}, "finish_reason": ["stop"]}]},
        {"choices": [{"delta": {"audio": {"data": "a"}}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}}]},
    ],
)
def test_a_chunk_that_cannot_be_carried_back_is_an_error(broken):
    with pytest.raises(UpstreamBroken):
        events(chunk(content="h"), broken)


def test_a_stream_that_never_finished_is_an_error():
    with pytest.raises(UpstreamBroken):
        events(chunk(content="h"))


def call(index: int, arguments: str, **more: Any) -> dict[str, Any]:
    return {"index": index, "function": {"arguments": arguments, **more.pop("function", {})}, **more}


def test_a_tool_call_that_goes_on_after_its_end_is_an_error():
    with pytest.raises(UpstreamBroken, match="went on"):
        events(
            chunk(tool_calls=[call(0, '{"a": 1}', id="t", function={"name": "f"})]),
            chunk(content="text, which closes it"),
            chunk(tool_calls=[call(0, '{"b": 2}')]),
        )


def test_a_new_id_at_the_same_index_is_a_new_call():
    made = events(
        chunk(tool_calls=[call(0, "{}", id="one", function={"name": "f"})]),
        chunk(tool_calls=[call(0, "{}", id="two", function={"name": "f"})]),
        chunk("tool_calls"),
    )
    starts = [payload["start"]["toolUse"]["toolUseId"] for name, payload in made if name == "contentBlockStart"]
    assert starts == ["one", "two"]


@pytest.mark.parametrize("native", ["stop_sequence", "guardrail_intervened", "model_context_window_exceeded"])
def test_the_models_own_word_for_its_end_is_the_better_one(native):
    specific = {"provider_specific_fields": {"native_finish_reason": native}}
    answer = completion("stop", content="x")
    answer["choices"][0] |= specific
    assert converse_response(answer, latency_ms=1)["stopReason"] == native
    end = chunk("stop")
    end["choices"][0] |= specific
    assert events(chunk(content="x"), end)[-2] == ("messageStop", {"stopReason": native})
