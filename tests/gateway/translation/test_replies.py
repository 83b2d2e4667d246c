from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import UpstreamBroken
from gateway.translation.converse_response import converse_response
from gateway.translation.converse_stream import ConverseStream
from gateway.translation.replies import Reply, StreamedReply, reply_of
from tests.gateway.translation.test_properties import ARGUMENTS, CITATIONS, JSON, OBJECTS, USAGE

COUNTED = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def completion(finish_reason: str | None = "stop", **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish_reason}
    return {"id": "c", "model": "demo", "choices": [choice], "usage": COUNTED}


def chunk(finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def streamed(*chunks: dict[str, Any]) -> Reply:
    reply = StreamedReply()
    for one in chunks:
        reply.feed(one)
    return reply.reply()


def message_of(*deltas: dict[str, Any]) -> dict[str, Any]:
    return streamed(*(chunk(**delta) for delta in deltas), chunk("stop")).message


def stored(**members: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None} | members


# --- whole ------------------------------------------------------------------------


def test_a_reply_is_the_message_and_what_is_told_of_it():
    assert reply_of(completion(content="hi")) == Reply(
        {"role": "assistant", "content": "hi"},
        model="demo",
        finish_reason="stop",
        input_tokens=3,
        output_tokens=2,
        total_tokens=5,
    )


def test_what_says_nothing_is_not_stored():
    message = reply_of(
        completion(
            content="",
            refusal=None,
            tool_calls=[],
            images=[],
            annotations=None,
            provider_specific_fields={"citations": None, "thinking_blocks": [{"type": "thinking", "thinking": "hm"}]},
            _hidden="x",
        )
    ).message
    assert message == stored()


KEPT: list[dict[str, Any]] = [
    {"content": "hi"},
    {"refusal": "no"},
    {"tool_calls": [{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
    {"tool_calls": [{"id": "t", "type": "custom", "custom": {"name": "f", "input": "x"}}]},
    {"function_call": {"name": "f", "arguments": "{}"}},
    {"reasoning_content": "hm"},
    {"thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"}]},
    {"thinking_blocks": [{"type": "redacted_thinking", "data": "AA=="}]},
    {"images": [{"type": "image_url", "index": 0, "image_url": {"url": "data:image/png;base64,AA=="}}]},
    {"audio": {"id": "a", "data": "AA==", "transcript": "hi", "expires_at": 1}},
    {"annotations": [{"type": "url_citation", "url_citation": {"url": "https://example.org"}}]},
    {"provider_specific_fields": {"citationsContent": [{"content": [{"text": "a"}], "citations": [{"title": "b"}]}]}},
]


@pytest.mark.parametrize("members", KEPT, ids=lambda members: next(iter(members)))
def test_what_was_said_is_stored_as_it_was_given(members):
    assert reply_of(completion(**members)).message == stored(**members)
    assert message_of(members) == stored(**members)


def test_the_tokens_of_caches_are_of_the_input():
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10, "cache_read_input_tokens": 5}
    reply = reply_of(completion(content="hi") | {"usage": usage})
    assert (reply.input_tokens, reply.output_tokens, reply.total_tokens) == (9, 1, 10)


@pytest.mark.parametrize("usage", [None, [], "x", {"prompt_tokens": "many"}])
def test_usage_that_cannot_be_read_is_none(usage):
    reply = reply_of(completion(content="hi") | {"usage": usage})
    assert (reply.input_tokens, reply.output_tokens, reply.total_tokens) == (0, 0, 0)


def test_of_several_answers_the_first_is_stored():
    answer = completion(content="first")
    answer["choices"].insert(0, {"index": 1, "message": {"content": "second"}})
    assert reply_of(answer).message == stored(content="first")


def test_a_call_without_an_id_gets_the_one_that_a_client_of_converse_is_told():
    answer = completion(tool_calls=[{"function": {"name": "f", "arguments": "{}"}}])
    told = converse_response(answer, latency_ms=1)["output"]["message"]["content"][0]["toolUse"]["toolUseId"]
    piece = {"index": 0, "function": {"name": "f", "arguments": "{}"}}
    assert reply_of(answer).message["tool_calls"][0]["id"] == told
    assert message_of({"tool_calls": [piece]})["tool_calls"][0]["id"] == told


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"choices": None},
        {"choices": []},
        {"choices": "x"},
        {"choices": [{"finish_reason": "stop"}]},
        {"choices": [{"message": "x"}]},
        completion(content=[{"type": "text"}]),
        completion(tool_calls=["f"]),
        completion(thinking_blocks="hm"),
        completion(provider_specific_fields="x"),
        completion(["stop"], content="x"),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_a_completion_is_a_broken_upstream(broken):
    with pytest.raises(UpstreamBroken):
        reply_of(broken)


# --- streamed -----------------------------------------------------------------------


def test_a_stream_is_complete_once_it_says_why_it_ended():
    reply = StreamedReply()
    reply.feed(chunk("", content="hi"))
    assert not reply.complete
    with pytest.raises(UpstreamBroken, match="broke off"):
        reply.reply()
    reply.feed(chunk("length"))
    assert reply.complete
    assert reply.reply().finish_reason == "length"


def test_the_end_of_another_answer_is_not_the_end():
    reply = StreamedReply()
    reply.feed(chunk(content="hi"))
    reply.feed({"choices": [{"index": 1, "delta": {"content": "other"}, "finish_reason": "stop"}]})
    assert not reply.complete
    reply.feed(chunk("stop"))
    assert reply.reply().message == stored(content="hi")


def test_the_last_usage_and_model_hold():
    first = chunk(content="hi") | {"model": "router", "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
    last = {"model": "demo", "choices": [], "usage": COUNTED}
    reply = streamed(first, chunk("stop") | {"model": "demo", "usage": None}, last)
    assert reply == Reply(stored(content="hi"), "demo", "stop", 3, 2, 5)


def call(index: int | None, arguments: str | None, name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"index": index, "function": {"name": name, "arguments": arguments}, **more}


# The pieces of calls, and the calls: name and arguments.
CALLS: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]]]] = {
    "pieces": ([call(0, "", "f", id="t"), call(0, '{"a"'), call(0, ": 1}")], [("f", '{"a": 1}')]),
    "two at once": (
        [call(0, "{", "f", id="t"), call(1, "{", "g", id="u"), call(0, "}"), call(1, '"b": 2}')],
        [("f", "{}"), ("g", '{"b": 2}')],
    ),
    "never counted": ([call(0, "{}", "f", id="t"), call(0, "{}", "f", id="u")], [("f", "{}"), ("f", "{}")]),
    "the id again": ([call(0, "{", "f", id="t"), call(0, "}", id="t")], [("f", "{}")]),
    "no ids": ([call(None, '{"a": 1}', "f"), call(None, "null", "g")], [("f", '{"a": 1}'), ("g", "null")]),
    "no ids, cut": ([call(0, "{", "f"), call(0, "}", "f"), call(0, "{}", "f")], [("f", "{}"), ("f", "{}")]),
    "the name again": ([call(0, '{"a": 1}', "f", id="t"), call(0, "", "f")], [("f", '{"a": 1}')]),
    "an empty name": ([call(0, "{", "f", id="t"), call(0, "}", "")], [("f", "{}")]),
    "null first": ([call(0, "null", "f", id="t"), call(0, '{"a": 1}')], [("f", '{"a": 1}')]),
    "no arguments": ([call(0, None, "f", id="t")], [("f", "")]),
}


# What ConverseStream refuses, as it has begun to tell of the call.
IDS_WITHOUT_NAMES: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]]]] = {
    "an id later": ([call(0, "{", "f"), call(0, "}", id="t")], [("f", "{}")]),
    "ever new ids": ([call(0, "{", "f", id="t"), call(0, "}", id="u")], [("f", "{}")]),
}


@pytest.mark.parametrize(
    ("pieces", "calls"), (CALLS | IDS_WITHOUT_NAMES).values(), ids=(CALLS | IDS_WITHOUT_NAMES).keys()
)
def test_pieces_of_tool_calls_are_put_together(pieces, calls):
    made = message_of(*({"tool_calls": [piece]} for piece in pieces))["tool_calls"]
    assert [(one["function"]["name"], one["function"].get("arguments", "")) for one in made] == calls
    assert len({one["id"] for one in made}) == len(calls)
    assert not any("index" in one for one in made)
    assert made[0]["id"] == next((piece["id"] for piece in pieces if piece.get("id")), "tooluse_c_0")


@pytest.mark.parametrize("pieces", [pieces for pieces, _ in CALLS.values()], ids=CALLS.keys())
def test_calls_are_those_that_a_client_of_converse_is_told(pieces):
    chunks = [*(chunk(tool_calls=[piece]) for piece in pieces), chunk("tool_calls")]
    stream = ConverseStream()
    events = [event for one in chunks for event in stream.feed(one)] + stream.finish(latency_ms=1)
    told = [payload["start"]["toolUse"] for name, payload in events if name == "contentBlockStart"]
    made = streamed(*chunks).message["tool_calls"]
    assert [(one["id"], one["function"]["name"]) for one in made] == [(one["toolUseId"], one["name"]) for one in told]


def test_a_block_of_thinking_ends_with_its_signature():
    pieces: list[dict[str, Any]] = [
        {"type": "thinking", "thinking": "one"},
        {"type": "thinking", "thinking": " two"},
        {"type": "thinking", "thinking": "", "signature": "s"},
        {"type": "redacted_thinking", "data": "AA=="},
        {"type": "redacted_thinking", "data": "AQ=="},
        {"type": "thinking", "thinking": "three"},
    ]
    assert message_of(*({"thinking_blocks": [piece]} for piece in pieces))["thinking_blocks"] == [
        {"type": "thinking", "thinking": "one two", "signature": "s"},
        {"type": "redacted_thinking", "data": "AA=="},
        {"type": "redacted_thinking", "data": "AQ=="},
        {"type": "thinking", "thinking": "three"},
    ]


def test_a_signature_without_a_text_is_still_a_block():
    blocks = [{"type": "thinking", "signature": "s"}]
    assert message_of({"thinking_blocks": blocks})["thinking_blocks"] == [
        {"type": "thinking", "thinking": "", "signature": "s"}
    ]


def test_citations_are_collected_under_the_names_of_a_whole_answer():
    one, two, three = ({"type": "char_location", "cited_text": text} for text in "abc")
    specific = message_of(
        {"content": "x"},
        {"provider_specific_fields": {"citation": one}},
        {"provider_specific_fields": {"citation": two, "thinking_blocks": [{}]}},
        {"content": "y"},
        {"provider_specific_fields": {"citation": three}},
        {
            "provider_specific_fields": {
                "citationsContent": {"citations": [{"title": "t"}]},
                "reasoningContent": {"a": 1},
            }
        },
        {"provider_specific_fields": {"container": {"id": 1}}},
    )["provider_specific_fields"]
    assert specific == {
        "citations": [[one, two], [three]],
        "citationsContent": [{"citations": [{"title": "t"}]}],
        "container": {"id": 1},
    }


def test_a_citation_stands_beside_whatever_else_is_told():
    specific = message_of(
        {"provider_specific_fields": {"citations": "x", "citationsContent": None}},
        {"provider_specific_fields": {"citation": {"title": "t"}}},
    )["provider_specific_fields"]
    assert specific == {"citations": [[{"title": "t"}]]}


@pytest.mark.parametrize(
    "broken",
    [
        {"choices": "x"},
        {"choices": ["x"]},
        {"choices": [{"delta": "x"}]},
        {"choices": [{"delta": {}, "finish_reason": ["stop"]}]},
        chunk(content={"a": 1}),
        chunk(tool_calls=[{"index": [], "function": {"name": "f"}}]),
        chunk(tool_calls=[{"id": {"a": 1}, "function": {"name": "f"}}]),
        chunk(tool_calls=[{"function": "f"}]),
        chunk(tool_calls=[{"function": {"arguments": {"a": 1}}}]),
        chunk(audio=["x"]),
        chunk(provider_specific_fields=["x"]),
    ],
)
def test_what_is_not_a_chunk_is_a_broken_upstream(broken):
    with pytest.raises(UpstreamBroken):
        streamed(chunk(content="h"), broken, chunk("stop"))


@settings(max_examples=200, deadline=None)
@given(OBJECTS | JSON)
def test_an_answer_that_is_anything_is_stored_or_is_an_error_of_the_upstream(answer):
    for whole in ({"choices": answer}, {"choices": [answer]}, {"choices": [{"message": answer}]}):
        try:
            json.dumps(reply_of(whole).message)
        except UpstreamBroken:
            continue
    for chunks in ([{"choices": answer}], [{"choices": [{"delta": answer}]}] * 2):
        try:
            json.dumps(streamed(*chunks, chunk("stop")).message)
        except UpstreamBroken:
            continue


# --- cut in any way -----------------------------------------------------------------

SAID = st.text(max_size=8)
BLOBS = st.binary(max_size=8)
UNSIGNED = st.fixed_dictionaries({"type": st.just("thinking"), "thinking": SAID})
SIGNED = st.fixed_dictionaries({"type": st.just("thinking"), "thinking": SAID, "signature": st.text(min_size=1)})
REDACTED = st.fixed_dictionaries({"type": st.just("redacted_thinking"), "data": SAID})
WHOLE = st.fixed_dictionaries(
    {},
    optional={
        "content": st.none() | SAID,
        "refusal": st.none() | SAID,
        "reasoning_content": st.none() | SAID,
        "thinking_blocks": st.tuples(st.lists(SIGNED | REDACTED, max_size=3), st.lists(UNSIGNED, max_size=1)).map(
            lambda both: both[0] + both[1]
        ),
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {"function": st.fixed_dictionaries({"name": st.sampled_from("fgh"), "arguments": ARGUMENTS})},
                optional={"id": st.sampled_from(["t1", "t2", "", None]), "type": st.just("function")},
            ),
            max_size=3,
        ),
        "function_call": st.fixed_dictionaries({"name": st.just("f"), "arguments": SAID}),
        "images": st.lists(OBJECTS, max_size=2),
        "annotations": st.lists(OBJECTS, max_size=2),
        "audio": st.fixed_dictionaries({"id": st.just("a"), "data": BLOBS, "transcript": SAID}),
        "provider_specific_fields": st.fixed_dictionaries(
            {},
            optional={
                "citations": st.lists(st.lists(CITATIONS.filter(bool), min_size=1, max_size=2), max_size=2),
                "citationsContent": st.lists(OBJECTS.filter(bool), max_size=2),
                "other": JSON,
            },
        ),
    },
)


class Cutter:
    """Cuts the members of a message into deltas, and mixes those of different members."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def texts(self, whole: Any) -> list[Any]:
        cuts = sorted(self._data.draw(st.lists(st.integers(0, len(whole)), max_size=3)))
        return [whole[start:end] for start, end in pairwise([0, *cuts, len(whole)])]

    def deltas(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        message = dict(message)
        specific = dict(message.pop("provider_specific_fields", {}))
        lanes = [self._content(message.pop("content", None) or "", specific)]
        lanes.append([{"tool_calls": [piece]} for piece in self._calls(0, *message.pop("tool_calls", []))])
        for name, value in message.items():
            lanes.append([{name: piece} for piece in self._pieces(name, value)])
        lanes += [
            [{"provider_specific_fields": {"citationsContent": one}} for one in specific.pop("citationsContent", [])],
            [{"provider_specific_fields": specific}],
        ]
        return self._mixed(lanes)

    def _content(self, text: str, specific: dict[str, Any]) -> list[dict[str, Any]]:
        """Each group of citations behind its piece of the text, where there is enough text for it."""
        groups = specific.get("citations", [])
        if not groups or len(text) < len(groups):
            return [{"content": piece} for piece in self.texts(text)]
        del specific["citations"]
        deltas: list[dict[str, Any]] = []
        for index, group in enumerate(groups):
            end = index + 1 if index + 1 < len(groups) else len(text)
            deltas.append({"content": text[index:end]})
            deltas += [{"provider_specific_fields": {"citation": one}} for one in group]
        return deltas

    def _calls(self, index: int, *calls: dict[str, Any]) -> list[dict[str, Any]]:
        """They begin one after the other, and go on in any order."""
        if not calls:
            return []
        first, *rest = self._call(calls[0], index)
        return [first, *self._mixed([rest, self._calls(index + 1, *calls[1:])])]

    def _call(self, whole: dict[str, Any], index: int) -> list[dict[str, Any]]:
        first, *rest = self.texts(whole["function"]["arguments"])
        begun = whole | {"index": index, "function": whole["function"] | {"arguments": first}}
        return [begun, *({"index": index, "id": None, "function": {"arguments": piece}} for piece in rest)]

    def _pieces(self, name: str, value: Any) -> list[Any]:
        if value is None:
            return [None]
        if name == "thinking_blocks":
            return [[piece] for block in value for piece in self._thinking(block)]
        if name == "audio":
            data = [base64.b64encode(piece).decode() for piece in self.texts(base64.b64decode(value["data"]))]
            said = {"transcript": value["transcript"]}
            return [{"id": value["id"], "transcript": ""}, *({"data": piece} for piece in data), said]
        if name == "function_call":
            return [{"name": value["name"]}, *({"arguments": piece} for piece in self.texts(value["arguments"]))]
        return self.texts(value)

    def _thinking(self, block: dict[str, Any]) -> list[dict[str, Any]]:
        if block["type"] == "redacted_thinking":
            return [block]
        pieces = [{"type": "thinking", "thinking": piece} for piece in self.texts(block["thinking"])]
        signed = [{"type": "thinking", "thinking": "", "signature": block["signature"]}] if "signature" in block else []
        return [*pieces, *signed]

    def _mixed(self, lanes: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
        order = self._data.draw(st.permutations([index for index, lane in enumerate(lanes) for _ in lane]))
        rest = [iter(lane) for lane in lanes]
        return [next(rest[index]) for index in order]


@settings(max_examples=250, deadline=None)
@given(WHOLE, USAGE, st.sampled_from(["stop", "length", "tool_calls"]), st.data())
def test_an_answer_cut_into_pieces_is_the_same_answer(message, usage, reason, data):
    if "audio" in message:
        message["audio"] = message["audio"] | {"data": base64.b64encode(message["audio"]["data"]).decode()}
    whole = completion(reason, **message) | {"usage": usage}
    chunks = [chunk(**delta) | {"model": "demo"} for delta in Cutter(data).deltas(message)]
    assert streamed(*chunks, chunk(reason), {"model": "demo", "choices": [], "usage": usage}) == reply_of(whole)


def test_base64_that_is_cut_as_a_text_is_joined_as_one():
    assert message_of({"audio": {"data": "YW"}}, {"audio": {"data": "I="}})["audio"] == {"data": "YWI="}
    assert message_of({"audio": {"data": "YQ="}}, {"audio": {"data": "="}})["audio"] == {"data": "YQ=="}
    assert message_of({"audio": {"data": "YQ=="}}, {"audio": {"data": "Yg=="}})["audio"] == {"data": "YWI="}
