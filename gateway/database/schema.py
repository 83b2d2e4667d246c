"""The database itself and its tables: made where they are missing, by whichever replica comes first.

The migrations are Tortoise's, and so is their SQL. They are carried out here: Tortoise takes no lock, records a
migration after its transaction, and commits within one on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from pkgutil import iter_modules
from sqlite3 import complete_statement
from typing import Any

import asyncpg

from gateway.database import migrations
from gateway.database.connection import Connection

APP = "gateway"
CONNECTION = "default"
MODELS = ["gateway.history.models", "gateway.identity.models"]
MIGRATIONS = migrations.__name__

# For `make migrations`, which writes files and connects to nothing.
TORTOISE: dict[str, dict[str, Any]] = {
    "connections": {CONNECTION: "sqlite://:memory:"},
    "apps": {APP: {"models": MODELS, "migrations": MIGRATIONS, "default_connection": CONNECTION}},
}

# Exists in every cluster, to connect to when another does not.
_MAINTENANCE = "postgres"

_APPLIED = "CREATE TABLE IF NOT EXISTS migrations (name VARCHAR(255) PRIMARY KEY, applied_at BIGINT NOT NULL)"


async def create_if_missing(credentials: dict[str, Any]) -> None:
    """Create the database of Postgres. Raises what asyncpg raises, also where the role may not."""
    arguments = {name: credentials[name] for name in ("host", "port", "user", "password", "timeout", "ssl")}
    try:
        await (await asyncpg.connect(database=credentials["database"], **arguments)).close()
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(database=_MAINTENANCE, **arguments)
        try:
            name = credentials["database"].replace('"', '""')
            await connection.execute(f'CREATE DATABASE "{name}"')
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # another replica was faster
        finally:
            await connection.close()


async def missing_migrations(connection: Connection) -> list[str]:
    """Names of those that have not been applied, in their order.

    What is in the database and not known here is of a newer gateway, and stays.
    """
    async with connection.transaction():
        await connection.lock()
        await connection.rows(_APPLIED)
        applied = {row["name"] for row in await connection.rows("SELECT name FROM migrations")}
    return sorted({module.name for module in iter_modules(migrations.__path__)} - applied)


async def statements_of(client: Any, name: str) -> list[str]:
    """The SQL of a migration in the dialect of Tortoise's client, which must be free to be asked."""
    # Not before it is needed: it takes a tenth of a second to import.
    from tortoise.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(client, TORTOISE["apps"])
    return list(_separate("\n".join(await executor.collect_sql(APP, name))))


def _separate(script: str) -> Iterator[str]:
    """Statements one by one, as the drivers take them; each ends with the line."""
    lines: list[str] = []
    for line in script.splitlines():
        if not line.startswith("--"):
            lines.append(line)
        if complete_statement("\n".join(lines)):
            yield "\n".join(lines)
            lines = []


async def apply(connection: Connection, name: str, statements: list[str]) -> None:
    """Apply a migration, unless another replica has: all in one transaction, one replica at a time."""
    async with connection.transaction():
        await connection.lock()
        if await connection.rows("SELECT 1 FROM migrations WHERE name = $1", name):
            return
        for statement in statements:
            await connection.rows(statement)
        record = f"INSERT INTO migrations VALUES ($1, {connection.now})"  # noqa: S608 - the clock is the code's own
        await connection.rows(record, name)
