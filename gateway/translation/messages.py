"""Converse's messages and system prompt as messages of a chat completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.translation import blocks, media
from gateway.translation.blocks import ChatMessage, Draft, Reader, content_of
from gateway.translation.fields import Field, refused


def system_messages(content: Field) -> list[ChatMessage]:
    """The system prompt as one message; none where it is empty."""
    draft = _draft(content, _SYSTEM_BLOCKS)
    return _system(draft) if draft.parts else []


def chat_messages(messages: Field) -> list[ChatMessage]:
    """Every message in its order; raises MalformedBody and UnsupportedField."""
    return [made for item in messages.items() for made in _message(item)]


def _message(message: Field) -> list[ChatMessage]:
    role = message.only("role", "content").member("role").one_of(_ROLES)
    table, assemble = _ROLES[role]
    content = message.member("content")
    if not content.expect(list):
        raise content.invalid("must not be empty")
    return assemble(_draft(content, table))


def _draft(content: Field, table: Mapping[str, Reader]) -> Draft:
    draft = Draft()
    for item in content.items():
        block = item.only_member()
        reader = table.get(str(block.name))
        if reader is None:
            raise block.unsupported(_misplaced(str(block.name)))
        reader(block, draft)
    return draft


def _misplaced(name: str) -> str:
    roles = [role for role, (table, _) in _ROLES.items() if name in table]
    return f"belongs in a message of the role {' or '.join(roles)}" if roles else "is not a block that is known here"


# --- assembling -------------------------------------------------------------------


def _user(draft: Draft) -> list[ChatMessage]:
    """A tool's results come first: OpenAI wants them right behind the calls."""
    return [*draft.tool_results, *([{"role": "user", "content": content_of(draft.parts)}] if draft.parts else [])]


def _assistant(draft: Draft) -> list[ChatMessage]:
    message: ChatMessage = {"role": "assistant"}
    if draft.parts or not draft.tool_calls:
        message["content"] = content_of(draft.parts) or ""
    if draft.tool_calls:
        message["tool_calls"] = draft.tool_calls
    if draft.reasoning:
        message["reasoning_content"] = "\n".join(draft.reasoning)
    if draft.thinking:
        message["thinking_blocks"] = draft.thinking
    if draft.citations:
        message["provider_specific_fields"] = {"citationsContent": draft.citations}
    return [message]


def _system(draft: Draft) -> list[ChatMessage]:
    return [{"role": "system", "content": content_of(draft.parts)}]


# --- which block may stand where ----------------------------------------------------


def _refusing(reason: str) -> Reader:
    refuse: Callable[[Field], Any] = refused(reason)
    return lambda block, _: refuse(block)


_NO_TOOL_CHANGES = _refusing("changing the tools within a conversation is not carried; send toolConfig")

_ANYWHERE: dict[str, Reader] = {"text": blocks.part_of(blocks.text_part), "cachePoint": blocks.cache_point}

_USER_BLOCKS: dict[str, Reader] = {
    **_ANYWHERE,
    "image": blocks.part_of(media.image),
    "document": blocks.part_of(media.document),
    "video": blocks.part_of(media.video),
    "audio": blocks.part_of(media.audio),
    "searchResult": blocks.part_of(media.search_result),
    "guardContent": blocks.part_of(blocks.guard_content),
    "toolResult": blocks.tool_result,
    "toolAddition": _NO_TOOL_CHANGES,
    "toolRemoval": _NO_TOOL_CHANGES,
}
_ASSISTANT_BLOCKS: dict[str, Reader] = {
    **_ANYWHERE,
    "image": blocks.part_of(media.image),
    "toolUse": blocks.tool_use,
    "reasoningContent": blocks.reasoning,
    "citationsContent": blocks.citations_content,
}
_SYSTEM_BLOCKS: dict[str, Reader] = {
    **_ANYWHERE,
    "guardContent": _refusing("a guardrail's content is carried in messages, not in the system prompt"),
}

_ROLES: dict[str, tuple[dict[str, Reader], Callable[[Draft], list[ChatMessage]]]] = {
    "user": (_USER_BLOCKS, _user),
    "assistant": (_ASSISTANT_BLOCKS, _assistant),
    "system": (_SYSTEM_BLOCKS, _system),
}
