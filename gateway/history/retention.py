"""Purges sessions that nobody has touched for a while, in the background, one replica at a time."""

from __future__ import annotations

import asyncio
import logging

from gateway.database.connection import Connection
from gateway.database.engine import Database, DatabaseUnavailable
from gateway.history.deletion import delete_sessions, delete_unheld_parts
from gateway.units import SECONDS

INTERVAL = 600 * SECONDS
# Of sessions in one transaction.
BATCH = 200

_CHORE = "purge"
_EXPIRED = "updated_at < {now} - $1 AND lease_until <= {now}"

_log = logging.getLogger(__name__)


class Retention:
    """`age`: milliseconds after its last turn when a session is purged; None keeps all."""

    def __init__(self, database: Database, age: int | None) -> None:
        self._database = database
        self._age = age
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while True:
            try:
                await self.purge()
            except DatabaseUnavailable as error:
                _log.warning("sessions could not be purged", extra={"reason": str(error)})
            await asyncio.sleep(INTERVAL)

    async def purge(self) -> int:
        """Purge what is too old, unless another replica does or did within the interval; gives how many it were."""
        purged = 0
        if await self._database.run(_is_ours):
            while self._age is not None:
                batch = await self._database.run(self._purge_batch)
                purged += batch
                if batch == 0:
                    break
            await self._database.run(delete_unheld_parts)
        if purged:
            _log.info("sessions were purged", extra={"sessions": purged})
        return purged

    async def _purge_batch(self, connection: Connection) -> int:
        expired = _EXPIRED.format(now=connection.now)
        found = await connection.rows(
            f"SELECT id FROM sessions WHERE {expired} ORDER BY updated_at LIMIT {BATCH}",
            self._age,
        )
        names = ", ".join(f"${index}" for index in range(2, len(found) + 2))
        if not found:
            return 0
        # Once more: one of them may have been touched since.
        return await delete_sessions(
            connection, f"{expired} AND id IN ({names})", self._age, *(str(row["id"]) for row in found)
        )


async def _is_ours(connection: Connection) -> bool:
    """Takes the chore for as long as the interval; whoever is killed leaves it to the next."""
    until = f"{connection.now} + {INTERVAL * 1000:.0f}"
    taken = await connection.rows(
        f"INSERT INTO chores (name, until) VALUES ($1, {until}) ON CONFLICT (name) DO UPDATE SET until = {until}"
        f" WHERE chores.until <= {connection.now} RETURNING name",
        _CHORE,
    )
    return bool(taken)
