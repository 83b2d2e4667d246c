"""A stored assistant's message as blocks of Converse: reasoning, what was said, calls of tools."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.translation.history_citations import cited
from gateway.translation.history_media import Block, as_json
from gateway.translation.history_parts import cache_point, content_blocks, redacted, rest_of, thinking
from gateway.translation.stored_json import Json, object_of, objects_of, text_of
from gateway.translation.tool_arguments import parse_arguments, tool_use_id

# Members that are read here, and those that tell of the exchange with the provider.
_KNOWN = (
    *("role", "content", "refusal", "images", "audio", "tool_calls", "function_call", "cache_control"),
    *("reasoning_content", "thinking_blocks", "annotations", "provider_specific_fields"),
)


def answer_blocks(message: Json, number: int) -> tuple[list[Block], list[str]]:
    """`number`: the message's place in the conversation. The blocks, and the ids of the tool calls among them."""
    calls = [_call(call, number, index) for index, call in enumerate(_items(message.get("tool_calls")))]
    images = [{"type": "image_url", "image_url": image.get("image_url")} for image in objects_of(message.get("images"))]
    blocks = [
        *rest_of(message, *_KNOWN),
        *_reasoning(message),
        *cited(message, content_blocks(message.get("content"))),
        *content_blocks(images),
        *content_blocks(message.get("refusal")),
        *_spoken(message.get("audio")),
        *([as_json({"function_call": message["function_call"]})] if message.get("function_call") else []),
        *(block for call in calls for block in call),
    ]
    ids = [block["toolUse"]["toolUseId"] for call in calls for block in call if "toolUse" in block]
    return [*blocks, *(cache_point(message) if blocks else [])], ids


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _spoken(audio: object) -> list[Block]:
    """What was said, and of the sound that there is one: an answer does not say in which format."""
    told = object_of(audio)
    if data := text_of(told.get("data")):
        told = told | {"data": f"{len(data) * 3 // 4} bytes"}
    return [as_json({"audio": told or audio})] if audio else []


# --- reasoning --------------------------------------------------------------------


def _reasoning(message: Json) -> list[Block]:
    """The thinking blocks, and between them what `reasoning_content` says besides: it repeats their texts."""
    given = message.get("reasoning_content")
    said = text_of(given)
    blocks: list[Block] = [] if not given or said else content_blocks(given)
    for block in _items(message.get("thinking_blocks")):
        text = text_of(object_of(block).get("thinking"))
        before, found, behind = said.partition(text) if text else ("", "", "")
        if found:
            blocks += _unsigned(before)
            said = behind
        blocks += _thinking(block)
    return [*blocks, *_unsigned(said)]


def _unsigned(text: str) -> list[Block]:
    said = text.strip("\n")
    return [{"reasoningContent": {"reasoningText": {"text": said}}}] if said else []


def _thinking(block: object) -> list[Block]:
    told = object_of(block)
    read = redacted if told.get("type") == "redacted_thinking" else thinking
    made = read(told)
    return [as_json(block)] if made is None else made


# --- tool calls -------------------------------------------------------------------


def _call(call: object, number: int, index: int) -> list[Block]:
    """A call that cannot be made is the text that the model wrote, as in an answer."""
    told = object_of(call)
    function, custom = object_of(told.get("function")), object_of(told.get("custom"))
    name = text_of(function.get("name") or custom.get("name"))
    written = function.get("arguments") or custom.get("input") or ""
    if isinstance(written, dict):
        written = orjson.dumps(written).decode()
    if not name or not isinstance(written, str):
        return [as_json(call)]
    arguments = _input(written) if function else None
    if arguments is None:
        return [{"text": f"{name}({written})"}, *cache_point(told)]
    identifier = tool_use_id(told.get("id"), number, index)
    return [{"toolUse": {"toolUseId": identifier, "name": name, "input": arguments}}, *cache_point(told)]


_LEVELS = 254  # of JSON, which orjson writes
# Without those around a call's input.
_DEEPEST = _LEVELS - 10


def _input(written: str) -> Json | None:
    """The object, unless it is nested so deeply that the history could not be written as JSON."""
    value = parse_arguments(written)
    if written.count("{") + written.count("[") <= _DEEPEST:
        return value
    around: Any = value
    for _ in range(_LEVELS - _DEEPEST):
        around = [around]
    try:
        orjson.dumps(around)
    except TypeError:
        return None
    return value
