from __future__ import annotations

import base64
from itertools import pairwise
from typing import Any

import orjson
import pytest
from botocore.validate import ParamValidator

from gateway.translation.converse_history import converse_history
from gateway.translation.replies import reply_of
from tests.support.service_model import service_model, violations

SHAPE = service_model().operation_model("Converse").input_shape
BYTES = base64.b64encode(b"bytes").decode()
EPHEMERAL = {"type": "ephemeral"}
POINT = {"cachePoint": {"type": "default"}}


def check_valid(history: dict[str, Any]) -> None:
    """As the service model has it, and as botocore checks a request before it is sent."""
    orjson.dumps(history)
    assert list(violations(SHAPE.members["messages"], history["messages"])) == []
    assert list(violations(SHAPE.members["system"], history["system"])) == []
    assert ParamValidator().validate(history | {"modelId": "demo"}, SHAPE).generate_report() == ""
    roles = [message["role"] for message in history["messages"]]
    assert all(one != next_one for one, next_one in pairwise(roles))


def history_of(*messages: dict[str, Any]) -> dict[str, Any]:
    history = converse_history([*messages])
    check_valid(history)
    return history


def said(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    return history_of(*messages)["messages"]  # type: ignore[no-any-return]


def user(*parts: Any) -> list[dict[str, Any]]:
    """The blocks of a user's message of these parts."""
    (message,) = said({"role": "user", "content": [*parts]})
    assert message["role"] == "user"
    return message["content"]  # type: ignore[no-any-return]


def assistant(**members: Any) -> list[dict[str, Any]]:
    (message,) = said({"role": "assistant", **members})
    assert message["role"] == "assistant"
    return message["content"]  # type: ignore[no-any-return]


def call(arguments: Any, name: Any = "f", **members: Any) -> dict[str, Any]:
    return {"id": "t", "type": "function", "function": {"name": name, "arguments": arguments}} | members


def result(content: Any, **members: Any) -> list[dict[str, Any]]:
    (message,) = said({"role": "tool", "tool_call_id": "t", "content": content, **members})
    return message["content"]  # type: ignore[no-any-return]


# --- roles ------------------------------------------------------------------------


def test_a_conversation_of_a_client_of_openai():
    assert history_of(
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "what is it?"},
        {"role": "assistant", "content": "wait", "tool_calls": [call('{"a": 1}')]},
        {"role": "tool", "tool_call_id": "t", "content": "7"},
        {"role": "developer", "content": "be kind"},
        {"role": "assistant", "content": "seven"},
    ) == {
        "system": [{"text": "be brief"}, {"text": "be kind"}],
        "messages": [
            {"role": "user", "content": [{"text": "what is it?"}]},
            {
                "role": "assistant",
                "content": [{"text": "wait"}, {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}],
            },
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"text": "7"}]}}]},
            {"role": "assistant", "content": [{"text": "seven"}]},
        ],
    }


def test_a_file_without_bytes_is_a_text_that_says_so():
    file = {"filename": "a.txt", "file_data": "data:text/plain;base64,", "format": "text/plain"}
    assert user({"type": "file", "file": file}) == [{"text": "[a.txt: text/plain, 0 bytes]"}]


def test_a_citation_that_says_nothing_is_left_out():
    citations = {"citations": [{"sourceContent": []}, {}]}
    told = {"citationsContent": [citations]}
    assert assistant(content="a", provider_specific_fields=told) == [
        {"text": "a"},
        {"citationsContent": {"citations": []}},
    ]


def test_nothing_said_is_an_empty_conversation():
    assert history_of() == {"system": [], "messages": []}


def test_neighbours_of_one_role_are_one_message():
    assert said(
        {"role": "user", "content": "a"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": ""},
        {"role": "tool", "tool_call_id": "t", "content": "c"},
    ) == [
        {
            "role": "user",
            "content": [{"text": "a"}, {"text": "b"}, {"toolResult": {"toolUseId": "t", "content": [{"text": "c"}]}}],
        }
    ]


NOTHING = [
    None,
    "",
    [],
    [None],
    [{"type": "text", "text": ""}],
    [{"type": "text", "text": "", "cache_control": EPHEMERAL}],
]


@pytest.mark.parametrize("content", NOTHING)
@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_an_empty_message_is_left_out(role, content):
    assert history_of({"role": role, "content": content}) == {"system": [], "messages": []}


def test_who_speaks_is_told_before_what_is_said():
    assert said({"role": "user", "name": "bob", "content": "hi"})[0]["content"] == [
        {"text": '{"name":"bob"}'},
        {"text": "hi"},
    ]
    assert said({"role": "function", "name": "f", "content": "7"}) == [
        {"role": "user", "content": [{"text": '{"role":"function","name":"f"}'}, {"text": "7"}]}
    ]


# --- parts ------------------------------------------------------------------------


def data_url(media_type: str, data: str = BYTES) -> str:
    return f"data:{media_type};base64,{data}"


def file(media_type: str, name: str | None = None, data: str = BYTES) -> dict[str, Any]:
    told = {"filename": name} if name is not None else {}
    return {"type": "file", "file": {"file_data": data_url(media_type, data), "format": media_type} | told}


def document(name: str, extension: str, **members: Any) -> dict[str, Any]:
    return {"document": {"format": extension, "name": name, "source": {"bytes": BYTES}} | members}


def cited(source: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"type": "document", "source": source, "title": "a", "citations": {"enabled": True}} | members


CITES = {"citations": {"enabled": True}}
CHUNKS = {"type": "content", "content": [{"type": "text", "text": "b"}]}

# Parts → blocks.
PARTS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "text": ({"type": "text", "text": "a"}, [{"text": "a"}]),
    "a string": ("a", [{"text": "a"}]),
    "a cache point": ({"type": "text", "text": "a", "cache_control": EPHEMERAL}, [{"text": "a"}, POINT]),
    "a cache point for an hour": (
        {"type": "text", "text": "a", "cache_control": EPHEMERAL | {"ttl": "1h"}},
        [{"text": "a"}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
    ),
    "image": (
        {"type": "image_url", "image_url": {"url": data_url("image/jpeg"), "detail": "low"}},
        [{"image": {"format": "jpeg", "source": {"bytes": BYTES}}}],
    ),
    "image by its address alone": (
        {"type": "image_url", "image_url": data_url("image/PNG")},
        [{"image": {"format": "png", "source": {"bytes": BYTES}}}],
    ),
    "image elsewhere": (
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
        [{"text": "https://example.org/a.png"}],
    ),
    "image of an unknown type": (
        {"type": "image_url", "image_url": {"url": data_url("image/tiff")}},
        [{"text": "[image/tiff, 5 bytes]"}],
    ),
    "image that is no base64": (
        {"type": "image_url", "image_url": {"url": data_url("image/png", "AAAA!")}},
        [{"text": "[image/png, 3 bytes]"}],
    ),
    "image without an address": (
        {"type": "image_url", "image_url": {}},
        [{"text": '{"type":"image_url","image_url":{}}'}],
    ),
    "document": (file("application/pdf", "Q3 report.pdf"), [document("Q3 report", "pdf")]),
    "document with an odd name": (file("text/csv", "../a_b  c.v2.csv"), [document("a b c v2", "csv")]),
    "document with a name of other letters": (file("text/plain", "報告.txt"), [document("document", "txt")]),
    "document with a long name": (file("text/csv", "a" * 300 + ".csv"), [document("a" * 200, "csv")]),
    "document without a name": (file("text/markdown"), [document("document", "md")]),
    "document known by its name": (file("application/octet-stream", "a.DOCX"), [document("a", "docx")]),
    "document without a data URL": (
        {"type": "file", "file": {"file_data": BYTES, "filename": "a.pdf"}},
        [document("a", "pdf")],
    ),
    "file of an unknown type": (file("application/zip", "a.zip"), [{"text": "[a.zip: application/zip, 5 bytes]"}]),
    "file elsewhere": (
        {"type": "file", "file": {"file_id": "x"}},
        [{"text": '{"type":"file","file":{"file_id":"x"}}'}],
    ),
    "file by its address": (
        {"type": "file", "file": {"file_data": "https://example.org/a.pdf"}},
        [{"text": "https://example.org/a.pdf"}],
    ),
    "video": (file("video/3gpp"), [{"video": {"format": "three_gp", "source": {"bytes": BYTES}}}]),
    "video with a name": (
        file("video/mp4", "a.mp4"),
        [{"video": {"format": "mp4", "source": {"bytes": BYTES}}}, {"text": '{"filename":"a.mp4"}'}],
    ),
    "video by its address": (
        {"type": "video_url", "video_url": {"url": data_url("video/mp4")}},
        [{"video": {"format": "mp4", "source": {"bytes": BYTES}}}],
    ),
    "audio": (
        {"type": "input_audio", "input_audio": {"data": BYTES, "format": "wav"}},
        [{"audio": {"format": "wav", "source": {"bytes": BYTES}}}],
    ),
    "audio of an unknown format": (
        {"type": "input_audio", "input_audio": {"data": BYTES, "format": "midi"}},
        [{"text": "[audio/midi, 5 bytes]"}],
    ),
    "guarded": ({"type": "guarded_text", "text": "a"}, [{"guardContent": {"text": {"text": "a"}}}]),
    "a query": (
        {"type": "query", "text": "a"},
        [{"guardContent": {"text": {"text": "a", "qualifiers": ["query"]}}}],
    ),
    "a source": (
        {"type": "grounding_source", "text": "a"},
        [{"guardContent": {"text": {"text": "a", "qualifiers": ["grounding_source"]}}}],
    ),
    "cited bytes": (
        cited({"type": "base64", "media_type": "application/pdf", "data": BYTES}, context="c"),
        [document("a", "pdf", context="c", **CITES)],
    ),
    "cited text": (
        cited({"type": "text", "media_type": "text/plain", "data": "b"}),
        [{"document": {"format": "txt", "name": "a", "source": {"text": "b"}, **CITES}}],
    ),
    "cited chunks": (cited(CHUNKS), [{"document": {"name": "a", "source": {"content": [{"text": "b"}]}, **CITES}}]),
    "chunks with a context": (
        cited(CHUNKS, citations=None, context="c"),
        [{"document": {"name": "a", "source": {"content": [{"text": "b"}]}, "context": "c"}}],
    ),
    "a search result": (
        cited(CHUNKS, title="What?", context="https://example.org"),
        [{"searchResult": {"source": "https://example.org", "title": "What?", "content": [{"text": "b"}], **CITES}}],
    ),
    "cited, elsewhere": (
        cited({"type": "url", "url": "x"}, citations=None),
        [{"text": '{"type":"document","source":{"type":"url","url":"x"},"title":"a","citations":null}'}],
    ),
    "cited, of an unknown type": (
        cited({"type": "base64", "media_type": "application/zip", "data": BYTES}),
        [{"text": "[a: application/zip, 5 bytes]"}, {"text": '{"citations":{"enabled":true}}'}],
    ),
    "a new kind": ({"type": "hologram", "a": [1]}, [{"text": '{"type":"hologram","a":[1]}'}]),
    "a new member": ({"type": "text", "text": "a", "b": 1}, [{"text": "a"}, {"text": '{"b":1}'}]),
    "no object": (7, [{"text": "7"}]),
}


@pytest.mark.parametrize(("part", "blocks"), PARTS.values(), ids=PARTS.keys())
def test_a_part_is_a_block_or_a_text_about_it(part, blocks):
    assert user(part) == blocks


@pytest.mark.parametrize("content", [{"a": 1}, 7, True])
def test_content_that_is_none_is_told_as_it_stands(content):
    assert said({"role": "user", "content": content})[0]["content"] == [{"text": orjson.dumps(content).decode()}]


@pytest.mark.parametrize(
    ("holder", "blocks"),
    [
        ({"role": "user", "content": "a"}, [{"text": "a"}, POINT]),
        ({"role": "assistant", "content": "a"}, [{"text": "a"}, POINT]),
        (
            {"role": "tool", "tool_call_id": "t", "content": "a"},
            [{"toolResult": {"toolUseId": "t", "content": [{"text": "a"}]}}, POINT],
        ),
    ],
)
def test_a_cache_point_stands_behind_its_message(holder, blocks):
    assert said(holder | {"cache_control": EPHEMERAL})[0]["content"] == blocks


def test_in_instructions_there_are_texts_alone():
    parts = [{"type": "image_url", "image_url": data_url("image/png")}, file("application/pdf", "a.pdf")]
    guarded = {"type": "guarded_text", "text": "a", "cache_control": EPHEMERAL}
    assert history_of({"role": "system", "content": [*parts, guarded]})["system"] == [
        {"text": "[image (png), 5 bytes]"},
        {"text": "[a: document (pdf), 5 bytes]"},
        {"guardContent": {"text": {"text": "a"}}},
        POINT,
    ]


# --- answers ----------------------------------------------------------------------


def thought(text: str, **signature: str) -> dict[str, Any]:
    return {"reasoningContent": {"reasoningText": {"text": text, **signature}}}


def thinking(text: str, **signature: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": text, **signature}


SIGNED = thinking("b", signature="s")

# Members → blocks.
ANSWERS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "refusal": ({"content": "a", "refusal": "b"}, [{"text": "a"}, {"text": "b"}]),
    "refusal as a part": ({"content": [{"type": "refusal", "refusal": "b"}]}, [{"text": "b"}]),
    "reasoning": ({"reasoning_content": "b", "content": "a"}, [thought("b"), {"text": "a"}]),
    "thinking": ({"reasoning_content": "b", "thinking_blocks": [SIGNED]}, [thought("b", signature="s")]),
    "thinking alone": ({"thinking_blocks": [SIGNED]}, [thought("b", signature="s")]),
    "thinking among reasoning": (
        {"reasoning_content": "a\nb\nc", "thinking_blocks": [SIGNED]},
        [thought("a"), thought("b", signature="s"), thought("c")],
    ),
    "thinking beside reasoning": (
        {"reasoning_content": "a", "thinking_blocks": [SIGNED]},
        [thought("b", signature="s"), thought("a")],
    ),
    "redacted": (
        {"thinking_blocks": [{"type": "redacted_thinking", "data": BYTES}]},
        [{"reasoningContent": {"redactedContent": BYTES}}],
    ),
    "redacted, no base64": (
        {"thinking_blocks": [{"type": "redacted_thinking", "data": "?"}]},
        [{"text": '{"type":"redacted_thinking","data":"?"}'}],
    ),
    "image": (
        {"content": "a", "images": [{"image_url": {"url": data_url("image/png")}, "index": 0}]},
        [{"text": "a"}, {"image": {"format": "png", "source": {"bytes": BYTES}}}],
    ),
    "audio": (
        {"audio": {"id": "x", "data": "AAAA", "transcript": "a"}},
        [{"text": '{"audio":{"id":"x","data":"3 bytes","transcript":"a"}}'}],
    ),
    "function_call": (
        {"function_call": {"name": "f", "arguments": "{}"}},
        [{"text": '{"function_call":{"name":"f","arguments":"{}"}}'}],
    ),
    "a name": ({"name": "bob", "content": "a"}, [{"text": '{"name":"bob"}'}, {"text": "a"}]),
    "what the provider tells": (
        {"content": "a", "provider_specific_fields": {"container": {"id": 1}}},
        [{"text": "a"}],
    ),
    "a call": (
        {"tool_calls": [call('{"a": 1}', cache_control=EPHEMERAL)]},
        [{"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}, POINT],
    ),
    "a call without arguments": (
        {"tool_calls": [call(None)]},
        [{"toolUse": {"toolUseId": "t", "name": "f", "input": {}}}],
    ),
    "a call with an object": (
        {"tool_calls": [call({"a": 1})]},
        [{"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}],
    ),
    "a call that cannot be made": ({"tool_calls": [call('{"a')]}, [{"text": 'f({"a)'}]),
    "a call of a custom tool": (
        {"tool_calls": [{"id": "t", "type": "custom", "custom": {"name": "f", "input": "{}"}}]},
        [{"text": "f({})"}],
    ),
    "a call of nothing": (
        {"tool_calls": [call("{}", "")]},
        [{"text": '{"id":"t","type":"function","function":{"name":"","arguments":"{}"}}'}],
    ),
    "a call without an id": (
        {"tool_calls": [call("{}"), call("{}", id=None)]},
        [
            {"toolUse": {"toolUseId": "t", "name": "f", "input": {}}},
            {"toolUse": {"toolUseId": "tooluse_0_1", "name": "f", "input": {}}},
        ],
    ),
}


@pytest.mark.parametrize(("members", "blocks"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_is_blocks(members, blocks):
    assert assistant(**members) == blocks


@pytest.mark.parametrize("depth", [100, 500])
def test_a_call_that_is_nested_too_deeply_to_be_written_is_a_text(depth):
    arguments = '{"a":' + "[" * depth + "]" * depth + "}"
    (block,) = assistant(tool_calls=[call(arguments)])
    assert ("toolUse" if depth == 100 else "text") in block


def test_many_brackets_are_not_deep():
    arguments = orjson.dumps({"a": [[]] * 300}).decode()
    (block,) = assistant(tool_calls=[call(arguments)])
    assert block["toolUse"]["input"] == {"a": [[]] * 300}


RESULTS: dict[str, tuple[Any, list[dict[str, Any]], dict[str, Any]]] = {
    "text": ("a", [{"text": "a"}], {}),
    "nothing": ("", [], {}),
    "a failure": ([{"type": "text", "text": "The tool failed:"}, "a"], [{"text": "a"}], {"status": "error"}),
    "a failure alone": ("The tool failed:", [], {"status": "error"}),
    "an image": (
        [{"type": "image_url", "image_url": {"url": data_url("image/png")}}],
        [{"image": {"format": "png", "source": {"bytes": BYTES}}}],
        {},
    ),
    "a document": ([file("text/plain", "a.txt")], [document("a", "txt")], {}),
    "audio": (
        [{"type": "input_audio", "input_audio": {"data": BYTES, "format": "wav"}}],
        [{"text": "[audio (wav), 5 bytes]"}],
        {},
    ),
}


@pytest.mark.parametrize(("content", "blocks", "status"), RESULTS.values(), ids=RESULTS.keys())
def test_a_tools_result(content, blocks, status):
    assert result(content) == [{"toolResult": {"toolUseId": "t", "content": blocks} | status}]


def test_a_cache_point_within_a_result_stands_behind_it():
    content = [{"type": "text", "text": text, "cache_control": EPHEMERAL} for text in "ab"]
    assert result(content) == [{"toolResult": {"toolUseId": "t", "content": [{"text": "a"}, {"text": "b"}]}}, POINT]


def test_results_without_ids_answer_the_calls_in_their_order():
    _, answered = said(
        {"role": "assistant", "tool_calls": [call("{}", id=given) for given in ("one", None, "three")]},
        {"role": "tool", "content": "1"},
        {"role": "tool", "content": "3", "tool_call_id": "three"},
        {"role": "tool", "content": "2"},
        {"role": "tool", "content": "of nothing"},
    )
    ids = [block["toolResult"]["toolUseId"] for block in answered["content"]]
    assert ids == ["one", "three", "tooluse_0_1", "tooluse_4_0"]


# --- citations --------------------------------------------------------------------

TITLED = {"title": "t", "location": {"web": {"url": "https://example.org"}}}


def sourced(*texts: str, citations: Any = (TITLED,)) -> dict[str, Any]:
    return {"citationsContent": {"content": [{"text": text} for text in texts], "citations": [*citations]}}


def native(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"provider_specific_fields": {"citationsContent": [block["citationsContent"] for block in blocks]}}


def parts(*texts: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text} for text in texts]


ANTHROPIC = {
    "type": "char_location",
    "cited_text": "c",
    "document_index": 0,
    "start_char_index": 1,
    "end_char_index": 2,
}
ANTHROPIC_CITATION = {
    "sourceContent": [{"text": "c"}],
    "location": {"documentChar": {"documentIndex": 0, "start": 1, "end": 2}},
}
ANNOTATION = {"type": "url_citation", "url_citation": {"title": "t", "url": "https://example.org"}}

PLACELESS = {"citationsContent": {"citations": [TITLED]}}

CITED: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "of a client": (
        {"content": parts("a", "b", "c", "d"), **native(sourced("b", "c"))},
        [{"text": "a"}, sourced("b", "c"), {"text": "d"}],
    ),
    "of a model": (
        {"content": "abc", **native(sourced("a"), sourced("b"))},
        [sourced("a"), sourced("b"), {"text": "c"}],
    ),
    "of another text": ({"content": "a", **native(sourced("b"))}, [{"text": "a"}, sourced("b")]),
    "of no text": (
        {"content": "a", **native({"citationsContent": {"citations": [TITLED]}})},
        [{"text": "a"}, {"citationsContent": {"citations": [TITLED]}}],
    ),
    "of no text, before another": (
        {"content": parts("a", "b"), **native({"citationsContent": {"citations": [TITLED]}}, sourced("b"))},
        [{"text": "a"}, {"citationsContent": {"citations": [TITLED]}}, sourced("b")],
    ),
    "that Converse does not know": (
        {"content": "a", **native(sourced("a", citations=[{"location": {"moon": {}}}]))},
        [sourced("a", citations=[]), {"text": '{"citation":{"location":{"moon":{}}}}'}],
    ),
    "with a negative place": (
        {"content": "a", **native(sourced("a", citations=[{"location": {"documentChar": {"start": -1}}}]))},
        [sourced("a", citations=[]), {"text": '{"citation":{"location":{"documentChar":{"start":-1}}}}'}],
    ),
    "Anthropic's": (
        {"content": "ab", "provider_specific_fields": {"citations": [[ANTHROPIC | {"supported_text": "b"}]]}},
        [{"text": "a"}, sourced("b", citations=[ANTHROPIC_CITATION])],
    ),
    "Anthropic's, of a stream": (
        {"content": "a", "provider_specific_fields": {"citations": [[ANTHROPIC], [ANTHROPIC]]}},
        [{"text": "a"}, {"citationsContent": {"citations": [ANTHROPIC_CITATION, ANTHROPIC_CITATION]}}],
    ),
    "Anthropic's, of parts": (
        {
            "content": parts("a", "b"),
            "provider_specific_fields": {"citations": [[ANTHROPIC | {"supported_text": "b"}]]},
        },
        [{"text": "a"}, {"text": "b"}, {"citationsContent": {"citations": [ANTHROPIC_CITATION]}}],
    ),
    "Anthropic's, odd": (
        {"content": "a", "provider_specific_fields": {"citations": [[{"type": "new"}], "x"]}},
        [{"text": "a"}, {"text": '{"citation":{"type":"new"}}'}, {"text": '{"citation":"x"}'}],
    ),
    "OpenAI's": (
        {
            "content": "ab",
            "annotations": [{"url_citation": ANNOTATION["url_citation"] | {"start_index": 1, "end_index": 2}}],
        },
        [{"text": "a"}, sourced("b")],
    ),
    "OpenAI's, of a file": (
        {"content": "a", "annotations": [{"type": "file_citation", "file_id": "x"}]},
        [{"text": "a"}, {"text": '{"citation":{"type":"file_citation","file_id":"x"}}'}],
    ),
    "OpenAI's, of parts": (
        {"content": parts("a", "b"), "annotations": [ANNOTATION]},
        [{"text": "a"}, {"text": "b"}, PLACELESS],
    ),
}


@pytest.mark.parametrize(("members", "blocks"), CITED.values(), ids=CITED.keys())
def test_what_is_cited_has_its_citations(members, blocks):
    assert assistant(**members) == blocks


# --- what is said anywhere is told ------------------------------------------------------

MARK = "marker"
WHERE: list[dict[str, Any]] = [
    {"role": MARK},
    {"role": "user", "content": {MARK: 1}},
    {"role": "user", "content": [{"type": MARK}]},
    {"role": "user", "content": [{"type": "text", "text": [MARK]}]},
    {"role": "user", "content": [{"type": "text", "text": "a", "other": MARK}]},
    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": MARK}}]},
    {"role": "user", "content": [{"type": "image_url", "image_url": {"file_id": MARK}}]},
    {"role": "user", "content": [file("application/pdf", f"{MARK}.pdf")]},
    {"role": "user", "content": [file("video/mp4", MARK)]},
    {"role": "user", "content": [file("image/png", MARK, data="?")]},
    {"role": "user", "content": [{"type": "file", "file": {"file_data": BYTES, "format": MARK}}]},
    {"role": "user", "content": [{"type": "file", "file": {"file_data": BYTES, "other": MARK}}]},
    {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": 1, "format": MARK}}]},
    {"role": "user", "content": [cited(CHUNKS, title=MARK)]},
    {"role": "user", "content": [cited(CHUNKS, context=MARK)]},
    {"role": "user", "content": [cited(CHUNKS, title=[MARK])]},
    {"role": "user", "content": [cited(CHUNKS, other=MARK)]},
    {"role": "user", "content": [cited({"type": "content", "content": MARK})]},
    {"role": "user", "content": [cited({"type": "content", "content": [{"type": "image", "source": MARK}]})]},
    {"role": "user", "content": [cited({"type": "base64", "media_type": MARK, "data": BYTES})]},
    {"role": "user", "other": MARK},
    {"role": "system", "other": MARK},
    {"role": "system", "content": [{"type": "query", "text": MARK}]},
    {"role": "system", "content": [file("application/pdf", f"{MARK}.pdf")]},
    {"role": "tool", "tool_call_id": MARK, "content": "a"},
    {"role": "tool", "other": MARK},
    {"role": "tool", "content": [thinking(MARK)]},
    {"role": "tool", "content": [{"type": "guarded_text", "text": MARK}]},
    {"role": "assistant", "other": MARK},
    {"role": "assistant", "refusal": {MARK: 1}},
    {"role": "assistant", "reasoning_content": [MARK]},
    {"role": "assistant", "thinking_blocks": MARK},
    {"role": "assistant", "thinking_blocks": [{"type": MARK}]},
    {"role": "assistant", "thinking_blocks": [thinking("a", signature=MARK)]},
    {"role": "assistant", "images": [{"image_url": {"url": MARK}}]},
    {"role": "assistant", "audio": {"transcript": MARK, "data": "AAAA"}},
    {"role": "assistant", "audio": MARK},
    {"role": "assistant", "function_call": MARK},
    {"role": "assistant", "tool_calls": MARK},
    {"role": "assistant", "tool_calls": [MARK]},
    {"role": "assistant", "tool_calls": [{"function": MARK}]},
    {"role": "assistant", "tool_calls": [call([MARK])]},
    {"role": "assistant", "tool_calls": [call(MARK)]},
    {"role": "assistant", "tool_calls": [call(f'{{"a": "{MARK}"}}')]},
    {"role": "assistant", "tool_calls": [call("{}", MARK)]},
    {"role": "assistant", "tool_calls": [{"custom": {"name": "f", "input": MARK}}]},
    {"role": "assistant", "annotations": MARK},
    {"role": "assistant", "annotations": [{"url_citation": {"url": MARK, "start_index": "x"}}]},
    {"role": "assistant", "content": "a", "annotations": [{"url_citation": {"url": MARK}}]},
    {"role": "assistant", "provider_specific_fields": {"citations": MARK}},
    {"role": "assistant", "provider_specific_fields": {"citations": [[{"cited_text": MARK}]]}},
    {"role": "assistant", "provider_specific_fields": {"citationsContent": MARK}},
    {"role": "assistant", "provider_specific_fields": {"citationsContent": [{"content": [MARK]}]}},
    {"role": "assistant", "provider_specific_fields": {"citationsContent": [{"citations": {MARK: 1}}]}},
    {"role": "assistant", "provider_specific_fields": {"citationsContent": {"citations": [{"title": MARK}]}}},
]


@pytest.mark.parametrize("message", WHERE, ids=lambda message: orjson.dumps(message).decode()[:100])
def test_what_is_said_anywhere_is_told(message):
    assert MARK in orjson.dumps(history_of(message)).decode()


def test_an_answer_reads_as_a_client_of_converse_was_told_it():
    message = {"content": "a", "reasoning_content": "b", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}
    answer = {"id": "c", "choices": [{"message": message, "finish_reason": "tool_calls"}]}
    assert said(reply_of(answer).message)[0]["content"] == [
        thought("b"),
        {"text": "a"},
        {"toolUse": {"toolUseId": "tooluse_c_0", "name": "f", "input": {}}},
    ]
