"""A Converse request into a chat completion request.

A member that cannot be carried to the model is refused by name; none is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.translation.fields import Field

ChatRequest = dict[str, Any]

NOT_CARRIED = "is not carried to the model by this gateway"


def chat_request(model: str, request: dict[str, Any], *, stream: bool) -> ChatRequest:
    """`request`: the body of Converse or ConverseStream. Raises MalformedBody and UnsupportedField."""
    body = Field("", request)
    body.member("messages")
    chat: ChatRequest = {"model": model, "messages": []}
    # In the order of a chat: the system prompt is the first message.
    for field in sorted(body.members(), key=lambda field: field.name != "system"):
        _lookup(_MEMBERS, field)(field, chat)
    if stream:
        chat |= {"stream": True, "stream_options": {"include_usage": True}}
    return chat


def _lookup(table: dict[str, Callable[..., Any]], field: Field) -> Callable[..., Any]:
    if field.name not in table:
        raise field.unsupported(NOT_CARRIED)
    return table[field.name]


# --- messages -------------------------------------------------------------------


def _text(field: Field) -> dict[str, Any]:
    return {"type": "text", "text": field.expect(str)}


_CONTENT_BLOCKS: dict[str, Callable[[Field], dict[str, Any]]] = {"text": _text}
_SYSTEM_BLOCKS: dict[str, Callable[[Field], dict[str, Any]]] = {"text": _text}


def _content(blocks: Field, table: dict[str, Callable[[Field], dict[str, Any]]]) -> str | list[dict[str, Any]]:
    """A lone text as a string, which every provider takes; otherwise a list of parts."""
    parts = [_lookup(table, member)(member) for member in (block.only_member() for block in blocks.items())]
    if not parts:
        raise blocks.invalid("must not be empty")
    if len(parts) == 1 and parts[0]["type"] == "text":
        return str(parts[0]["text"])
    return parts


def _system(field: Field, chat: ChatRequest) -> None:
    if field.expect(list):
        chat["messages"].append({"role": "system", "content": _content(field, _SYSTEM_BLOCKS)})


def _messages(field: Field, chat: ChatRequest) -> None:
    if not field.expect(list):
        raise field.invalid("must not be empty")
    chat["messages"] += [_message(item) for item in field.items()]


def _message(field: Field) -> dict[str, Any]:
    role, content = field.member("role"), field.member("content")
    for member in field.members():
        if member.name not in {"role", "content"}:
            raise member.unsupported(NOT_CARRIED)
    if role.expect(str) not in {"user", "assistant"}:
        raise role.invalid('must be "user" or "assistant"')
    return {"role": role.value, "content": _content(content, _CONTENT_BLOCKS)}


# --- inferenceConfig --------------------------------------------------------------


def _max_tokens(field: Field) -> int:
    if field.expect(int) < 1:
        raise field.invalid("must be at least 1")
    return int(field.value)


def _fraction(field: Field) -> float:
    if not 0 <= field.expect(float) <= 1:
        raise field.invalid("must be from 0 to 1")
    return float(field.value)


def _stop_sequences(field: Field) -> list[str]:
    return [item.expect(str) for item in field.items()]


_INFERENCE: dict[str, tuple[str, Callable[[Field], Any]]] = {
    "maxTokens": ("max_tokens", _max_tokens),
    "temperature": ("temperature", _fraction),
    "topP": ("top_p", _fraction),
    "stopSequences": ("stop", _stop_sequences),
}


def _inference_config(field: Field, chat: ChatRequest) -> None:
    for member in field.members():
        if member.name not in _INFERENCE:
            raise member.unsupported(NOT_CARRIED)
        name, convert = _INFERENCE[member.name]
        chat[name] = convert(member)


_MEMBERS: dict[str, Callable[[Field, ChatRequest], None]] = {
    "system": _system,
    "messages": _messages,
    "inferenceConfig": _inference_config,
}
