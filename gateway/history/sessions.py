"""Sessions as their owners see them: listed, read, renamed, forked, deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from gateway.database.connection import Connection, Row
from gateway.database.engine import Conflict, Database
from gateway.errors import HistoryUnreadable, SessionNotFound
from gateway.history.contents import Contents
from gateway.history.deletion import delete_sessions
from gateway.history.models import Session
from gateway.history.rows import ChatMessage, NewTurn, Usage, insert_session, pack, place_of, unpacked, with_parts
from gateway.history.turns import NOT_FOUND, ContentsSource

# Titles that are read at once when they are searched.
SEARCH_BATCH = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of a session in a list. Times are milliseconds since 1970."""

    id: UUID
    owner: str
    title: str
    model: str
    created_at: int
    updated_at: int
    turns: int
    usage: Usage
    forked_from: tuple[UUID, int] | None


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn that has been stored."""

    number: int
    model: str
    created_at: int
    finish_reason: str | None
    usage: Usage
    messages: list[ChatMessage]


# Where a page of a list ends: time and id of its last session.
Cursor = tuple[int, UUID]


class Sessions:
    """Everything raises DatabaseUnavailable; what reads contents, HistoryUnreadable."""

    def __init__(self, database: Database, contents: ContentsSource) -> None:
        self._database = database
        self._contents = contents

    # --- lists ----------------------------------------------------------------------

    async def page(self, owner: str, *, limit: int, after: Cursor | None = None, query: str = "") -> list[Summary]:
        """The owner's sessions, newest first; `query`: words of the title, in any case."""
        if not query:
            return await self._batch(owner, limit, after)
        wanted = query.casefold().split()
        found: list[Summary] = []
        async for session in self._all(owner, after):
            title = session.title.casefold()
            if all(word in title for word in wanted):
                found.append(session)
            if len(found) == limit:
                break
        return found

    async def _all(self, owner: str, after: Cursor | None) -> AsyncIterator[Summary]:
        # Read and searched here: a title may be sealed, and not every database knows every letter's other case.
        while batch := await self._batch(owner, SEARCH_BATCH, after):
            for session in batch:
                yield session
            after = batch[-1].updated_at, batch[-1].id

    async def _batch(self, owner: str, limit: int, after: Cursor | None) -> list[Summary]:
        contents = await self._contents()
        rows = await self._database.ask(lambda: _older(owner, after).limit(limit).values())
        return [_summary(contents, row) for row in rows]

    async def ids(self, owner: str) -> list[UUID]:
        """Of all the owner's sessions, newest first."""
        ids: list[UUID] = await self._database.ask(lambda: _older(owner, None).values_list("id", flat=True))
        return ids

    # --- one session ----------------------------------------------------------------

    async def read(self, session_id: UUID, owner: str | None) -> tuple[Summary, list[StoredTurn]]:
        """A session with all that was said; `owner`: whose it must be, None for anybody's. Raises SessionNotFound."""
        contents = await self._contents()

        async def found(connection: Connection) -> list[Row]:
            return await connection.rows(_SESSION, str(session_id), owner)

        rows = await unpacked(contents, session_id, await self._database.run(found))
        if not rows:
            raise SessionNotFound(NOT_FOUND)
        session = rows[0][0]
        return _summary(contents, session), _turns(rows)

    async def rename(self, session_id: UUID, owner: str, title: str) -> Summary:
        """Give it another title; it stays where it is in the list. Raises SessionNotFound."""
        contents = await self._contents()
        packed = contents.pack_text(title, place=place_of(session_id, "title"))
        await self._database.ask(lambda: Session.filter(id=session_id, owner=owner).update(title=packed))
        rows = await self._database.ask(lambda: Session.filter(id=session_id, owner=owner).values())
        if not rows:
            raise SessionNotFound(NOT_FOUND)
        return _summary(contents, rows[0])

    async def fork(self, session_id: UUID, owner: str, new_id: UUID, turn: int | None) -> Summary:
        """A session of its own with the turns up to `turn`, all where it is None. Raises SessionNotFound."""
        session, turns = await self.read(session_id, owner)
        kept = turns if turn is None else turns[:turn]
        if turn is not None and len(kept) < turn:
            raise SessionNotFound(f"the session has no turn {turn}; its last is turn {len(turns)}")
        contents = await self._contents()
        packed = [await pack(contents, _copied(session, one, new_id)) for one in kept]

        async def forked(connection: Connection) -> None:
            async with connection.transaction():
                await insert_session(connection, packed, forked_from=session_id)

        try:
            await self._database.run(forked)
        except Conflict:
            # A part was deleted in between, with the last session that held it.
            await self._database.run(forked)
        made = await self._database.ask(lambda: Session.filter(id=new_id).values())
        if not made:
            raise SessionNotFound(NOT_FOUND)
        return _summary(contents, made[0])

    async def delete(self, session_id: UUID, owner: str) -> None:
        """Delete it, with all that was said. A turn that is under way will not be stored. Raises SessionNotFound."""

        async def deleted(connection: Connection) -> bool:
            return await delete_sessions(connection, "id = $1 AND owner = $2", str(session_id), owner) > 0

        if not await self._database.run(deleted):
            raise SessionNotFound(NOT_FOUND)


def _older(owner: str, after: Cursor | None) -> QuerySet[Session]:
    sessions = Session.filter(owner=owner).order_by("-updated_at", "-id")
    if after is None:
        return sessions
    updated_at, session_id = after
    return sessions.filter(Q(updated_at__lt=updated_at) | Q(updated_at=updated_at, id__lt=session_id))


def _summary(contents: Contents, row: Row) -> Summary:
    session_id = UUID(str(row["id"]))
    forked = (UUID(str(row["forked_from"])), row["forked_at"]) if row["forked_from"] else None
    return Summary(
        id=session_id,
        owner=row["owner"],
        title=_title(contents, row["title"], session_id),
        model=row["model"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        turns=row["turn_count"],
        usage=_usage(row),
        forked_from=forked,
    )


def _title(contents: Contents, stored: str, session_id: UUID) -> str:
    """Empty where it cannot be read: a lost key must not hide the other sessions of a list."""
    try:
        return contents.unpack_text(stored, place=place_of(session_id, "title"))
    except HistoryUnreadable:
        return ""


def _usage(row: Row) -> Usage:
    return Usage(**{name: row[name] for name in ("input_tokens", "output_tokens", "total_tokens")})


def _turns(rows: list[tuple[Row, ChatMessage]]) -> list[StoredTurn]:
    turns: list[StoredTurn] = []
    for row, message in rows:
        if not turns or turns[-1].number != row["turn"]:
            usage = Usage(input_tokens=row["t_input"], output_tokens=row["t_output"], total_tokens=row["t_total"])
            turns.append(StoredTurn(row["turn"], row["t_model"], row["t_created"], row["t_finish"], usage, []))
        turns[-1].messages.append(message)
    return turns


def _copied(session: Summary, turn: StoredTurn, new_id: UUID) -> NewTurn:
    return NewTurn(
        id=uuid4(),
        session_id=new_id,
        owner=session.owner,
        number=turn.number,
        title=session.title,
        model=turn.model,
        finish_reason=turn.finish_reason,
        usage=turn.usage,
        messages=turn.messages,
    )


_COLUMNS = (
    *("s.id", "s.owner", "s.title", "s.model", "s.created_at", "s.updated_at", "s.turn_count"),
    *("s.input_tokens", "s.output_tokens", "s.total_tokens", "s.forked_from", "s.forked_at"),
    *("m.turn", "m.position", "m.body"),
    *("t.model AS t_model", "t.created_at AS t_created", "t.finish_reason AS t_finish"),
    *("t.input_tokens AS t_input", "t.output_tokens AS t_output", "t.total_tokens AS t_total"),
)
# All of a session in one query: its own row with each message, and its parts.
_SESSION = (
    f"SELECT {', '.join(_COLUMNS)}, NULL AS part, NULL AS data FROM sessions s JOIN messages m ON m.session_id = s.id"
    " JOIN turns t ON t.session_id = s.id AND t.number = m.turn"
    " WHERE s.id = $1 AND s.owner = coalesce($2, s.owner)" + with_parts(len(_COLUMNS))
)
