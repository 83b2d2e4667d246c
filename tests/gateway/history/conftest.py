"""The store of chat history on both databases, contents plain and sealed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.cipher import Cipher
from gateway.database.engine import Database
from gateway.history.contents import Contents
from gateway.history.rows import NewTurn, Usage
from gateway.history.sessions import Sessions
from gateway.history.turns import Turns
from tests.support.postgres import Postgres

LEASE = 60_000
OWNER = "user:alice"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/history.sqlite3"
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(f"history_{uuid4().hex[:12]}")


OpenDatabase = Callable[..., Database]


@pytest.fixture
async def open_database(database_url: str) -> AsyncIterator[OpenDatabase]:
    """Opens the database once more: as another replica would."""
    async with AsyncExitStack() as stack:

        def opened(*, connections: int = 5, timeout: float = 20) -> Database:
            database = Database(database_url, connections=connections, timeout=timeout)
            stack.push_async_callback(database.close)
            return database

        yield opened


@dataclass
class Store:
    """One replica's store."""

    database: Database
    turns: Turns
    sessions: Sessions

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return await self.database.run(lambda connection: connection.rows(sql, *values))

    async def count(self, table: str) -> int:
        return int((await self.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


def store_of(database: Database, cipher: Cipher | None = None, lease: int = LEASE) -> Store:
    contents = Contents(cipher)

    async def source() -> Contents:
        return contents

    return Store(database, Turns(database, source, lease=lease), Sessions(database, source))


@pytest.fixture(params=["plain", "sealed"])
def store(request: pytest.FixtureRequest, open_database: OpenDatabase) -> Store:
    cipher = Cipher((bytes(range(32)),)) if request.param == "sealed" else None
    return store_of(open_database(), cipher)


def turn_of(session_id: UUID, number: int = 1, **changes: Any) -> NewTurn:
    """A question and its answer."""
    fields: dict[str, Any] = {
        "id": uuid4(),
        "session_id": session_id,
        "owner": OWNER,
        "number": number,
        "title": f"question {number}",
        "model": "demo",
        "finish_reason": "stop",
        "usage": Usage(input_tokens=10, output_tokens=5, total_tokens=15),
        "messages": [user(f"question {number}"), assistant(f"answer {number}")],
    }
    return NewTurn(**fields | changes)


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


async def add_turn(store: Store, session_id: UUID, owner: str = OWNER, **changes: Any) -> NewTurn:
    """One more turn of a session that exists."""
    lease = uuid4()
    begun = await store.turns.begin(session_id, owner, lease, newest=0)
    turn = turn_of(session_id, begun.turn_count + 1, id=lease, owner=owner, **changes)
    await store.turns.store(turn)
    return turn


async def new_session(store: Store, turns: int = 1, **changes: Any) -> UUID:
    session_id = uuid4()
    await store.turns.store(turn_of(session_id, **changes))
    for _ in range(turns - 1):
        await add_turn(store, session_id, changes.get("owner", OWNER))
    return session_id


async def gathered(*work: Any) -> list[Any]:
    """Results and exceptions of all."""
    return list(await asyncio.gather(*work, return_exceptions=True))
