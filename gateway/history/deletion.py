"""Deleting is deleting: a session's rows go, and with the last session that held it, each part."""

from __future__ import annotations

from contextlib import suppress

from gateway.database.connection import Connection
from gateway.database.errors import Conflict

# Of parts that no session holds any more; none of those that a transaction under way is about to hold.
_UNHELD = "DELETE FROM parts WHERE NOT EXISTS (SELECT 1 FROM session_parts s WHERE s.part_id = parts.digest)"


async def delete_sessions(connection: Connection, where: str, *values: object) -> int:
    """Delete the sessions that the condition holds for; gives how many they were. `values` for $1 and so on.

    What refers to a session goes with it. Its parts may be another's too, so they are looked after apart.
    """
    parts = await connection.rows(
        f"SELECT DISTINCT part_id FROM session_parts WHERE session_id IN (SELECT id FROM sessions WHERE {where})",
        *values,
    )
    deleted = await connection.rows(f"DELETE FROM sessions WHERE {where} RETURNING id", *values)
    for row in parts:
        await _delete_part(connection, row["part_id"])
    await connection.forget()
    return len(deleted)


async def _delete_part(connection: Connection, digest: str) -> None:
    with suppress(Conflict):  # somebody has just stored it in another session
        await connection.rows(f"{_UNHELD} AND digest = $1", digest)


async def delete_unheld_parts(connection: Connection) -> None:
    """What a gateway left that ended between a session and its parts."""
    with suppress(Conflict):  # the next time
        await connection.rows(_UNHELD)
