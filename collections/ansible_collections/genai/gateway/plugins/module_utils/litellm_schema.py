"""Applies LiteLLM's own migrations to its database, and records them as `prisma migrate deploy` does."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.genai.gateway.plugins.module_utils.database_url import connection_arguments

if TYPE_CHECKING:
    import asyncpg

SECONDS = 1.0
CONNECT_LIMIT = 10 * SECONDS
LOCK_LIMIT = 300 * SECONDS
LOCK_POLL = 0.2 * SECONDS

# The key of the lock that Prisma's own migrate takes: neither runs while the other does.
PRISMA_LOCK = 72707369

CREATE_RECORDS = """
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
)
"""
HAS_RECORDS = "SELECT to_regclass('_prisma_migrations') IS NOT NULL"
RECORDS = (
    "SELECT migration_name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL"
)
RECORD = """
INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
VALUES ($1, $2, clock_timestamp(), $3, $4, 1)
"""
HAS_TABLES = r"""
SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'LiteLLM\_%')
"""
IS_INVALID_INDEX = """
SELECT EXISTS (
    SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relname = $1 AND relnamespace = current_schema()::regnamespace
)
"""
SQL_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
CONCURRENT_INDEX = re.compile(
    r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?\"(?P<name>[^\"]+)\"", re.IGNORECASE
)
IDENTIFIER_LENGTH = 63  # Postgres cuts off the rest of a name


class SchemaError(Exception):
    """The schema cannot be brought up to date; the message says why, and never holds a password."""


@dataclass(frozen=True)
class Migration:
    """One migration: the name of its directory, and its SQL."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """As Prisma has it: the SHA-256 of the file, in hexadecimal digits."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def concurrent_index(self) -> str | None:
        """The index that is built concurrently, which Postgres does outside of transactions only."""
        found = CONCURRENT_INDEX.search(SQL_COMMENT.sub("", self.sql))
        return found["name"][:IDENTIFIER_LENGTH] if found else None


def litellm_migrations() -> list[Migration]:
    """The migrations of the installed LiteLLM.

    Raises:
        SchemaError: its package of migrations is not installed.
    """
    package = importlib.util.find_spec("litellm_proxy_extras")
    if package is None or not package.submodule_search_locations:
        raise SchemaError("the Python package litellm-proxy-extras is not installed: install the pinned requirements")
    return read_migrations(Path(package.submodule_search_locations[0]) / "migrations")


def read_migrations(directory: Path) -> list[Migration]:
    """The migrations of a directory, in the order in which they are applied: that of their names.

    Raises:
        SchemaError: there are none.
    """
    files = sorted(directory.glob("*/migration.sql"), key=lambda file: file.parent.name)
    if not files:
        raise SchemaError(f"there are no migrations in {directory}")
    # As bytes: reading text would translate line ends, and with them the checksum.
    return [Migration(file.parent.name, file.read_bytes().decode()) for file in files]


def missing(migrations: Sequence[Migration], records: Mapping[str, bool]) -> list[Migration]:
    """The migrations to apply.

    Args:
        migrations: all that there are.
        records: names of those that were begun and not rolled back, and whether each was finished.

    Raises:
        SchemaError: one was begun by something else and not finished.
    """
    broken = sorted(name for name, finished in records.items() if not finished)
    if broken:
        raise SchemaError(
            f"migration {broken[0]} was begun and did not finish: see to the database, then settle it with "
            "`prisma migrate resolve`"
        )
    return [migration for migration in migrations if migration.name not in records]


async def apply_migrations(url: str, migrations: Sequence[Migration], *, check: bool = False) -> list[str]:
    """Apply what is missing; return the names of what was applied, or with `check` would be.

    Each migration and its record are one transaction. Where Postgres wants it outside of one, it is
    recorded once it is complete, and can be begun again.

    Args:
        url: postgresql://user:password@host:port/database, Prisma's options in its query string included.

    Raises:
        SchemaError: the database cannot be reached, or a migration failed. What was applied before it stays.
    """
    connection = await _connect(url)
    try:
        records = await _records(connection)
        # Without the lock first: nothing to do is by far the most frequent case, and waits for nobody.
        to_do = missing(migrations, records)
        if check or not to_do:
            return [migration.name for migration in to_do]
        await _lock(connection)
        await connection.execute(CREATE_RECORDS)
        to_do = missing(migrations, await _records(connection))
        for migration in to_do:
            await _apply(connection, migration)
        return [migration.name for migration in to_do]
    finally:
        await connection.close()  # and with it goes the lock


async def _connect(url: str) -> asyncpg.Connection[Any]:
    import asyncpg  # here, so that the rest works where Ansible only reads the documentation

    arguments = connection_arguments(url)
    try:
        return await asyncpg.connect(**arguments, timeout=CONNECT_LIMIT)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        where = f"{arguments['host']}:{arguments['port']}/{arguments['database']}"
        why = str(error) or f"no answer within {CONNECT_LIMIT:g} s"
        raise SchemaError(f"cannot connect to the database {where} as {arguments['user']}: {why}") from error


async def _records(connection: asyncpg.Connection[Any]) -> dict[str, bool]:
    records: dict[str, bool] = {}
    if await connection.fetchval(HAS_RECORDS):
        for row in await connection.fetch(RECORDS):
            records[row["migration_name"]] = row["finished"] or records.get(row["migration_name"], False)
    if not records and await connection.fetchval(HAS_TABLES):
        raise SchemaError(
            "the database has LiteLLM's tables, but no record of migrations (they were made by `prisma db push`?): "
            "record those that it has with `prisma migrate resolve --applied`, or use an empty database"
        )
    return records


async def _lock(connection: asyncpg.Connection[Any]) -> None:
    """Wait for the lock by asking again and again.

    A session that waits inside of Postgres holds a snapshot, and building an index concurrently waits
    for all of those: the two would wait for each other.
    """
    deadline = time.monotonic() + LOCK_LIMIT
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", PRISMA_LOCK):
        if time.monotonic() > deadline:
            raise SchemaError(f"somebody else has been migrating this database for {LOCK_LIMIT:g} s")
        await asyncio.sleep(LOCK_POLL)


async def _apply(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    import asyncpg

    apply = _apply_outside_transaction if migration.concurrent_index else _apply_in_transaction
    try:
        await apply(connection, migration)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        detail = getattr(error, "detail", None)
        raise SchemaError(f"migration {migration.name} failed: {error}{f' ({detail})' if detail else ''}") from error


async def _apply_in_transaction(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    started = datetime.now(UTC)
    async with connection.transaction():
        await connection.execute(migration.sql)
        await _record(connection, migration, started)


async def _apply_outside_transaction(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    import asyncpg

    started = datetime.now(UTC)
    # Left by an interrupted build. IF NOT EXISTS would be content with it.
    await _drop_invalid_index(connection, migration)
    try:
        await connection.execute(migration.sql)
    except asyncpg.PostgresError:
        await _drop_invalid_index(connection, migration)
        raise
    await _record(connection, migration, started)


async def _drop_invalid_index(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    name = migration.concurrent_index
    if await connection.fetchval(IS_INVALID_INDEX, name):
        await connection.execute(f'DROP INDEX CONCURRENTLY "{name}"')


async def _record(connection: asyncpg.Connection[Any], migration: Migration, started: datetime) -> None:
    await connection.execute(RECORD, str(uuid.uuid4()), migration.checksum, migration.name, started)
