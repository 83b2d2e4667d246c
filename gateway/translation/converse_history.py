"""Stored chat messages as a conversation of Converse: to be read with Bedrock's types, and sent to Converse again.

Nothing that was said is lost; what Converse has no block for is a text. To the model it is the same conversation,
written in one way where there were several:

- Instructions are in `system`, wherever they stood. Neighbours of one role are one message.
- A user's message begins with the results of tools, an assistant's with its reasoning, then come texts, then calls.
- Empty texts and messages are left out, which Bedrock refuses; a file without bytes is a text that says so.
- What a chat message cannot tell apart: a tool's JSON is text, a search result that is not to be cited is text, a
  document's text is a file's bytes, a part of reasoning is not separated from the next where neither is signed.
- Documents have names that Bedrock allows.
- What tells how an image is to be looked at, and what providers tell beside an answer, is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.translation.history_answers import answer_blocks
from gateway.translation.history_media import Block, about
from gateway.translation.history_parts import cache_point, content_blocks, rest_of
from gateway.translation.stored_json import Json, text_of
from gateway.translation.tool_arguments import tool_use_id


@dataclass(slots=True)
class _Conversation:
    """`unanswered`: the ids of the last message's tool calls, as far as no result has come."""

    system: list[Block] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    def say(self, role: str, blocks: list[Block]) -> None:
        if self.messages and self.messages[-1]["role"] == role:
            self.messages[-1]["content"] += blocks
        elif blocks:
            self.messages.append({"role": role, "content": blocks})


def converse_history(messages: list[Json]) -> dict[str, Any]:
    """`messages`: as a chat completion request holds them, of whatever client. Blobs are base64, as in JSON."""
    conversation = _Conversation()
    for number, message in enumerate(messages):
        role = message.get("role")
        read = _ROLES.get(role, _user) if isinstance(role, str) else _user
        read(message, number, conversation)
    return {"system": conversation.system, "messages": conversation.messages}


# --- roles ------------------------------------------------------------------------


def _system(message: Json, _: int, conversation: _Conversation) -> None:
    conversation.system += _limited(_whole(message), _IN_SYSTEM)


def _user(message: Json, _: int, conversation: _Conversation) -> None:
    """Of a role that is not known here too, which is said."""
    conversation.say("user", _whole(message))


def _assistant(message: Json, number: int, conversation: _Conversation) -> None:
    blocks, conversation.unanswered = answer_blocks(message, number)
    conversation.say("assistant", blocks)


def _tool(message: Json, number: int, conversation: _Conversation) -> None:
    content = [*content_blocks(message.get("content")), *rest_of(message, *_OF_A_RESULT)]
    points = [block for block in content if "cachePoint" in block][-1:]
    content = [block for block in content if "cachePoint" not in block]
    status: dict[str, Any] = {}
    if content[:1] == [_FAILED]:
        content, status = content[1:], {"status": "error"}
    result = {"toolUseId": _answered(message, number, conversation.unanswered)}
    result |= {"content": _limited(content, _IN_RESULTS)} | status
    conversation.say("user", [{"toolResult": result}, *(cache_point(message) or points)])


def _answered(message: Json, number: int, unanswered: list[str]) -> str:
    """Which call: where it is not said, the first that has no result yet."""
    given = text_of(message.get("tool_call_id"))
    if given in unanswered:
        unanswered.remove(given)
    return given or (unanswered.pop(0) if unanswered else tool_use_id(None, number, 0))


_FAILED = {"text": "The tool failed:"}
_OF_A_MESSAGE = ("content", "cache_control")
_OF_A_RESULT = ("role", "tool_call_id", *_OF_A_MESSAGE)

_ROLES: dict[str, Callable[[Json, int, _Conversation], None]] = {
    "system": _system,
    "developer": _system,
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
}


def _whole(message: Json) -> list[Block]:
    """What else there is to a message than its content comes first: who speaks."""
    known = ("role",) if message.get("role") in (*_ROLES,) else ()
    blocks = [*rest_of(message, *known, *_OF_A_MESSAGE), *content_blocks(message.get("content"))]
    return [*blocks, *(cache_point(message) if blocks else [])]


# --- which block may stand where ----------------------------------------------------

_IN_SYSTEM = {"text", "guardContent", "cachePoint"}
_IN_RESULTS = {"text", "image", "document", "video", "searchResult"}


def _limited(blocks: list[Block], allowed: set[str]) -> list[Block]:
    return [block if block.keys() <= allowed else about(block) for block in blocks]
