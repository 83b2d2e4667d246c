"""What goes to the model in a turn of a session, and what of it is new.

A system prompt holds for the turns that follow until another is sent: what a request brings at its beginning replaces
what was said before. Everything else stands where it was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Any

from gateway.translation.replies import sent

ChatMessage = dict[str, Any]

# They say how to answer, and are no part of what was said.
INSTRUCTIONS = ("system", "developer")
# They answer calls of the message before, and cannot stand without it.
_RESULTS = ("tool", "function")


@dataclass(frozen=True, slots=True)
class Conversation:
    """`earlier`: the turns that the model will see, each a list of messages; `asked`: the request, of which `new` has
    not been said before."""

    instructions: list[ChatMessage]
    earlier: list[list[ChatMessage]]
    asked: list[ChatMessage]
    new: list[ChatMessage]

    def messages(self) -> list[ChatMessage]:
        """As they go to the model."""
        said = (sent(message) for turn in self.earlier for message in turn)
        return [*self.instructions, *said, *self.asked]

    def size(self) -> int:
        """How many they are."""
        return len(self.instructions) + sum(map(len, self.earlier)) + len(self.asked)

    def without_oldest(self, turns: int) -> Conversation | None:
        """The same without that many of the oldest turns, and with no result of a tool left without its call.

        None where there is no such conversation: then the request itself answers a call that would be left out.
        """
        kept = self.earlier[turns:]
        while kept and kept[0] and kept[0][0].get("role") in _RESULTS:
            kept = kept[1:]
        if not kept and self.asked and self.asked[0].get("role") in _RESULTS:
            return None
        return Conversation(self.instructions, kept, self.asked, self.new)


def conversation(
    earlier: Iterable[tuple[int, ChatMessage]], asked: Sequence[ChatMessage], *, after: int = 0
) -> Conversation:
    """`earlier`: turn number and message, in their order; of the turns up to `after`, the instructions alone matter.
    `asked`: the messages of the request.

    What of the request's instructions was said before in the same words is not new.
    """
    current: list[ChatMessage] = []
    turns: list[list[ChatMessage]] = []
    for number, numbered in groupby(earlier, itemgetter(0)):
        instructions, rest = _split([message for _, message in numbered])
        current = instructions or current
        if number > after:
            turns.append(rest)
    instructions, rest = _split(asked)
    new = rest if instructions == current else [*instructions, *rest]
    return Conversation(instructions or current, turns, rest, new)


def _split(messages: Sequence[ChatMessage]) -> tuple[list[ChatMessage], list[ChatMessage]]:
    """The instructions at the beginning, and what follows."""
    first = list(takewhile(lambda message: message.get("role") in INSTRUCTIONS, messages))
    return first, list(messages[len(first) :])


# --- titles -----------------------------------------------------------------------

TITLE_LENGTH = 80


def title_of(messages: Sequence[ChatMessage]) -> str:
    """The beginning of what the user says first, on one line; empty where that is no text."""
    for message in messages:
        if message.get("role") == "user":
            words = " ".join(_texts(message.get("content"))).split()
            title = " ".join(words)
            return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"
    return ""


def _texts(content: object) -> list[str]:
    if isinstance(content, str):
        return [content]
    parts = content if isinstance(content, list) else []
    return [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
