"""How much of a session goes to the model: what is too much is refused, or its oldest turns are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gateway.codecs.json_text import request_json
from gateway.errors import SessionTooLong
from gateway.translation.conversation import Conversation
from gateway.upstream.caller import Caller
from gateway.upstream.tokens import Tokens

Overflow = Literal["refuse", "trim"]

_ADVICE = "begin another session, or fork this one from an earlier turn"


@dataclass(frozen=True, slots=True)
class Limits:
    """`messages`, `tokens`: the most that a request to the model may have, None for any number; `size`: bytes that a
    session may store; `overflow`: what is done about it."""

    messages: int | None
    tokens: int | None
    size: int
    overflow: Overflow

    @property
    def newest(self) -> int | None:
        """How many of the newest turns can matter at all: each has two messages at least."""
        if self.overflow == "refuse" or self.messages is None:
            return None
        return self.messages // 2 + 1


class HistoryLimits:
    """Raises SessionTooLong where a conversation is too long, or cannot be made short enough."""

    def __init__(self, limits: Limits, tokens: Tokens) -> None:
        self.limits = limits
        self._tokens = tokens

    def check_size(self, size: int) -> None:
        """`size`: bytes of the session so far."""
        if size > self.limits.size:
            raise SessionTooLong(
                f"the session holds more than the {self.limits.size} bytes that one may hold; {_ADVICE}"
            )

    async def fit(self, whole: Conversation, chat: dict[str, Any], caller: Caller) -> Conversation:
        """`chat`: the request but for its messages."""
        return await self._by_tokens(self._by_messages(whole), chat, caller)

    def _by_messages(self, talk: Conversation) -> Conversation:
        most = self.limits.messages
        while most is not None and talk.size() > most:
            talk = self._shorter(talk, 1, f"{talk.size()} messages", f"{most}")
        return talk

    async def _by_tokens(self, talk: Conversation, chat: dict[str, Any], caller: Caller) -> Conversation:
        most = self.limits.tokens
        while most is not None:
            body = {name: chat[name] for name in ("model", "tools") if name in chat} | {"messages": talk.messages()}
            if _surely_fits(request_json(body), most):
                break
            counted = await self._tokens.of_chat(body, caller)
            tokens = counted.body["inputTokens"]
            if tokens <= most:
                break
            talk = self._shorter(talk, _excess(talk, tokens, most), f"{tokens} tokens", f"{most}")
        return talk

    def _shorter(self, talk: Conversation, turns: int, has: str, allowed: str) -> Conversation:
        told = f"the conversation has {has}, {allowed} are allowed"
        if self.limits.overflow == "refuse":
            raise SessionTooLong(f"{told}; {_ADVICE}")
        shorter = talk.without_oldest(turns) if talk.earlier else None
        if shorter is None:
            raise SessionTooLong(f"{told}, even without the earlier turns that can be left out")
        return shorter


def _surely_fits(body: bytes, most: int) -> bool:
    """No token of a text is shorter than a byte; what stands elsewhere is another matter."""
    return len(body) <= most and b"://" not in body


def _excess(talk: Conversation, tokens: int, most: int) -> int:
    """How many of the oldest turns hold about what is too much, by their share of the bytes; one at least."""
    sizes = [len(request_json(turn)) for turn in talk.earlier]
    excess = (tokens - most) / tokens * len(request_json(talk.messages()))
    turns = 0
    while turns < len(sizes) and excess > 0:
        excess -= sizes[turns]
        turns += 1
    return max(1, turns)
