"""Chat history around a call of the model: what was said before goes with it, what is said is stored."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from gateway.database.engine import Conflict, DatabaseUnavailable
from gateway.errors import (
    HistoryUnavailable,
    MalformedBody,
    SessionBusy,
    SessionNotFound,
    SessionTooLong,
    TurnInDoubt,
    TurnNotStored,
    UnsupportedField,
    UpstreamBroken,
)
from gateway.history.leases import Leases
from gateway.history.rows import NewTurn, Usage
from gateway.history.turns import NOTHING, Begun, InDoubt, LeaseLost, Turns
from gateway.services.history_limits import HistoryLimits
from gateway.services.history_request import SESSION, SESSION_HEADER, AskedHistory
from gateway.services.principals import Principals
from gateway.translation.conversation import conversation, title_of
from gateway.translation.replies import Reply
from gateway.upstream.caller import Caller

Headers = list[tuple[bytes, bytes]]
ChatRequest = dict[str, Any]

# How many turns of the session the model did not see, where it did not see all.
OMITTED = "session_omitted_turns"
OMITTED_HEADER = "x-session-omitted-turns"

# Seconds after which a request may be sent again when the database does not answer.
RETRY_AFTER = "2"

# More than any model has; less than what a database's integers hold when they are summed up.
MOST_TOKENS = 10**12
MOST_MESSAGES = 10_000

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class OpenTurn:
    """A turn that is under way. `chat`: the request as it goes to the model; `session_id`: None without history."""

    chat: ChatRequest
    session_id: UUID | None = None
    omitted: int = 0
    is_stored: bool = False
    _store: Callable[[Reply], Awaitable[None]] | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What the client is told of the session in an answer's body."""
        if self.session_id is None:
            return {}
        told: dict[str, Any] = {SESSION: str(self.session_id)}
        return told | ({OMITTED: self.omitted} if self.omitted else {})

    @property
    def headers(self) -> Headers:
        """The same in headers."""
        names = {SESSION: SESSION_HEADER, OMITTED: OMITTED_HEADER}
        return [(names[name].encode(), str(value).encode()) for name, value in self.fields.items()]

    async def store(self, reply: Reply) -> None:
        """Store the turn: before the client learns that the answer is complete.

        Raises TurnNotStored, TurnInDoubt, and UpstreamBroken for an answer that cannot be stored.
        """
        if self._store is not None:
            await self._store(reply)
            self.is_stored = True


class History:
    """Without a question of history, everything here does nothing."""

    def __init__(self, turns: Turns, leases: Leases, principals: Principals, limits: HistoryLimits) -> None:
        self._turns = turns
        self._leases = leases
        self._principals = principals
        self._limits = limits

    @asynccontextmanager
    async def turn(self, asked: AskedHistory | None, chat: ChatRequest, caller: Caller) -> AsyncIterator[OpenTurn]:
        """A turn, given up at the end unless it was stored. `chat`: a chat completion request.

        Raises UpstreamRefusal for a key that is not good, SessionNotFound, SessionBusy, SessionTooLong,
        HistoryUnavailable, HistoryUnreadable, and MalformedBody or UnsupportedField for what cannot be remembered.
        """
        if asked is None:
            yield OpenTurn(chat)
            return
        messages = _messages(chat)
        owner = (await self._principals.of(caller)).owner
        turn_id, session_id = uuid4(), asked.session_id
        begun = await self._begin(session_id, owner, turn_id)
        turn: OpenTurn | None = None
        try:
            if session_id is not None:
                self._leases.hold(turn_id, session_id)
            whole = conversation(begun.messages, messages, after=begun.after)
            talk = await self._limits.fit(whole, chat, caller)
            draft = partial(
                NewTurn,
                id=turn_id,
                session_id=session_id or uuid4(),
                owner=owner,
                number=begun.turn_count + 1,
                title=title_of(messages),
                model=str(chat.get("model")),
            )
            turn = OpenTurn(
                chat | {"messages": talk.messages()},
                draft.keywords["session_id"],
                begun.turn_count - len(talk.earlier),
                _store=lambda reply: self._store(draft, talk.new, reply),
            )
            yield turn
        finally:
            self._leases.let_go(turn_id)
            if session_id is not None and not (turn and turn.is_stored):
                await self._give_up(session_id, turn_id)

    async def _begin(self, session_id: UUID | None, owner: str, turn_id: UUID) -> Begun:
        with unavailable():
            if session_id is None:
                await self._turns.check()
                return NOTHING
            try:
                newest = self._limits.limits.newest
                return await self._turns.begin(
                    session_id, owner, turn_id, newest=newest, check_size=self._limits.check_size
                )
            except (SessionNotFound, SessionBusy):
                raise
            except BaseException:
                # Whatever happened, the lease may have been taken.
                await self._give_up(session_id, turn_id)
                raise

    async def _give_up(self, session_id: UUID, turn_id: UUID) -> None:
        try:
            await self._turns.give_up(session_id, turn_id)
        except DatabaseUnavailable as error:
            _log.warning("the lease of a session is left to expire", extra={"reason": str(error)})

    async def _store(self, draft: Callable[..., NewTurn], new: list[dict[str, Any]], reply: Reply) -> None:
        usage = Usage(
            input_tokens=min(reply.input_tokens, MOST_TOKENS),
            output_tokens=min(reply.output_tokens, MOST_TOKENS),
            total_tokens=min(reply.total_tokens, MOST_TOKENS),
        )
        reason = reply.finish_reason.replace("\0", "") if reply.finish_reason else None
        turn = draft(finish_reason=reason, usage=usage, messages=[*new, reply.message])
        try:
            await self._turns.store(turn)
        except LeaseLost:
            raise TurnNotStored(
                "the model answered, but the session was deleted or another turn took its place meanwhile: "
                "this turn is not in the history"
            ) from None
        except MalformedBody:
            raise UpstreamBroken("the model's answer is nested too deeply to be stored") from None
        except InDoubt:
            raise TurnInDoubt(
                "the model answered, but the database did not say whether this turn was stored: "
                "read the session before you send it again"
            ) from None
        except (DatabaseUnavailable, Conflict):
            raise TurnNotStored(
                "the model answered, but this turn could not be stored and is not in the history; send it again",
                retry_after=RETRY_AFTER,
            ) from None


@contextmanager
def unavailable() -> Iterator[None]:
    """A database that does not answer, as what the client is told."""
    try:
        yield
    except DatabaseUnavailable:
        raise HistoryUnavailable(
            "the database of the chat history does not answer; try again shortly, or send the request without history",
            retry_after=RETRY_AFTER,
        ) from None


def _messages(chat: ChatRequest) -> list[dict[str, Any]]:
    messages = chat.get("messages")
    if not isinstance(messages, list) or not messages:
        raise MalformedBody("messages: must be a list of messages, at least one", param="messages")
    if len(messages) > MOST_MESSAGES:
        raise SessionTooLong(f"a turn has at most {MOST_MESSAGES} messages", param="messages")
    for index, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in _ROLES:
            path = f"messages[{index}].role"
            raise MalformedBody(f"{path}: must be one of {', '.join(_ROLES)}", param=path)
    if not isinstance(chat.get("model"), str) or "\0" in chat["model"]:
        raise MalformedBody("model: is required, as text", param="model")
    if chat.get("n") not in (None, 1):
        raise UnsupportedField("n", "must be 1 with chat history: a session goes on with one answer")
    return messages
