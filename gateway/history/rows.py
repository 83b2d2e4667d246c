"""How a turn becomes rows, and the rows of a session become messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway.database.connection import Connection, Row
from gateway.history.contents import Contents, Packed
from gateway.units import KIB

ChatMessage = dict[str, Any]

# Bytes: of a row and its index entries, and of what it takes to read it.
MESSAGE_COST = 1 * KIB

# Messages whose packing would keep others waiting: that is done beside the event loop.
MANY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens, as the model's provider counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """A turn to be stored. `id`: of the attempt, so that it is stored once however often that is tried.

    `number`: 1 begins a session. `title`: of the session that it begins.
    """

    id: UUID
    session_id: UUID
    owner: str
    number: int
    title: str
    model: str
    finish_reason: str | None
    usage: Usage
    messages: list[ChatMessage]


@dataclass(frozen=True, slots=True)
class PackedTurn:
    """A turn as it is stored."""

    turn: NewTurn
    title: str
    messages: list[tuple[str, Packed]]  # role and contents

    @property
    def size(self) -> int:
        """Bytes of the contents, each part counted where it is used, and of what a message costs besides."""
        return sum(
            MESSAGE_COST + len(packed.body) + sum(map(len, packed.parts.values())) for _, packed in self.messages
        )

    @property
    def parts(self) -> dict[str, bytes]:
        return {digest: data for _, packed in self.messages for digest, data in packed.parts.items()}


def place_of(session_id: UUID, *where: int | str) -> str:
    """What sealed contents are bound to, so that they open nowhere else."""
    return "/".join(map(str, (session_id, *where)))


async def pack(contents: Contents, turn: NewTurn) -> PackedTurn:
    """Raises MalformedBody for messages that are nested too deeply."""
    if len(turn.messages) <= MANY:
        return _packed(contents, turn)
    return await asyncio.to_thread(_packed, contents, turn)


def _packed(contents: Contents, turn: NewTurn) -> PackedTurn:
    messages = [
        (
            str(message.get("role"))[:32],
            contents.pack(message, owner=turn.owner, place=place_of(turn.session_id, turn.number, position)),
        )
        for position, message in enumerate(turn.messages)
    ]
    return PackedTurn(turn, contents.pack_text(turn.title, place=place_of(turn.session_id, "title")), messages)


async def insert_turn(connection: Connection, packed: PackedTurn) -> None:
    """The rows of a turn, but the session's own; within a transaction. Raises Conflict when it is there already."""
    turn, usage = packed.turn, packed.turn.usage
    await connection.rows(
        "INSERT INTO turns (id, session_id, number, model, created_at, finish_reason, input_tokens, output_tokens,"
        f" total_tokens) VALUES ($1, $2, $3, $4, {connection.now}, $5, $6, $7, $8)",
        str(turn.id),
        str(turn.session_id),
        turn.number,
        turn.model,
        turn.finish_reason,
        usage.input_tokens,
        usage.output_tokens,
        usage.total_tokens,
    )
    await connection.many(
        "INSERT INTO messages (session_id, turn, position, role, body) VALUES ($1, $2, $3, $4, $5)",
        [
            (str(turn.session_id), turn.number, position, role, message.body)
            for position, (role, message) in enumerate(packed.messages)
        ],
    )
    if parts := sorted(packed.parts.items()):  # in one order: two transactions must not wait for each other
        await connection.many("INSERT INTO parts (digest, data) VALUES ($1, $2) ON CONFLICT DO NOTHING", parts)
        await connection.many(
            "INSERT INTO session_parts (session_id, part_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            [(str(turn.session_id), digest) for digest, _ in parts],
        )


async def insert_session(connection: Connection, turns: list[PackedTurn], forked_from: UUID | None = None) -> None:
    """A session with its first turns; within a transaction. Raises Conflict when it is there already."""
    first, last = turns[0], turns[-1].turn
    await connection.rows(
        "INSERT INTO sessions (id, owner, title, model, created_at, updated_at, turn_count, message_count, size,"
        " input_tokens, output_tokens, total_tokens, lease_until, forked_from, forked_at)"
        f" VALUES ($1, $2, $3, $4, {connection.now}, {connection.now}, $5, $6, $7, $8, $9, $10, 0, $11, $12)",
        str(last.session_id),
        last.owner,
        first.title,
        last.model,
        last.number,
        sum(len(packed.messages) for packed in turns),
        sum(packed.size for packed in turns),
        sum(packed.turn.usage.input_tokens for packed in turns),
        sum(packed.turn.usage.output_tokens for packed in turns),
        sum(packed.turn.usage.total_tokens for packed in turns),
        str(forked_from) if forked_from else None,
        last.number if forked_from else None,
    )
    for packed in turns:
        await insert_turn(connection, packed)


# --- reading ----------------------------------------------------------------------


# To be added to a query of messages: the parts of the session $1, where `columns` of the messages come first.
def with_parts(columns: int) -> str:
    """The second half of a query whose first half has so many columns, then `part` and `data`."""
    empty = ", ".join(["NULL"] * columns)
    return (
        f" UNION ALL SELECT {empty}, p.digest, p.data FROM session_parts s JOIN parts p ON p.digest = s.part_id"
        " WHERE s.session_id = $1"
    )


async def unpacked(contents: Contents, session_id: UUID, rows: list[Row]) -> list[tuple[Row, ChatMessage]]:
    """The rows of messages in their order, each with its message. Raises HistoryUnreadable."""
    if len(rows) <= MANY:
        return _unpacked(contents, session_id, rows)
    return await asyncio.to_thread(_unpacked, contents, session_id, rows)


def _unpacked(contents: Contents, session_id: UUID, rows: list[Row]) -> list[tuple[Row, ChatMessage]]:
    parts = {row["part"]: bytes(row["data"]) for row in rows if row["part"] is not None}
    found = sorted((row for row in rows if row["part"] is None), key=lambda row: (row["turn"], row["position"]))
    return [
        (row, contents.unpack(row["body"], parts, place=place_of(session_id, row["turn"], row["position"])))
        for row in found
    ]
