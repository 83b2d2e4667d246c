"""A connection of either database behind one face: SQL with $1, rows by their columns, a transaction."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import Any

import aiosqlite
import asyncpg

from gateway.database.errors import Conflict

# By the names of its columns; either driver's own.
Row = Any


# Any number that no other application of the same database takes.
_LOCK = 7_304_106_229


class Connection(ABC):
    """`now`: SQL for the time in milliseconds since 1970, by the database's clock: the one that all replicas share."""

    now: str

    @abstractmethod
    async def rows(self, sql: str, *values: Any) -> list[Row]:
        """Runs a statement. Raises Conflict, or whatever the driver raises."""

    @abstractmethod
    async def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Runs a statement once for each of the values. Raises as `rows` does."""

    @abstractmethod
    async def lock(self) -> None:
        """Within a transaction: wait until no other that has asked for this is under way."""

    @abstractmethod
    async def forget(self) -> None:
        """Let nothing of what was deleted remain where the database keeps its newest writes."""

    @abstractmethod
    def transaction(self) -> Any:
        """An async context manager: all that runs inside is done, or nothing."""


class PooledConnection(asyncpg.Connection):
    """Goes back into the pool as it is: nothing here leaves settings or locks behind that would have to be undone."""

    def get_reset_query(self) -> str:
        return ""


class PostgresConnection(Connection):
    now = "(extract(epoch from clock_timestamp()) * 1000)::bigint"

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        with _conflicts():
            return list(await self._raw.fetch(sql, *values))

    async def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        with _conflicts():
            await self._raw.executemany(sql, values)

    async def lock(self) -> None:
        await self._raw.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")

    async def forget(self) -> None:
        """What was deleted is vacuum's affair."""

    def transaction(self) -> Any:
        return self._raw.transaction()


class SqliteConnection(Connection):
    now = "cast((julianday('now') - 2440587.5) * 86400000 as integer)"

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self._raw = raw

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        with _conflicts():
            return list(await self._raw.execute_fetchall(_numbered(sql), values))

    async def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        with _conflicts():
            await self._raw.executemany(_numbered(sql), values)

    async def lock(self) -> None:
        """Every transaction is for writing, and there is one at a time."""

    async def forget(self) -> None:
        await self._raw.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        try:
            # At once for writing: one that has read first could not wait for another writer.
            await self._raw.execute("BEGIN IMMEDIATE")
            yield
            await self._raw.execute("COMMIT")
        finally:
            # A cancelled statement is carried out all the same, in the connection's thread.
            if self._raw.in_transaction or await _is_behind(self._raw):
                await self._raw.rollback()


async def _is_behind(raw: aiosqlite.Connection) -> bool:
    """Whether it is in a transaction once all that was asked of it before has been done."""
    await raw.execute_fetchall("SELECT 1")
    return raw.in_transaction


@lru_cache
def _numbered(sql: str) -> str:
    """SQLite's own form of numbered parameters."""
    return re.sub(r"\$(\d+)", r"?\1", sql)


@contextmanager
def _conflicts() -> Iterator[None]:
    try:
        yield
    except (asyncpg.IntegrityConstraintViolationError, aiosqlite.IntegrityError) as error:
        raise Conflict(type(error).__name__) from error
