"""Adding a turn to a session: who begins one holds the session's lease until the turn is stored or given up.

The lease is a row's field that expires: nothing is locked while the model answers, and whoever is killed leaves
nothing behind that time does not clear away.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from gateway.database.connection import Connection, Row
from gateway.database.engine import Conflict, Database, DatabaseUnavailable
from gateway.errors import SessionBusy, SessionNotFound
from gateway.history.contents import Contents
from gateway.history.rows import (
    ChatMessage,
    NewTurn,
    PackedTurn,
    insert_session,
    insert_turn,
    pack,
    unpacked,
    with_parts,
)

NOT_FOUND = "there is no session with this id"

# In which another attempt may be worth it, though the lease may last longer: most answers have come by then.
RETRY_AFTER = 2_000

ContentsSource = Callable[[], Awaitable[Contents]]


class InDoubt(Exception):
    """The database went away while it was committing: the turn may be stored, or not."""


class LeaseLost(Exception):
    """The session has been deleted, or another turn was begun after the lease had expired."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session as it was when the turn was begun. `messages`: turn number and message, in their order; of the turns
    up to `after`, the instructions alone."""

    turn_count: int
    size: int
    after: int
    messages: list[tuple[int, ChatMessage]]


# A session that does not exist yet.
NOTHING = Begun(0, 0, 0, [])


class Turns:
    """`lease`: milliseconds until a lease expires that is not renewed. Everything raises DatabaseUnavailable too."""

    def __init__(self, database: Database, contents: ContentsSource, *, lease: int) -> None:
        self._database = database
        self._contents = contents
        self._lease = lease

    async def begin(
        self,
        session_id: UUID,
        owner: str,
        lease: UUID,
        *,
        newest: int | None = None,
        check_size: Callable[[int], None] = lambda _: None,
    ) -> Begun:
        """Take the session's lease, under an id of the caller's, and read what was said.

        `newest`: read that many of the newest turns only, and all instructions. `check_size`: is told the bytes of the
        session before it is read; what it raises leaves the lease taken.
        Raises SessionNotFound, SessionBusy, HistoryUnreadable.
        """
        contents = await self._contents()

        async def taken(connection: Connection) -> tuple[Row, int, list[Row]]:
            found = await connection.rows(
                f"UPDATE sessions SET lease = $1, lease_until = {connection.now} + $2"
                f" WHERE id = $3 AND owner = $4 AND lease_until <= {connection.now}"
                " RETURNING turn_count, size",
                str(lease),
                self._lease,
                str(session_id),
                owner,
            )
            if not found:
                raise await _not_taken(connection, session_id, owner)
            check_size(found[0]["size"])
            after = max(0, found[0]["turn_count"] - newest) if newest is not None else 0
            return found[0], after, await connection.rows(_MESSAGES, str(session_id), after)

        session, after, rows = await self._database.run(taken)
        said = await unpacked(contents, session_id, rows)
        messages = [(row["turn"], message) for row, message in _without_gaps(said, after)]
        return Begun(session["turn_count"], session["size"], after, messages)

    async def check(self) -> None:
        """Whether a turn could be stored, as far as can be known before."""
        await self._contents()
        await self._database.check()

    async def renew(self, held: dict[UUID, UUID]) -> None:
        """Extend the leases that have not been lost. `held`: lease → session."""
        leases = ", ".join(f"${index}" for index in range(2, len(held) + 2))
        sessions = ", ".join(f"${index}" for index in range(len(held) + 2, 2 * len(held) + 2))

        async def renewed(connection: Connection) -> None:
            await connection.rows(
                f"UPDATE sessions SET lease_until = {connection.now} + $1"
                f" WHERE id IN ({sessions}) AND lease IN ({leases})",
                self._lease,
                *map(str, held.keys()),
                *map(str, held.values()),
            )

        await self._database.run(renewed)

    async def give_up(self, session_id: UUID, lease: UUID) -> None:
        """Let go of the lease, where it is still held."""

        async def released(connection: Connection) -> None:
            await connection.rows(
                "UPDATE sessions SET lease = NULL, lease_until = 0 WHERE id = $1 AND lease = $2",
                str(session_id),
                str(lease),
            )

        await self._database.run(released)

    async def store(self, turn: NewTurn) -> None:
        """Store the turn and let go of the lease, whose id is the turn's: all of it, in one transaction.

        When it returns, the turn is in the database. It is tried twice, as a connection may have been lost that the
        database or a load balancer closed; the turn is stored once all the same.
        Raises LeaseLost, InDoubt, and MalformedBody for messages that are nested too deeply.
        """
        packed = await pack(await self._contents(), turn)
        is_committing = False

        async def stored(connection: Connection) -> None:
            nonlocal is_committing
            async with connection.transaction():
                await (_append(connection, packed) if turn.number > 1 else insert_session(connection, [packed]))
                is_committing = True

        try:
            try:
                await self._attempt(turn, stored)
            except (DatabaseUnavailable, Conflict):
                await self._attempt(turn, stored)
        except DatabaseUnavailable:
            if is_committing:
                raise InDoubt from None
            raise

    async def _attempt(self, turn: NewTurn, stored: Callable[[Connection], Awaitable[None]]) -> None:
        try:
            await self._database.run(stored)
        except (LeaseLost, Conflict):
            if not await self._database.run(lambda connection: _is_stored(connection, turn)):
                raise


def _without_gaps(said: list[tuple[Row, ChatMessage]], after: int) -> Iterator[tuple[Row, ChatMessage]]:
    """Of the turns up to `after`, of which the instructions alone were read: those at the beginning of a turn."""
    turn, expected = 0, 0
    for row, message in said:
        if row["turn"] != turn:
            turn, expected = row["turn"], 0
        if turn > after or row["position"] == expected:
            yield row, message
            expected += 1


async def _not_taken(connection: Connection, session_id: UUID, owner: str) -> SessionNotFound | SessionBusy:
    found = await connection.rows(
        f"SELECT lease_until - {connection.now} AS remaining FROM sessions WHERE id = $1 AND owner = $2",
        str(session_id),
        owner,
    )
    if not found:
        return SessionNotFound(NOT_FOUND)
    seconds = max(1, math.ceil(min(found[0]["remaining"], RETRY_AFTER) / 1000))
    message = "another turn of this session is under way; send this one again when it has ended"
    return SessionBusy(message, retry_after=str(seconds))


async def _append(connection: Connection, packed: PackedTurn) -> None:
    turn, usage = packed.turn, packed.turn.usage
    found = await connection.rows(
        "UPDATE sessions SET lease = NULL, lease_until = 0, turn_count = turn_count + 1,"
        f" message_count = message_count + $1, size = size + $2, model = $3, updated_at = {connection.now},"
        " input_tokens = input_tokens + $4, output_tokens = output_tokens + $5, total_tokens = total_tokens + $6"
        " WHERE id = $7 AND lease = $8 AND turn_count = $9 RETURNING id",
        len(packed.messages),
        packed.size,
        turn.model,
        usage.input_tokens,
        usage.output_tokens,
        usage.total_tokens,
        str(turn.session_id),
        str(turn.id),
        turn.number - 1,
    )
    if not found:
        raise LeaseLost
    await insert_turn(connection, packed)


async def _is_stored(connection: Connection, turn: NewTurn) -> bool:
    return bool(await connection.rows("SELECT 1 FROM turns WHERE id = $1", str(turn.id)))


_MESSAGES = (
    "SELECT m.turn, m.position, m.body, NULL AS part, NULL AS data FROM messages m"
    " WHERE m.session_id = $1 AND (m.turn > $2 OR m.role IN ('system', 'developer'))" + with_parts(3)
)
