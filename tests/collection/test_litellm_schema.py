"""LiteLLM's migrations, applied to a real Postgres."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.litellm_schema import (
    CREATE_RECORDS,
    PRISMA_LOCK,
    Migration,
    SchemaError,
    apply_migrations,
    litellm_migrations,
    missing,
    read_migrations,
)

from tests.support.postgres import Postgres

FIRST = Migration("1_first", "CREATE TABLE a (id INT); INSERT INTO a VALUES (1);")
SECOND = Migration("2_second", "ALTER TABLE a ADD COLUMN b TEXT;")
BROKEN = Migration("3_broken", "CREATE TABLE c (id INT); INSERT INTO a SELECT 'x';")
INDEX = Migration("4_index", '-- concurrently\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "a_id" ON a (id);')


@pytest.fixture
def database(postgres: Postgres) -> tuple[str, Callable[[str], str]]:
    """An empty database: its URL, and what runs SQL in it."""
    name = f"schema-{uuid4().hex}"
    return postgres.create_database(name), lambda sql: postgres.execute(sql, name)


def test_migrations_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("20260102_b", "20260101_a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "migration.sql").write_bytes(b"SELECT 1;\r\n")
    (tmp_path / "migration_lock.toml").touch()
    migrations = read_migrations(tmp_path)
    assert [migration.name for migration in migrations] == ["20260101_a", "20260102_b"]
    assert migrations[0].checksum == hashlib.sha256(b"SELECT 1;\r\n").hexdigest()


def test_a_directory_without_migrations_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=str(tmp_path)):
        read_migrations(tmp_path)


def test_what_is_not_recorded_is_missing() -> None:
    assert missing([FIRST, SECOND], {"1_first": True, "0_of_another_version": True}) == [SECOND]


def test_a_migration_that_something_else_left_unfinished_is_named() -> None:
    with pytest.raises(SchemaError, match=r"1_first.*prisma migrate resolve"):
        missing([FIRST, SECOND], {"1_first": False})


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ('CREATE INDEX CONCURRENTLY "i" ON t (x)', "i"),
        ('-- why\ncreate unique index  concurrently if not exists "i"\nON t (x);', "i"),
        (f'CREATE INDEX CONCURRENTLY "{"i" * 70}" ON t (x)', "i" * 63),
        ('-- CREATE INDEX CONCURRENTLY "i" ON t (x)\nSELECT 1', None),
        ('/* CREATE INDEX CONCURRENTLY "i" */ CREATE INDEX "i" ON t (x)', None),
    ],
)
def test_only_indexes_built_concurrently_stay_out_of_a_transaction(sql: str, index: str | None) -> None:
    assert Migration("m", sql).concurrent_index == index


async def test_records_are_those_of_prisma(database: tuple[str, Callable[[str], str]]) -> None:
    url, sql = database
    assert await apply_migrations(url, [FIRST, SECOND]) == ["1_first", "2_second"]
    columns = "id, checksum, migration_name, logs IS NULL, rolled_back_at IS NULL, applied_steps_count"
    row = sql(f"SELECT {columns}, finished_at >= started_at FROM _prisma_migrations ORDER BY migration_name").split()[0]
    identity, *rest = row.split("|")
    assert UUID(identity).version == 4
    assert rest == [FIRST.checksum, "1_first", "t", "t", "1", "t"]


async def test_only_what_is_missing_is_applied(database: tuple[str, Callable[[str], str]]) -> None:
    url, sql = database
    assert await apply_migrations(url, [FIRST]) == ["1_first"]
    assert await apply_migrations(url, [FIRST]) == []
    assert await apply_migrations(url, [FIRST, SECOND]) == ["2_second"]
    assert sql("SELECT id, b FROM a") == "1|"


async def test_a_migration_that_was_rolled_back_is_applied_again(database: tuple[str, Callable[[str], str]]) -> None:
    url, sql = database
    sql(CREATE_RECORDS)
    sql(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, rolled_back_at) "
        f"VALUES ('x', '{FIRST.checksum}', '1_first', now())"
    )
    assert await apply_migrations(url, [FIRST]) == ["1_first"]


async def test_check_changes_nothing(database: tuple[str, Callable[[str], str]]) -> None:
    url, sql = database
    assert await apply_migrations(url, [FIRST, SECOND], check=True) == ["1_first", "2_second"]
    assert sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"


async def test_a_failure_leaves_no_trace_and_is_explained(database: tuple[str, Callable[[str], str]]) -> None:
    url, sql = database
    with pytest.raises(SchemaError, match="3_broken failed: invalid input syntax for type integer") as raised:
        await apply_migrations(url, [FIRST, BROKEN])
    assert url not in str(raised.value)
    assert sql("SELECT to_regclass('c') IS NULL") == "t"
    assert sql("SELECT migration_name FROM _prisma_migrations") == "1_first"


async def test_an_index_that_an_interrupted_build_left_is_built_again(
    database: tuple[str, Callable[[str], str]],
) -> None:
    url, sql = database
    await apply_migrations(url, [FIRST])
    sql("INSERT INTO a VALUES (1)")  # a duplicate
    with pytest.raises(SchemaError, match="4_index failed: could not create unique index"):
        await apply_migrations(url, [FIRST, INDEX])
    assert sql("SELECT to_regclass('a_id') IS NULL") == "t"
    sql("DELETE FROM a; CREATE UNIQUE INDEX a_id ON a (id)")
    sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'a_id'::regclass")
    assert await apply_migrations(url, [FIRST, INDEX]) == ["4_index"]
    assert sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass") == "t"


async def test_several_at_once_apply_each_migration_once(database: tuple[str, Callable[[str], str]]) -> None:
    url, _ = database
    all_of_them = litellm_migrations()
    applied = await asyncio.gather(*(apply_migrations(url, all_of_them) for _ in range(3)))
    assert sorted(len(names) for names in applied) == [0, 0, len(all_of_them)]


async def test_prismas_own_migrate_is_waited_for(database: tuple[str, Callable[[str], str]]) -> None:
    import asyncpg

    url, _ = database
    prisma = await asyncpg.connect(url)
    try:
        await prisma.execute("SELECT pg_advisory_lock($1)", PRISMA_LOCK)
        waiting = asyncio.create_task(apply_migrations(url, [FIRST]))
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert not done
    finally:
        await prisma.close()
    assert await waiting == ["1_first"]


async def test_tables_without_records_are_refused(database: tuple[str, Callable[[str], str]]) -> None:
    url, sql = database
    sql('CREATE TABLE "LiteLLM_UserTable" (id INT)')
    with pytest.raises(SchemaError, match="no record of migrations"):
        await apply_migrations(url, [FIRST])


@pytest.mark.parametrize("fault", ["password", "database"])
async def test_an_unreachable_database_is_named_without_its_password(postgres: Postgres, fault: str) -> None:
    faults = {
        "password": f"postgresql://postgres:hidden@127.0.0.1:{postgres.port}/postgres",
        "database": postgres.url("missing"),
    }
    with pytest.raises(SchemaError, match=rf"cannot connect to the database 127\.0\.0\.1:{postgres.port}/") as raised:
        await apply_migrations(faults[fault], [FIRST])
    assert "hidden" not in str(raised.value)
    assert postgres.password not in str(raised.value)
