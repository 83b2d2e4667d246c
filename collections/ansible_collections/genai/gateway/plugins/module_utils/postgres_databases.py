"""Databases, each with a role of its own that owns it and nothing else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

RETRY_SECONDS = 0.2
CONNECT_SECONDS = 10


class DatabaseError(Exception):
    """A database cannot be made what it should be; the message says which and why, and holds no password."""


@dataclass(frozen=True)
class Server:
    """A server and its superuser."""

    host: str
    port: int
    user: str
    password: str


async def converge(server: Server, passwords: Mapping[str, str], seconds: float, *, check_mode: bool) -> list[str]:
    """Makes a role and a database of each name, the role with its password; returns the names that lacked something.

    A server that is still starting is waited for, so many seconds. Raises DatabaseError.
    """
    connection = await _connect(server, seconds)
    try:
        lacking = [name for name in passwords if not await _is_right(connection, server, name, passwords[name])]
        if not check_mode:
            for name in lacking:
                await _make(connection, name, passwords[name])
    except (asyncpg.PostgresError, OSError) as error:
        raise DatabaseError(f"Postgres refuses: {error}") from error
    finally:
        await connection.close()
    return lacking


async def _connect(server: Server, seconds: float) -> asyncpg.Connection:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await _login(server, server.user, server.password, "postgres")
        except (OSError, asyncpg.CannotConnectNowError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise DatabaseError(f"no Postgres at {server.host}:{server.port}: {error}") from error
        except asyncpg.PostgresError as error:
            raise DatabaseError(f"Postgres at {server.host}:{server.port} refuses {server.user}: {error}") from error
        await asyncio.sleep(RETRY_SECONDS)


async def _login(server: Server, user: str, password: str, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        host=server.host,
        port=server.port,
        user=user,
        password=password,
        database=database,
        ssl=False,
        timeout=CONNECT_SECONDS,
    )


async def _is_right(connection: asyncpg.Connection, server: Server, name: str, password: str) -> bool:
    owner = await connection.fetchval("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", name)
    if owner != name:
        return False
    try:
        await (await _login(server, name, password, name)).close()
    except asyncpg.InvalidAuthorizationSpecificationError:
        return False
    return True


async def _make(connection: asyncpg.Connection, name: str, password: str) -> None:
    # The password is part of the statement; it is not to reach the server's log should the statement fail.
    await connection.execute("SET log_min_error_statement = panic")
    exists = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name)
    verb = "ALTER" if exists else "CREATE"
    role, secret = await connection.fetchrow("SELECT quote_ident($1), quote_literal($2)", name, password)
    await connection.execute(f"{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {secret}")
    if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await connection.execute(f"ALTER DATABASE {role} OWNER TO {role}")
    else:
        await connection.execute(f"CREATE DATABASE {role} OWNER {role}")
    await connection.execute(f"REVOKE ALL ON DATABASE {role} FROM PUBLIC")
