"""One request at a time for each user, across all replicas: what was counted holds until it is used."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from gateway.database.connection import Connection
from gateway.database.engine import Database
from gateway.database.errors import DatabaseUnavailable
from gateway.errors import AccessUnavailable, UpstreamTimeout, UserBusy
from gateway.units import SECONDS

# Of a lock whose replica died.
LEASE = 60 * SECONDS
# Of what is done under one: it ends before another replica may begin.
WITHIN = 45 * SECONDS
PATIENCE = 15 * SECONDS
PAUSE = 0.05 * SECONDS
LONGEST_PAUSE = 0.5 * SECONDS

_TAKE = (
    "INSERT INTO user_locks (name, holder, until) VALUES ($1, $2, {now} + $3)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
    " WHERE user_locks.until < {now} RETURNING holder"
)

_log = logging.getLogger(__name__)


class UserLocks:
    """Locks by the user's id, held in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def of(self, user_id: str) -> AsyncIterator[None]:
        """Alone with the user inside, for less than a minute. Raises UserBusy after some seconds of waiting,
        AccessUnavailable; UpstreamTimeout when it took too long."""
        name, holder = hashlib.sha256(user_id.encode()).hexdigest(), str(uuid4())
        try:
            # Within: who is cancelled while it is taken has it, perhaps.
            await self._take(name, holder)
            async with asyncio.timeout(WITHIN) as time_limit:
                yield
        except TimeoutError:
            if not time_limit.expired():
                raise
            raise UpstreamTimeout("LiteLLM takes too long; what was asked may have been done in part") from None
        finally:
            await self._release(name, holder)

    async def _take(self, name: str, holder: str) -> None:
        until, pause = time.monotonic() + PATIENCE, PAUSE
        while not await self._taken(name, holder):
            if time.monotonic() > until:
                raise UserBusy("another request changes what this user has; try again shortly", retry_after="1")
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _taken(self, name: str, holder: str) -> bool:
        async def insert(connection: Connection) -> bool:
            return bool(await connection.rows(_TAKE.format(now=connection.now), name, holder, round(LEASE * 1000)))

        try:
            return await self._database.run(insert)
        except DatabaseUnavailable as error:
            raise AccessUnavailable(f"the gateway's database {error}; nothing was changed") from error

    async def _release(self, name: str, holder: str) -> None:
        async def delete(connection: Connection) -> None:
            await connection.rows("DELETE FROM user_locks WHERE name = $1 AND holder = $2", name, holder)

        try:
            await self._database.run(delete)
        except DatabaseUnavailable as error:
            # It ends by itself.
            _log.warning("the lock of a user could not be released", extra={"reason": str(error)})
