"""The database: made when it is missing, by many at once; given up in time when it does not answer."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from gateway.database.connection import Connection
from gateway.database.engine import Database, DatabaseUnavailable
from gateway.database.schema import TORTOISE
from tests.gateway.history.conftest import OWNER, OpenDatabase, gathered, new_session, store_of
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[3]
NOBODY = "127.0.0.1:9"

PREPARE = """
import asyncio, sys
from gateway.database.engine import Database

async def main():
    database = Database(sys.argv[1], connections=2, timeout=30)
    try:
        await database.check()
    finally:
        await database.close()

asyncio.run(main())
"""


def replica(url: str) -> subprocess.Popen[str]:
    """A process that prepares the database and ends."""
    command = [sys.executable, "-c", PREPARE, url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


async def applied(database: Database) -> list[str]:
    rows = await database.run(lambda connection: connection.rows("SELECT name FROM migrations ORDER BY name"))
    return [row["name"] for row in rows]


async def test_replicas_that_start_together_make_the_database_once(database_url: str, open_database: OpenDatabase):
    replicas = [replica(database_url) for _ in range(4)]
    for process in replicas:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    database = open_database()
    migrations = sorted(path.stem for path in (ROOT / "gateway/database/migrations").glob("0*.py"))
    assert await applied(database) == migrations
    assert len(await store_of(database).sessions.ids(OWNER)) == 0


async def test_a_replica_that_is_killed_while_it_makes_the_tables_is_in_nobodys_way(
    database_url: str, open_database: OpenDatabase
):
    for moment in range(6):
        process = replica(database_url)
        with suppress(subprocess.TimeoutExpired):  # it may have been faster
            process.wait(0.4 + 0.07 * moment)
        process.kill()
        process.communicate()
    assert await new_session(store_of(open_database()))


async def test_the_migrations_make_what_the_models_say():
    """As `make migrations` finds out."""
    context = await Tortoise.init(config=TORTOISE, init_connections=False)
    try:
        assert await MigrationAutodetector(context.apps, TORTOISE["apps"]).changes() == []
    finally:
        await context.close_connections()


async def test_a_database_that_is_not_there_is_given_up_without_a_word_of_its_password():
    database = Database(f"postgresql://user:hunter2@{NOBODY}/gateway", connections=2, timeout=5)
    with pytest.raises(DatabaseUnavailable) as failure:
        await database.check()
    assert "hunter2" not in str(failure.value)
    await database.close()


async def test_a_database_that_hangs_is_given_up_in_time_and_used_again_when_it_goes_on():
    with Postgres() as server:
        database = Database(server.url("history"), connections=2, timeout=1)
        try:
            await database.check()
            leader = int((server.data / "postmaster.pid").read_text().split()[0])
            everybody = [leader, *children_of(leader)]
            for process in everybody:
                os.kill(process, signal.SIGSTOP)
            try:
                begin = time.monotonic()
                results = await gathered(*(database.check() for _ in range(4)))
                assert all(isinstance(result, DatabaseUnavailable) for result in results)
                assert time.monotonic() - begin < 10
            finally:
                for process in everybody:
                    os.kill(process, signal.SIGCONT)
            await usable_in_the_end(database)
        finally:
            await database.close()


async def test_a_file_that_cannot_be_opened_holds_up_nobody_and_is_used_once_it_can_be(tmp_path: Path):
    file = tmp_path / "history.sqlite3"
    file.mkdir()  # whoever runs the tests, it cannot be opened as a file
    database = Database(f"sqlite://{file}", connections=2, timeout=5)
    try:
        async with asyncio.timeout(30):
            for _ in range(2):
                with pytest.raises(DatabaseUnavailable):
                    await database.check()
            file.rmdir()
            await database.check()
    finally:
        await database.close()


async def test_a_file_that_is_no_database_is_not_used_half_opened(tmp_path: Path):
    file = tmp_path / "history.sqlite3"
    file.write_text("no database, but long enough to be looked at" * 100)
    database = Database(f"sqlite://{file}", connections=2, timeout=5)
    try:
        async with asyncio.timeout(30):
            with pytest.raises(DatabaseUnavailable):
                await database.check()
            file.unlink()
            [row] = await database.run(lambda connection: connection.rows("PRAGMA foreign_keys"))
            assert row[0] == 1
    finally:
        await database.close()


def children_of(process: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(process).children(recursive=True)]


async def usable_in_the_end(database: Database) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                return await database.check()
            except DatabaseUnavailable:
                continue


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_when_all_connections_are_in_use_the_next_is_not_waited_for_for_ever(open_database: OpenDatabase):
    database = open_database(connections=2, timeout=1)
    await database.check()
    free, all_taken = asyncio.Event(), asyncio.Barrier(3)

    async def held(connection: Connection) -> None:
        await all_taken.wait()
        with suppress(asyncio.CancelledError):  # its time is over before that of who comes after
            await free.wait()
        await free.wait()

    holding = [asyncio.create_task(database.run(held)) for _ in range(2)]
    await all_taken.wait()
    with pytest.raises(DatabaseUnavailable):
        await database.check()
    free.set()
    await gathered(*holding)
    await database.check()


async def test_no_connection_is_lost_to_callers_who_leave(open_database: OpenDatabase):
    database = open_database(connections=2, timeout=10)
    store = store_of(database)
    session_id = await new_session(store)
    for _ in range(40):
        tasks = [asyncio.create_task(store.turns.begin(session_id, OWNER, uuid4())) for _ in range(3)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await gathered(*tasks)
    async with asyncio.timeout(5):
        await asyncio.gather(*(database.check() for _ in range(4)))


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_turn_is_stored_though_the_connection_was_cut(open_database: OpenDatabase):
    store, other = store_of(open_database(connections=1)), open_database()
    await store.database.check()
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    assert len(await other.run(lambda connection: connection.rows(cut))) == 1
    session_id = await new_session(store)
    assert [turn.number for turn in (await store.sessions.read(session_id, OWNER))[1]] == [1]


async def test_what_a_failure_quotes_is_not_passed_on(open_database: OpenDatabase, caplog: pytest.LogCaptureFixture):
    database = open_database()
    with pytest.raises(DatabaseUnavailable) as failure:
        await database.run(lambda connection: connection.rows("SELECT * FROM no_table WHERE x = 'a secret'"))
    assert "secret" not in str(failure.value) + caplog.text


async def test_tables_that_are_gone_are_made_again(open_database: OpenDatabase):
    """As after the database was restored from a time before them."""
    store = store_of(open_database())
    await new_session(store)
    history = ("session_parts", "messages", "turns", "sessions", "parts", "chores")
    for table in (*history, "login_keys", "user_locks", "migrations"):
        await store.rows(f"DROP TABLE {table}")
    with pytest.raises(DatabaseUnavailable):
        await store.sessions.ids(OWNER)
    assert await store.sessions.ids(OWNER) == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_tls_is_asked_for_as_libpq_has_it(database_url: str):
    """The server of the tests speaks no TLS: what requires it must fail, what prefers it must not."""
    for mode, works in (("prefer", True), ("disable", True), ("require", False), ("verify-full", False)):
        database = Database(f"{database_url}?sslmode={mode}", connections=1, timeout=5)
        try:
            if works:
                await database.check()
            else:
                with pytest.raises(DatabaseUnavailable):
                    await database.check()
        finally:
            await database.close()


async def test_a_database_that_may_not_be_made_is_unavailable(postgres: Postgres):
    name = f"reader_{uuid4().hex[:8]}"
    postgres.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'weak'")
    url = f"postgresql://{name}:{quote('weak')}@127.0.0.1:{postgres.port}/not_{name}"
    database = Database(url, connections=1, timeout=5)
    try:
        with pytest.raises(DatabaseUnavailable, match="InsufficientPrivilege"):
            await database.check()
    finally:
        await database.close()
