"""gateway/identity/user_locks.py, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from gateway.database.connection import Connection
from gateway.database.engine import Database
from gateway.errors import AccessUnavailable, UpstreamTimeout, UserBusy
from gateway.identity import user_locks
from gateway.identity.user_locks import UserLocks
from tests.gateway.history.conftest import OpenDatabase


async def held(database: Database) -> int:
    async def count(connection: Connection) -> int:
        return len(await connection.rows("SELECT name FROM user_locks"))

    return await database.run(count)


async def test_one_at_a_time_whichever_replica(open_database: OpenDatabase):
    replicas = [UserLocks(open_database()) for _ in range(3)]
    inside, most = 0, 0

    async def work(locks: UserLocks) -> None:
        nonlocal inside, most
        async with locks.of("alice"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work(locks) for locks in replicas * 3))
    assert most == 1


async def test_users_do_not_wait_for_each_other(open_database: OpenDatabase):
    locks = UserLocks(open_database())
    async with locks.of("alice"), locks.of("bob"), locks.of("A" * 1000):
        assert await held(open_database()) == 3


async def test_whoever_waits_too_long_is_told(open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(user_locks, "PATIENCE", 0.0)
    locks = UserLocks(open_database())
    async with locks.of("alice"):
        with pytest.raises(UserBusy) as refusal:
            async with locks.of("alice"):
                pytest.fail("two at a time")
        assert refusal.value.retry_after == "1"
    async with locks.of("alice"):
        pass


async def test_the_lock_of_a_replica_that_died_ends_by_itself(
    open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
):
    database = open_database()
    locks = UserLocks(database)

    async def outlive(connection: Connection) -> None:
        await connection.rows("UPDATE user_locks SET until = 0")

    async with locks.of("alice"):
        await database.run(outlive)
        async with locks.of("alice"):
            assert await held(database) == 1
        # The one that took over has released it, and the first does not release somebody else's.
        async with locks.of("alice"):
            pass


async def test_what_takes_too_long_is_ended_and_released(open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(user_locks, "WITHIN", 0.01)
    database = open_database()
    with pytest.raises(UpstreamTimeout):
        async with UserLocks(database).of("alice"):
            await asyncio.Event().wait()
    assert await held(database) == 0


async def test_a_time_limit_of_what_is_done_inside_is_its_own(open_database: OpenDatabase):
    with pytest.raises(TimeoutError):
        async with UserLocks(open_database()).of("alice"):
            raise TimeoutError


async def test_whoever_is_cancelled_leaves_no_lock(open_database: OpenDatabase):
    database = open_database()
    await database.prepare()
    locks = UserLocks(database)

    async def work() -> None:
        async with locks.of("alice"):
            await asyncio.Event().wait()

    for turns in range(30):
        task = asyncio.create_task(work())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await held(database) == 0, turns


async def test_without_the_database_nothing_is_done():
    database = Database("postgresql://u:p@127.0.0.1:9/d", connections=1, timeout=1)
    try:
        with pytest.raises(AccessUnavailable, match="nothing was changed"):
            async with UserLocks(database).of("alice"):
                pytest.fail("without a lock")
    finally:
        await database.close()
