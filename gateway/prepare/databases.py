"""The databases of LiteLLM and the gateway, each of a role of its own: made, closed to others, their passwords kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from gateway.prepare.connection import connected, reason_of
from gateway.prepare.errors import NotYet, PrepareError
from gateway.prepare.login import Login
from gateway.prepare.verifier import scram_verifier
from gateway.units import SECONDS

FIRST_PAUSE = 0.25 * SECONDS
LONGEST_PAUSE = 5 * SECONDS

# Any number that no other application takes in the database that the owner connects to.
LOCK = 7_304_106_230

_REFUSED = (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Databases:
    """`owner` may create roles and databases and need not be a superuser; `targets` are what is to work."""

    owner: Login
    targets: Sequence[Login]


async def prepare_databases(databases: Databases, *, within: float) -> None:
    """Returns when all targets accept their logins. Any number of replicas may run it at the same time, and again.

    Waits up to `within` seconds for a Postgres that does not answer yet. Raises PrepareError.
    """
    fault: NotYet | None = None
    try:
        async with asyncio.timeout(within):
            for pause in _pauses():
                try:
                    return await _prepare(databases)
                except NotYet as error:
                    if fault is None:
                        _log.warning("waiting: %s", error)
                    fault = error
                await asyncio.sleep(pause)
    except TimeoutError:
        reason = fault or f"Postgres at {databases.owner.place} does not answer, or another replica is at it"
        raise PrepareError(f"gave up after {within:g} seconds: {reason}") from None


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


async def _prepare(databases: Databases) -> None:
    missing = [target for target in databases.targets if not await _is_ready(target)]
    if missing:
        try:
            await _make_all(databases.owner, missing)
        except asyncpg.PostgresError as error:
            raise PrepareError(f"DATABASE_OWNER_URL: {reason_of(error)}") from None
    _log.info("ready: %s", " and ".join(f"the database {target.database}" for target in databases.targets))


async def _is_ready(target: Login) -> bool:
    """Whether its role can log in, and not everybody else."""
    try:
        async with connected(target) as connection:
            return not await _is_open(connection, target)
    except asyncpg.PostgresError:
        return False


async def _make_all(owner: Login, targets: Sequence[Login]) -> None:
    """One replica at a time. Raises asyncpg's PostgresError for what the owner may not do."""
    async with connected(owner) as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        for target in targets:
            # Another replica may have been faster.
            if not await _is_ready(target):
                await _make(connection, target)
                await _confirm(target)


async def _make(owner: Any, target: Login) -> None:
    """What of it is missing. The password comes last: a login that works means that all else is done."""
    if not await owner.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", target.role):
        await owner.execute(f'CREATE ROLE "{target.role}" LOGIN')
        _log.info("created the role %s", target.role)
    await _make_database(owner, target)
    await _close(owner, target)
    if await _is_refused(target):
        await owner.execute(f"ALTER ROLE \"{target.role}\" LOGIN PASSWORD '{scram_verifier(target.password)}'")
        _log.info("set the password of the role %s", target.role)


async def _make_database(owner: Any, target: Login) -> None:
    found = await owner.fetchval(
        "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = $1", target.database
    )
    if found is None:
        await _let_act_as(owner, target.role)
        # Nobody can be connected to template0, which would keep it from being copied.
        await owner.execute(f'CREATE DATABASE "{target.database}" OWNER "{target.role}" TEMPLATE template0')
        _log.info("created the database %s", target.database)
    elif found != target.role:
        raise PrepareError(
            f"the database {target.database} at {target.place} belongs to the role {found}, not to {target.role}: "
            f'run ALTER DATABASE "{target.database}" OWNER TO "{target.role}", or name another database'
        )


async def _close(owner: Any, target: Login) -> None:
    """Not in one step with creating it, which no transaction can hold: a replica may have died in between."""
    if await _is_open(owner, target):
        await _let_act_as(owner, target.role)
        async with owner.transaction():
            await owner.execute(f'SET LOCAL ROLE "{target.role}"')
            await owner.execute(f'REVOKE ALL ON DATABASE "{target.database}" FROM PUBLIC')
        _log.info("closed the database %s to other roles", target.database)


async def _is_open(connection: Any, target: Login) -> bool:
    """Whether any role may connect to it."""
    query = "SELECT has_database_privilege('public', $1::text, 'CONNECT')"
    return bool(await connection.fetchval(query, target.database))


async def _let_act_as(owner: Any, role: str) -> None:
    """Who is no superuser gives a database only to a role that they can become; PostgreSQL 16 and later no longer let
    who has created a role become it, but grant it to themselves."""
    try:
        async with owner.transaction():
            await owner.execute(f'SET LOCAL ROLE "{role}"')
    except asyncpg.InsufficientPrivilegeError:
        await owner.execute(f'GRANT "{role}" TO CURRENT_USER')


async def _is_refused(target: Login) -> bool:
    """Whether the login itself is, of a role without a password or with another."""
    try:
        async with connected(target):
            return False
    except asyncpg.PostgresError as error:
        return isinstance(error, _REFUSED)


async def _confirm(target: Login) -> None:
    try:
        async with connected(target) as connection:
            if not await _is_open(connection, target):
                return
            reason = "every role may connect to it"
    except asyncpg.PostgresError as error:
        reason = reason_of(error)
    raise PrepareError(
        f"the database {target.database} of the role {target.role} at {target.place} cannot be used: {reason}"
    )
