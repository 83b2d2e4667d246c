"""Whatever comes: a request is translated or refused, a translation is valid, an answer is readable by botocore."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest
from botocore.parsers import create_parser
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.errors import RequestError, UpstreamBroken
from gateway.translation.converse_request import chat_request, response_pointers
from gateway.translation.converse_response import converse_response
from gateway.translation.converse_stream import ConverseStream
from tests.gateway.translation.openai_schema import check_request
from tests.support.service_model import is_union, service_model, violations

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=8), JSON, max_size=3)

# --- requests ---------------------------------------------------------------------


def values(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a shape, sound by the service model or nearly so."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return OBJECTS
    if kind == "structure":
        return _structures(shape, depth)
    if kind == "list":
        return st.lists(values(shape.member, depth + 1), min_size=depth < 2, max_size=3 if depth < 4 else 1)
    if kind == "map":
        return st.dictionaries(st.text(min_size=1, max_size=5), values(shape.value, depth + 1), max_size=2)
    return _scalars(shape)


def _scalars(shape: Any) -> st.SearchStrategy[Any]:
    if getattr(shape, "enum", None):
        return st.sampled_from(list(shape.enum))
    if shape.type_name == "blob":
        return st.binary(min_size=1, max_size=4).map(lambda blob: base64.b64encode(blob).decode())
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name in {"integer", "long"}:
        return st.integers(-1, 2**40)
    if shape.type_name in {"float", "double"}:
        return st.floats(-0.5, 1.5)
    return st.sampled_from(["a", "t1", "/a/b", "{}", "", "ä\u2028"]) | st.text(max_size=8)


def _structures(shape: Any, depth: int) -> st.SearchStrategy[Any]:
    if depth > 12:
        return st.just({})
    members = {name: st.deferred(lambda m=member: values(m, depth + 1)) for name, member in shape.members.items()}
    if is_union(shape):
        return st.one_of([strategy.map(lambda value, n=name: {n: value}) for name, strategy in members.items()])
    required = {name: members[name] for name in shape.required_members}
    return st.fixed_dictionaries(required, optional={n: s for n, s in members.items() if n not in required})


def _body() -> st.SearchStrategy[dict[str, Any]]:
    shape = service_model().operation_model("ConverseStream").input_shape
    members = {name: values(member, 1) for name, member in shape.members.items() if name != "modelId"}
    messages = members.pop("messages")
    del members["promptVariables"]
    return st.fixed_dictionaries({"messages": messages}, optional=members)


@settings(max_examples=400, deadline=None)
@given(_body(), st.booleans())
def test_a_request_of_the_service_model_is_translated_or_refused(body, stream):
    with contextlib.suppress(RequestError):
        response_pointers(body)
        check_request(chat_request("demo", body, stream=stream) | {"stream": False})


# Places in a sound request, each to be overwritten with anything.
PLACES: list[tuple[Any, ...]] = [
    ("messages",),
    ("messages", 0),
    ("messages", 0, "role"),
    ("messages", 0, "content"),
    ("messages", 0, "content", 0),
    ("messages", 0, "content", 0, "toolResult"),
    ("messages", 0, "content", 0, "toolResult", "content"),
    ("system",),
    ("inferenceConfig",),
    ("toolConfig",),
    ("toolConfig", "tools", 0, "toolSpec"),
    ("toolConfig", "toolChoice"),
    ("outputConfig",),
    ("guardrailConfig",),
    ("requestMetadata",),
    ("additionalModelRequestFields",),
    ("additionalModelResponseFieldPaths",),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JSON | OBJECTS)
def test_anything_anywhere_is_translated_or_refused_by_its_path(place, value):
    body: Any = {
        "messages": [{"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"json": {}}]}}]}],
        "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {}}}}], "toolChoice": {"any": {}}},
    }
    holder = body
    for step in place[:-1]:
        holder = holder[step] if isinstance(holder, list) else holder.setdefault(step, {})
    holder[place[-1]] = value
    try:
        chat = chat_request("demo", body, stream=False)
        response_pointers(body)
    except RequestError as refusal:
        message, param = refusal.message, refusal.param
    else:
        json.dumps(chat)
        return
    assert message.startswith(f"{param}: ")
    assert str(param).startswith(str(place[0]))


@pytest.mark.parametrize(
    "broken",
    [
        {"messages": [{"role": "nobody", "content": "a"}]},
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
        {"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function"}]},
        {"messages": [{"role": "user", "content": "a"}], "stop": 1},
    ],
)
def test_the_check_of_openais_schema_can_fail(broken):
    with pytest.raises(ValidationError):
        check_request({"model": "demo"} | broken)


# --- answers ----------------------------------------------------------------------

TEXT = st.none() | st.text(max_size=12)
COUNTS = st.integers(0, 1000)
USAGE = st.fixed_dictionaries(
    {"prompt_tokens": COUNTS, "completion_tokens": COUNTS},
    optional={
        "total_tokens": COUNTS,
        "cache_read_input_tokens": COUNTS,
        "cache_creation_input_tokens": COUNTS,
        "prompt_tokens_details": st.none() | st.fixed_dictionaries({"cached_tokens": st.none() | COUNTS}),
    },
)
ARGUMENTS = OBJECTS.map(json.dumps) | st.sampled_from(["", "{}", "null", "[1]", '{"a', "x"])
CITATIONS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["char_location", "page_location", "web_search_result_location", "new"]),
        "document_index": st.integers(0, 3),
        "start_char_index": st.integers(0, 9),
        "end_char_index": st.integers(0, 9),
        "document_title": TEXT,
        "cited_text": TEXT,
        "url": TEXT,
        "supported_text": TEXT,
    },
)
ANNOTATIONS = st.fixed_dictionaries(
    {"url_citation": st.fixed_dictionaries({}, optional={"start_index": COUNTS, "end_index": COUNTS, "url": TEXT})}
)
THINKING = st.fixed_dictionaries({"type": st.just("thinking"), "thinking": TEXT}, optional={"signature": TEXT})
SPECIFIC = st.none() | st.fixed_dictionaries({}, optional={"citations": st.lists(st.lists(CITATIONS, max_size=2))})
MESSAGES = st.fixed_dictionaries(
    {"content": TEXT},
    optional={
        "reasoning_content": TEXT,
        "refusal": TEXT,
        "thinking_blocks": st.lists(THINKING, max_size=2),
        "annotations": st.lists(ANNOTATIONS, max_size=3),
        "provider_specific_fields": SPECIFIC,
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {"function": st.fixed_dictionaries({"name": st.text(max_size=3), "arguments": ARGUMENTS})},
                optional={"id": TEXT},
            ),
            max_size=3,
        ),
    },
)
REASONS = st.sampled_from(["stop", "length", "tool_calls", "content_filter", "function_call", "new", None])


def _texts(content: list[dict[str, Any]]) -> str:
    cited = [block.get("citationsContent", {}).get("content", []) for block in content]
    return "".join(
        block.get("text", "") + "".join(item["text"] for item in items)
        for block, items in zip(content, cited, strict=True)
    )


@settings(max_examples=300, deadline=None)
@given(MESSAGES, REASONS, USAGE)
def test_an_answer_is_carried_back_whole_or_is_an_error(message, reason, usage):
    completion = {"id": "c", "choices": [{"message": message, "finish_reason": reason}], "usage": usage}
    try:
        response = converse_response(completion, latency_ms=1)
    except UpstreamBroken:
        return
    shape = service_model().operation_model("Converse").output_shape
    assert list(violations(shape, response)) == []
    raw = {"status_code": 200, "headers": {}, "body": json.dumps(response).encode()}
    parsed = create_parser("rest-json").parse(raw, shape)
    content = parsed["output"]["message"]["content"]
    assert not any("SDK_UNKNOWN_MEMBER" in block for block in content)
    said = (message["content"] or "") + (message.get("refusal") or "")
    assert _texts(content).startswith(said)


@settings(max_examples=200, deadline=None)
@given(OBJECTS | JSON)
def test_an_answer_that_is_anything_is_an_error_of_the_upstream(answer):
    with contextlib.suppress(UpstreamBroken):
        converse_response({"choices": [{"message": answer, "finish_reason": "stop"}]}, latency_ms=1)
    for whole in (
        answer,
        {"choices": answer},
        {"choices": [answer]},
        {"choices": [{"delta": {"tool_calls": [answer]}}]},
    ):
        with contextlib.suppress(UpstreamBroken):
            list(ConverseStream().feed(whole if isinstance(whole, dict) else {}))
    with contextlib.suppress(UpstreamBroken):
        stream = ConverseStream()
        list(stream.feed({"choices": [{"delta": answer}]}))
        list(stream.feed({"choices": [{"finish_reason": "stop"}], "usage": answer, "service_tier": answer}))
        stream.finish(latency_ms=1)


# --- streams ----------------------------------------------------------------------

PIECES = st.one_of(
    st.tuples(st.just("text"), st.text(min_size=1, max_size=3)),
    st.tuples(st.just("reasoning"), st.text(min_size=1, max_size=3)),
    st.tuples(st.sampled_from([0, 1, 2]), st.just("")),
)


def _chunk(index: Any, piece: str, begun: set[int]) -> dict[str, Any]:
    if index == "text":
        return {"content": piece}
    if index == "reasoning":
        return {"reasoning_content": piece}
    call: dict[str, Any] = {"index": index, "function": {"arguments": piece}}
    if index not in begun:
        begun.add(index)
        call |= {"id": f"t{index}"}
        call["function"]["name"] = f"f{index}"
    return {"tool_calls": [call]}


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12), st.lists(OBJECTS.map(json.dumps), min_size=3, max_size=3), st.data())
def test_a_stream_of_interleaved_blocks_is_told_one_block_after_the_other(pieces, arguments, data):
    """Tool calls are cut into pieces at random and come in any order among each other, text and reasoning."""
    rest = list(arguments)
    begun: set[int] = set()
    chunks = []
    for index, text in pieces:
        cut = data.draw(st.integers(0, len(rest[index]))) if isinstance(index, int) else 0
        chunks.append(_chunk(index, rest[index][:cut] if isinstance(index, int) else text, begun))
        if isinstance(index, int):
            rest[index] = rest[index][cut:]
    chunks += [_chunk(index, rest[index], begun) for index in sorted(begun, key=lambda index: data.draw(COUNTS))]

    stream = ConverseStream()
    events = [event for delta in chunks for event in stream.feed({"choices": [{"delta": delta}]})]
    events += stream.feed({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    events += stream.finish(latency_ms=1)
    blocks = _blocks_of(events)

    said = "".join(piece for index, piece in pieces if index == "text")
    thought = "".join(piece for index, piece in pieces if index == "reasoning")
    assert "".join(block.get("text", "") for block in blocks) == said
    assert "".join(block.get("reasoning", "") for block in blocks) == thought
    calls = {block["name"]: json.loads(block["input"]) for block in blocks if "name" in block}
    assert calls == {f"f{index}": json.loads(arguments[index]) for index in begun}


def _blocks_of(events: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """What a client makes of them that collects one block at a time, as AWS's examples do."""
    assert [name for name, _ in events[-2:]] == ["messageStop", "metadata"]
    blocks: list[dict[str, Any]] = []
    current: dict[str, Any] = {}
    for name, payload in events[:-2]:
        if name == "messageStart":
            assert not blocks
            assert not current
            continue
        assert payload["contentBlockIndex"] == len(blocks)
        if name == "contentBlockStart":
            assert not current
            current = {"name": payload["start"]["toolUse"]["name"], "input": ""}
        elif name == "contentBlockDelta":
            delta = payload["delta"]
            current["text"] = current.get("text", "") + delta.get("text", "")
            current["reasoning"] = current.get("reasoning", "") + delta.get("reasoningContent", {}).get("text", "")
            if "toolUse" in delta:
                current["input"] += delta["toolUse"]["input"]
        else:
            blocks.append(current)
            current = {}
    assert not current
    return blocks
