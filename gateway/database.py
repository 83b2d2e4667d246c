"""The gateway's own database, SQLite or Postgres, through Tortoise ORM."""

from __future__ import annotations

from importlib import import_module

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url


class DatabaseUnavailable(Exception):
    """The database does not answer; the message names no password."""


class Database:
    """Connects when it is first used: a database that is down must not keep the gateway from starting."""

    def __init__(self, url: str) -> None:
        database = expand_db_url(url)
        client_class = import_module(database["engine"]).client_class
        self._client: BaseDBAsyncClient = client_class(**database["credentials"], connection_name="default")

    async def close(self) -> None:
        await self._client.close()

    async def check(self) -> None:
        """Raises DatabaseUnavailable unless it answers a query."""
        try:
            await self._client.execute_query("SELECT 1")
        except Exception as error:  # drivers differ in what they raise; whatever it is, the database is of no use
            raise DatabaseUnavailable(f"cannot be used ({type(error).__name__})") from error
