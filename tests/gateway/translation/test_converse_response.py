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
        {"choices": [{"delta": {"tool_calls": [{}]}}]},
        {"choices": [{"delta": {}, "finish_reason": ["stop"]}]},
        {"choices": [{"delta": {"audio": {"data": "a"}}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": [], "function": {"name": "f"}}]}}]},
        {"choices": [{"delta": {"tool_calls": [{"id": {}, "function": {"name": "f"}}]}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}}]},
    ],
)
def test_a_chunk_that_cannot_be_carried_back_is_an_error(broken):
    with pytest.raises(UpstreamBroken):
        events(chunk(content="h"), broken)


UNREADABLE: list[dict[str, Any]] = [
    {"usage": []},
    {"usage": {"prompt_tokens": "a", "prompt_tokens_details": []}},
    {"service_tier": ["x"]},
    {"service_tier": {}},
    {"trace": 7},
    {"provider_specific_fields": 7},
]


@pytest.mark.parametrize("told", UNREADABLE)
def test_what_is_told_of_an_answer_and_cannot_be_read_does_not_lose_it(told):
    content = converse_response(completion(content="x") | told, latency_ms=1)["output"]["message"]["content"]
    assert content == [{"text": "x"}]
    assert events(chunk(content="x"), chunk("stop") | told)[-1][0] == "metadata"


def test_a_count_may_be_written_as_a_fraction():
    answer = completion(content="x") | {"usage": {"prompt_tokens": 3.0, "completion_tokens": 2.0}}
    assert converse_response(answer, latency_ms=1)["usage"] == TOKENS


@pytest.mark.parametrize(
    "failing",
    [
        {"choices": [{"delta": {"content": "kept"}, "finish_reason": "eos"}]},
        {"choices": [{"delta": {"content": "kept", "tool_calls": [{"function": {"arguments": "x"}}]}}]},
    ],
)
def test_what_a_chunk_says_before_it_fails_is_not_lost(failing):
    told: list[Any] = []
    with pytest.raises(UpstreamBroken):
        told.extend(ConverseStream().feed(failing))
    assert ("contentBlockDelta", {"delta": {"text": "kept"}, "contentBlockIndex": 0}) in told


def test_of_several_answers_there_is_the_first():
    other = chunk(content="other")
    other["choices"][0]["index"] = 1
    deltas = [payload["delta"] for name, payload in events(chunk(content="x"), other, chunk("stop")) if "Delta" in name]
    assert deltas == [{"text": "x"}]


def test_calls_without_ids_are_told_apart_by_their_names():
    made = events(
        chunk(tool_calls=[{"function": {"name": "f", "arguments": '{"a": 1}'}}]),
        chunk(tool_calls=[{"function": {"name": "g", "arguments": "null"}}]),
        chunk("tool_calls"),
    )
    starts = [payload["start"]["toolUse"] for name, payload in made if name == "contentBlockStart"]
    inputs = [payload["delta"]["toolUse"]["input"] for name, payload in made if name == "contentBlockDelta"]
    assert [start["name"] for start in starts] == ["f", "g"]
    assert len({start["toolUseId"] for start in starts}) == 2
    assert inputs == ['{"a": 1}', "{}"]


def test_a_name_said_again_is_no_new_call():
    made = events(
        chunk(tool_calls=[call(0, '{"a": 1}', id="t", function={"name": "f"})]),
        chunk(tool_calls=[call(0, "", function={"name": "f"})]),
        chunk("tool_calls"),
    )
    assert [name for name, _ in made].count("contentBlockStart") == 1


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
