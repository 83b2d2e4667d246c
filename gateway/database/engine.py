"""The database: connected when it is first used, its tables made when they are missing."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiosqlite
import asyncpg
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException

from gateway.database.address import POSTGRES, connection_config, dialect_of
from gateway.database.connection import Connection, PostgresConnection, SqliteConnection
from gateway.database.errors import Conflict, DatabaseUnavailable
from gateway.database.file_lock import alone_beside
from gateway.database.schema import APP, CONNECTION, MODELS, apply, create_if_missing, missing_migrations, statements_of
from gateway.units import SECONDS

Result = TypeVar("Result")
Operation = Callable[[Connection], Awaitable[Result]]

# Beside the time of an operation: to roll back, where the database still answers.
GRACE = 1 * SECONDS
# Changes of the tables may take their time.
SCHEMA_TIME = 300 * SECONDS

_log = logging.getLogger(__name__)

_FAILURES = (
    *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, aiosqlite.Error, BaseORMException),
    *(OSError, TimeoutError, ValueError, OverflowError),
)


class Database:
    """`connections`: the most there are at a time; `timeout`: seconds that an operation may take, waiting included.

    A database that is down does not keep the gateway from starting: everything here can be tried again.
    """

    def __init__(self, url: str, *, connections: int, timeout: float) -> None:
        self.dialect = dialect_of(url)
        self._timeout = timeout
        self._config = connection_config(url, connections=connections, timeout=timeout)
        self._tortoise = TortoiseContext()
        # Tortoise keeps its state in context variables: every operation runs where they are set.
        self._context = contextvars.copy_context()
        self._context.run(self._tortoise.__enter__)
        self._connected = False
        self._current = False
        self._preparing = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=self._timeout + GRACE)
        if self._connected:
            await self._within(self._timeout, self._tortoise.close_connections())

    async def check(self) -> None:
        """Raises DatabaseUnavailable unless it answers a query."""
        await self.run(_nothing)

    async def run(self, operation: Operation[Result]) -> Result:
        """What the operation gives, run on a connection of its own.

        Runs to its end: a caller who is cancelled waits for it, so that what comes after comes after.
        Raises DatabaseUnavailable when there is no connection or no answer within the time; Conflict.
        """
        await self._ready()
        return await self._within(self._timeout, self._on_connection(operation))

    async def ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """What a query of Tortoise's models gives. Runs and raises as `run` does."""
        await self._ready()

        async def asked() -> Any:
            async with asyncio.timeout(self._timeout):
                return await question()

        return await self._within(self._timeout, asked())

    async def _ready(self) -> None:
        if not self._current:
            await self.prepare()

    async def prepare(self) -> None:
        """Make the database and its tables where they are missing; nothing where they are current.

        Several replicas may do so at once. Raises DatabaseUnavailable.
        """
        async with self._preparing:
            if not self._current:
                await self._within(SCHEMA_TIME, self._prepare())
                self._current = True

    async def _prepare(self) -> None:
        if not self._connected:
            apps = {APP: {"models": MODELS, "default_connection": CONNECTION}}
            await self._tortoise.init({"connections": {CONNECTION: self._config}, "apps": apps})
            self._connected = True
        credentials = self._config["credentials"]
        if self.dialect == POSTGRES:
            await create_if_missing(credentials)
            await self._update()
        else:
            async with alone_beside(credentials["file_path"]):
                await self._open_file()
                await self._update()

    async def _open_file(self) -> None:
        """Before anybody asks Tortoise for a connection: it makes one when there is none.

        Where that fails, it would keep its lock for ever, or a connection that was told only some of its settings.
        """
        try:
            await self._client.create_connection(with_db=True)
        except BaseException:
            await self._client.close()
            raise

    async def _update(self) -> None:
        async with self._connection() as connection:
            missing = await missing_migrations(connection)
        for name in missing:
            statements = await statements_of(self._client, name)
            async with self._connection() as connection:
                await apply(connection, name, statements)

    @property
    def _client(self) -> Any:
        return self._tortoise.connections.get(CONNECTION)

    async def _on_connection(self, operation: Operation[Result]) -> Result:
        async with asyncio.timeout(self._timeout), self._connection() as connection:
            return await operation(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        async with self._client.acquire_connection() as raw:
            yield PostgresConnection(raw) if self.dialect == POSTGRES else SqliteConnection(raw)

    async def _within(self, seconds: float, work: Awaitable[Result]) -> Result:
        """Not `asyncio.timeout` alone: cleaning up after it may hang as the database does."""
        task = asyncio.create_task(_awaited(work), context=self._context.copy())
        self._running.add(task)
        task.add_done_callback(self._ended)
        try:
            await asyncio.wait({task}, timeout=seconds + GRACE)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=seconds + GRACE)
            raise
        if not task.done():
            task.cancel()
            raise DatabaseUnavailable("does not answer")
        try:
            return task.result()
        except _FAILURES as error:
            # Restored from a time before them, say: the tables are looked after anew.
            self._current = self._current and not _lacks_tables(error)
            # Of the type alone: a driver's message may quote what was written.
            reason = f"cannot be used ({type(error).__name__})"
            _log.warning("the database failed", extra={"reason": reason, "sqlstate": getattr(error, "sqlstate", None)})
            raise DatabaseUnavailable(reason) from error

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # told to who waits, if anybody still does


def _lacks_tables(error: BaseException) -> bool:
    """Tortoise wraps what the driver raised."""
    for cause in (error, error.__cause__, error.__context__):
        if isinstance(cause, asyncpg.UndefinedTableError | asyncpg.InvalidCatalogNameError):
            return True
        if isinstance(cause, aiosqlite.OperationalError) and "no such table" in str(cause):
            return True
    return False


async def _awaited(work: Awaitable[Result]) -> Result:
    return await work


async def _nothing(connection: Connection) -> None:
    await connection.rows("SELECT 1")


__all__ = ["Conflict", "Database", "DatabaseUnavailable", "Operation"]
