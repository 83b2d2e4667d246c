"""Whatever is stored, or was said by a client of Converse, is a conversation of Converse."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.errors import RequestError
from gateway.translation.citations import bedrock_citation
from gateway.translation.converse_request import partial_chat_request
from gateway.translation.fields import Field
from gateway.translation.history_media import document_name
from gateway.translation.messages import chat_messages, system_messages
from tests.gateway.translation.test_converse_history import BYTES, PARTS, SHAPE, call, data_url, history_of
from tests.gateway.translation.test_properties import JSON, OBJECTS, values

# --- whatever is stored -----------------------------------------------------------------

KINDS = sorted(
    {part["type"] for part, _ in PARTS.values() if isinstance(part, dict)} | {"thinking", "redacted_thinking"}
)
VALUES = st.one_of(
    JSON,
    OBJECTS,
    st.sampled_from([data_url("image/png"), data_url("text/csv"), "data:", "data:;base64,", BYTES, "{}", "[]", "wav"]),
)


def holding(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that hold anything in members of these names."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, VALUES))


SOURCES = st.builds(
    lambda kind, rest: rest | {"type": kind},
    st.sampled_from(["text", "base64", "content", "url"]),
    holding("media_type", "data", "content"),
)
ANY_PART = VALUES | st.builds(
    lambda kind, one, rest: rest | one | {"type": kind},
    st.sampled_from(KINDS),
    holding("text", "title", "context", "thinking", "signature", "data", "cache_control", "citations"),
    st.fixed_dictionaries(
        {},
        optional={
            "image_url": VALUES | holding("url"),
            "file": VALUES | holding("file_data", "filename", "format"),
            "input_audio": VALUES | holding("data", "format"),
            "source": VALUES | SOURCES,
        },
    ),
)
ANY_CITATION = VALUES | holding(
    *("title", "source", "sourceContent", "location", "url_citation", "cited_text", "supported_text", "type")
)
ANY_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "citations": VALUES | st.lists(VALUES | st.lists(ANY_CITATION, max_size=2), max_size=2),
        "citationsContent": VALUES
        | st.lists(
            st.fixed_dictionaries({}, optional={"content": VALUES, "citations": st.lists(ANY_CITATION, max_size=2)}),
            max_size=2,
        ),
    },
)
ANY_MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "developer", "user", "assistant", "tool", "function"]) | VALUES},
    optional={
        "content": VALUES | st.lists(ANY_PART, max_size=3),
        "tool_call_id": VALUES,
        "tool_calls": VALUES | st.lists(holding("id", "function", "custom") | st.just(call("{}")), max_size=2),
        "thinking_blocks": VALUES | st.lists(ANY_PART, max_size=2),
        "images": VALUES | st.lists(holding("image_url"), max_size=2),
        "annotations": VALUES | st.lists(ANY_CITATION, max_size=2),
        "provider_specific_fields": VALUES | ANY_FIELDS,
        **dict.fromkeys(("name", "refusal", "audio", "function_call", "reasoning_content", "cache_control"), VALUES),
    },
)


@settings(max_examples=400, deadline=None)
@given(st.lists(ANY_MESSAGE, max_size=3))
def test_whatever_is_stored_can_be_read(messages):
    before = orjson.dumps(messages)
    history_of(*messages)
    assert orjson.dumps(messages) == before


# --- what a client of Converse said -------------------------------------------------------


def accepted(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages without what the gateway refuses."""
    kept = []
    for message in messages:
        content: list[dict[str, Any]] = []
        for block in message["content"]:
            if _is_accepted(message["role"], [*content, block]):
                content.append(block)
        if content:
            kept.append({"role": message["role"], "content": content})
    return kept


def _is_accepted(role: str, content: list[dict[str, Any]]) -> bool:
    try:
        chat_messages(Field([{"role": role, "content": content}]))
    except RequestError:
        return False
    return True


def _without_negative_places(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_negative_places(item) for item in value]
    if isinstance(value, dict):
        return {name: max(0, item) if item == -1 else _without_negative_places(item) for name, item in value.items()}
    return value


SAID = values(SHAPE.members["messages"], 1).map(_without_negative_places).map(accepted)
SYSTEM = st.lists(st.builds(lambda text: {"text": text}, st.text(max_size=3)), max_size=2)


@settings(max_examples=300, deadline=None)
@given(SAID, SYSTEM)
def test_what_a_client_of_converse_said_is_the_same_to_the_model(messages, system):
    chat = [*system_messages(Field(system)), *chat_messages(Field(messages))]
    assume(b';base64,"' not in orjson.dumps(chat))  # a file without bytes, which Bedrock refuses
    history = history_of(*chat)
    again = partial_chat_request("demo", history, stream=False)["messages"]
    assert plain(again) == plain(chat)


def plain(chat: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """What the model is told, by role and kind, up to what converse_history says that it makes the same."""
    system: dict[str, Any] = {"parts": []}
    turns: list[tuple[str, dict[str, Any]]] = [("system", system)]
    spoken = [message for message in chat if message["role"] != "system"]
    for message in chat:
        if message["role"] == "system":
            system["parts"] += _parts(message)
    for message in spoken:
        role = "user" if message["role"] == "tool" else message["role"]
        told = _told(message)
        if not any(told.values()):
            continue
        if turns[-1][0] != role:
            turns.append((role, {kind: type(items)() for kind, items in told.items()}))
        for kind, items in told.items():
            turns[-1][1][kind] += items
    return turns


def _told(message: dict[str, Any]) -> dict[str, Any]:
    if message["role"] == "tool":
        one = message | {"content": _parts(message)}
        return {"parts": [], "results": [one]}
    if message["role"] == "user":
        return {"parts": _parts(message), "results": []}
    citations = message.get("provider_specific_fields", {}).get("citationsContent", [])
    return {
        "parts": _parts(message),
        "calls": message.get("tool_calls", []),
        "reasoning": (message.get("reasoning_content") or "").replace("\n", ""),
        "thinking": message.get("thinking_blocks", []),
        "citations": [_cited(block) for block in citations],
    }


def _cited(block: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in block.items() if value is not None}
    if "citations" in told:
        told["citations"] = [bedrock_citation(citation) for citation in told["citations"] if any(citation.values())]
    return told


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content") or []
    listed = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [_named(part) for part in listed if part.get("text") != "" or part["type"] != "text"]


def _named(part: dict[str, Any]) -> dict[str, Any]:
    """A document's name as Bedrock allows it."""
    if part["type"] == "document":
        return part | {"title": document_name(part["title"])}
    if part["type"] == "file" and "filename" in part["file"]:
        stem, _, extension = part["file"]["filename"].rpartition(".")
        return part | {"file": part["file"] | {"filename": f"{document_name(stem)}.{extension}"}}
    return part
