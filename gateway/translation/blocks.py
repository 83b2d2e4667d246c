"""Each content block of Converse as what it becomes in a chat completion's message.

A part of the message's content, a tool call, a thinking block, or a message of its own (a tool's result). What is not
OpenAI's is written as LiteLLM reads it: `cache_control`, `thinking_blocks`, `guarded_text`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.translation.fields import Field, refused
from gateway.translation.media import Part, document, image, search_result

ChatMessage = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """A message while its blocks are read; `last` is what a cache point would follow."""

    parts: list[Part] = field(default_factory=list)
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    tool_results: list[ChatMessage] = field(default_factory=list)
    thinking: list[dict[str, Any]] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    citations: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, Any] | None = None

    def part(self, part: Part) -> None:
        self.parts.append(part)
        self.last = part


# Adds a block to the draft.
Reader = Callable[[Field, Draft], None]


def content_of(parts: list[Part]) -> str | list[Part]:
    """A lone text as a string, which every provider takes; otherwise the list."""
    if len(parts) == 1 and parts[0].keys() == {"type", "text"} and parts[0]["type"] == "text":
        return str(parts[0]["text"])
    return parts


# --- blocks -----------------------------------------------------------------------


def part_of(reader: Callable[[Field], Part]) -> Reader:
    return lambda block, draft: draft.part(reader(block))


def text_part(block: Field) -> Part:
    return {"type": "text", "text": block.expect(str)}


def cache_control(block: Field) -> dict[str, str]:
    """LiteLLM's cache_control of a cachePoint."""
    block.only("type", "ttl").member("type").one_of(["default"])
    ttl = block.optional("ttl")
    return {"type": "ephemeral"} | ({"ttl": ttl.one_of(["5m", "1h"])} if ttl else {})


def cache_point(block: Field, draft: Draft) -> None:
    control = cache_control(block)
    if draft.last is None:
        raise block.invalid("must follow the content that it ends")
    draft.last["cache_control"] = control


def tool_use(block: Field, draft: Draft) -> None:
    kind = block.only("toolUseId", "name", "input", "type").optional("type")
    if kind is not None:
        raise kind.unsupported("tools that run at the provider are not carried; leave the block and its result out")
    arguments = block.member("input")
    arguments.expect(dict)
    call = {
        "id": block.member("toolUseId").text(),
        "type": "function",
        "function": {"name": block.member("name").text(), "arguments": arguments.json()},
    }
    draft.tool_calls.append(call)
    draft.last = call


def reasoning(block: Field, draft: Draft) -> None:
    block.only_member().read(_REASONING)(draft)


def _reasoning_text(member: Field) -> Callable[[Draft], None]:
    text = member.only("text", "signature").member("text").expect(str)
    signature = member.optional("signature")
    thinking = {"type": "thinking", "thinking": text}
    if signature is not None:
        thinking["signature"] = signature.expect(str)

    def add(draft: Draft) -> None:
        draft.reasoning.append(text)
        # Unsigned, it is of a model that has no such blocks; Anthropic would refuse it.
        if signature is not None:
            draft.thinking.append(thinking)

    return add


def _redacted(member: Field) -> Callable[[Draft], None]:
    data = member.base64()
    return lambda draft: draft.thinking.append({"type": "redacted_thinking", "data": data})


_REASONING: dict[str, Callable[[Field], Callable[[Draft], None]]] = {
    "reasoningText": _reasoning_text,
    "redactedContent": _redacted,
}


def citations_content(block: Field, draft: Draft) -> None:
    """What was said is the message's text; where it came from goes with it as LiteLLM gave it."""
    block.only("content", "citations")
    if content := block.optional("content"):
        for item in content.items():
            draft.part(item.only_member().read({"text": text_part}))
    citations = block.optional("citations")
    if citations is not None:
        for citation in citations.items():
            citation.expect(dict)
    draft.citations.append(block.value)


# LiteLLM's names of parts for what a guardrail is to take a text for.
_QUALIFIERS = {"guard_content": "guarded_text", "grounding_source": "grounding_source", "query": "query"}


def guard_content(block: Field) -> Part:
    return block.only_member().read({"text": _guarded_text, "image": refused("images for a guardrail are not carried")})


def _guarded_text(member: Field) -> Part:
    text = member.only("text", "qualifiers").member("text").expect(str)
    given = member.optional("qualifiers")
    qualifiers = [item.one_of(_QUALIFIERS) for item in given.items()] if given else []
    if given is not None and len(qualifiers) > 1:
        raise given.unsupported("only one qualifier is carried")
    return {"type": _QUALIFIERS[qualifiers[0] if qualifiers else "guard_content"], "text": text}


# --- a tool's result --------------------------------------------------------------


def tool_result(block: Field, draft: Draft) -> None:
    kind = block.only("toolUseId", "content", "status", "type").optional("type")
    if kind is not None:
        raise kind.unsupported("results of tools that run at the provider are not carried")
    content = block.member("content")
    parts = [item.only_member().read(_RESULT_PARTS) for item in content.items()]
    status = block.optional("status")
    if status is not None and status.one_of(["success", "error"]) == "error":
        # A chat completion has no place for it but the text.
        parts.insert(0, {"type": "text", "text": "The tool failed:"})
    message = {"role": "tool", "tool_call_id": block.member("toolUseId").text(), "content": content_of(parts) or ""}
    draft.tool_results.append(message)
    draft.last = message


def _json(member: Field) -> Part:
    return {"type": "text", "text": member.json()}


def _uncited(reader: Callable[[Field], Part]) -> Callable[[Field], Part]:
    def read(member: Field) -> Part:
        part = reader(member)
        if part["type"] == "document":
            raise member.unsupported("citations and a context are not carried within a tool's result")
        return part

    return read


_RESULT_PARTS: dict[str, Callable[[Field], Part]] = {
    "text": text_part,
    "json": _json,
    "image": image,
    "document": _uncited(document),
    "searchResult": _uncited(search_result),
    "video": refused("video within a tool's result is not carried"),
}
