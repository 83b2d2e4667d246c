"""A connection to Postgres for a while, and which of its failures pass."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from gateway.database.address import APPLICATION
from gateway.prepare.errors import NotYet, PrepareError
from gateway.prepare.login import CONNECT_TIME, Login
from gateway.units import SECONDS

CLOSE_TIME = 2 * SECONDS

# asyncpg's InterfaceError is what it raises when a connection was lost before.
_PASSING = (
    *(OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError),
    *(asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError),
    *(asyncpg.TooManyConnectionsError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError),
)


@asynccontextmanager
async def connected(login: Login) -> AsyncIterator[Any]:
    """A connection of asyncpg's.

    Raises NotYet for what passes, PrepareError for a certificate that is not accepted, else asyncpg's PostgresError;
    so does what is run on it.
    """
    try:
        connection = await asyncpg.connect(
            host=login.host,
            port=login.port,
            user=login.role,
            password=login.password,
            database=login.database,
            ssl=login.tls,
            timeout=CONNECT_TIME,
            server_settings={"application_name": APPLICATION},
        )
        try:
            yield connection
        finally:
            # What ended the block is to be heard, a cancellation above all, not that a dead connection cannot close.
            with suppress(*_PASSING):
                await connection.close(timeout=CLOSE_TIME)
    except ssl.SSLCertVerificationError as error:
        reason = f"the certificate of Postgres at {login.place} is not accepted: {error.verify_message}"
        raise PrepareError(reason) from None
    except _PASSING as error:
        raise NotYet(f"Postgres at {login.place} cannot be used: {reason_of(error)}") from None


def reason_of(error: BaseException) -> str:
    """On one line; Postgres's words with their details, which name roles and databases only."""
    if isinstance(error, TimeoutError):
        return "it does not answer"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
