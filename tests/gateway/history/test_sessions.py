"""Sessions as their owners see them."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from gateway.cipher import Cipher
from gateway.database.engine import Database
from gateway.errors import HistoryUnreadable, SessionNotFound
from gateway.history.contents import Contents
from gateway.history.retention import BATCH, Retention
from gateway.history.rows import Usage
from tests.gateway.history.conftest import (
    OWNER,
    OpenDatabase,
    Store,
    add_turn,
    assistant,
    new_session,
    store_of,
    user,
)

DAY = 86_400_000


async def titles(store: Store, **options) -> list[str]:
    found = await store.sessions.page(OWNER, **{"limit": 100} | options)
    return [session.title for session in found]


async def age(store: Store, session_id: UUID, days: int) -> None:
    sql = f"UPDATE sessions SET updated_at = updated_at - {days * DAY} WHERE id = $1"
    await store.rows(sql, str(session_id))


async def test_an_owner_sees_their_own_sessions_newest_first(store: Store):
    for days, title in ((3, "old"), (1, "new"), (2, "middle")):
        await age(store, await new_session(store, title=title), days)
    await new_session(store, title="not theirs", owner="user:bob")
    assert await titles(store) == ["new", "middle", "old"]


async def test_a_session_that_goes_on_is_the_newest_again(store: Store):
    first = await new_session(store, title="first")
    await age(store, await new_session(store, title="second"), 1)
    await age(store, first, 2)
    await add_turn(store, first)
    assert await titles(store) == ["first", "second"]


async def test_pages_hold_every_session_once(store: Store):
    made = {await new_session(store) for _ in range(7)}
    await store.rows("UPDATE sessions SET updated_at = 5")  # all at the same moment
    seen: list[UUID] = []
    after = None
    while batch := await store.sessions.page(OWNER, limit=3, after=after):
        seen += [session.id for session in batch]
        after = batch[-1].updated_at, batch[-1].id
    assert len(seen) == 7
    assert set(seen) == made == set(await store.sessions.ids(OWNER))


async def test_titles_are_searched_in_any_case_and_script(store: Store):
    for title in ("Über Züge in Österreich", "Trains in Austria", "ΟΔΥΣΣΕΥΣ"):
        await new_session(store, title=title)
    assert await titles(store, query="ÖSTERREICH über") == ["Über Züge in Österreich"]
    assert await titles(store, query="οδυσσευσ") == ["ΟΔΥΣΣΕΥΣ"]
    assert await titles(store, query="100%") == await titles(store, query="_") == []
    assert len(await titles(store, query="IN", limit=1)) == 1


async def test_a_summary_tells_what_it_sums_up(store: Store):
    session_id = await new_session(store, title="trains", usage=Usage(input_tokens=3, output_tokens=4, total_tokens=7))
    await add_turn(store, session_id, model="other", usage=Usage(input_tokens=30, output_tokens=40, total_tokens=70))
    [session] = await store.sessions.page(OWNER, limit=5)
    assert (session.id, session.title, session.model, session.turns) == (session_id, "trains", "other", 2)
    assert session.usage == Usage(input_tokens=33, output_tokens=44, total_tokens=77)
    assert session.created_at <= session.updated_at


async def test_a_session_is_read_with_its_turns(store: Store):
    session_id = await new_session(store)
    await add_turn(store, session_id, model="other", finish_reason="length")
    session, turns = await store.sessions.read(session_id, OWNER)
    assert session.id == session_id
    assert [(turn.number, turn.model, turn.finish_reason) for turn in turns] == [
        (1, "demo", "stop"),
        (2, "other", "length"),
    ]
    assert turns[1].messages == [user("question 2"), assistant("answer 2")]
    assert (await store.sessions.read(session_id, None)) == (session, turns)


async def test_what_is_somebody_elses_is_not_there(store: Store):
    session_id = await new_session(store)
    for attempt in (
        store.sessions.read(session_id, "user:mallory"),
        store.sessions.rename(session_id, "user:mallory", "mine"),
        store.sessions.fork(session_id, "user:mallory", uuid4(), None),
        store.sessions.delete(session_id, "user:mallory"),
        store.sessions.read(uuid4(), OWNER),
        store.sessions.delete(uuid4(), OWNER),
    ):
        with pytest.raises(SessionNotFound):
            await attempt
    assert await titles(store) == ["question 1"]


async def test_a_session_gets_another_title_and_keeps_its_place(store: Store):
    session_id = await new_session(store)
    before = (await store.sessions.read(session_id, OWNER))[0].updated_at
    renamed = await store.sessions.rename(session_id, OWNER, "Zug fährt ab")
    assert (renamed.title, renamed.updated_at) == ("Zug fährt ab", before)
    assert await titles(store) == ["Zug fährt ab"]


async def test_deleting_leaves_nothing(store: Store):
    session_id = await new_session(store, turns=3)
    await store.sessions.delete(session_id, OWNER)
    for table in ("sessions", "turns", "messages", "parts", "session_parts"):
        assert await store.count(table) == 0


# --- forks ------------------------------------------------------------------------


async def test_a_fork_goes_on_from_an_earlier_turn(store: Store):
    session_id, fork = await new_session(store, turns=3), uuid4()
    made = await store.sessions.fork(session_id, OWNER, fork, 2)
    assert (made.id, made.turns, made.forked_from, made.title) == (fork, 2, (session_id, 2), "question 1")
    await add_turn(store, fork, messages=[user("another way"), assistant("indeed")])
    _, turns = await store.sessions.read(fork, OWNER)
    assert [turn.messages[0]["content"] for turn in turns] == ["question 1", "question 2", "another way"]
    _, turns = await store.sessions.read(session_id, OWNER)
    assert [turn.messages[0]["content"] for turn in turns] == ["question 1", "question 2", "question 3"]


async def test_a_fork_stands_without_what_it_was_forked_from(store: Store):
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBORw0KGgo" * 2000}}
    session_id, fork = await new_session(store, messages=[user([image]), assistant("a cat")]), uuid4()
    await store.sessions.fork(session_id, OWNER, fork, None)
    assert await store.count("parts") == 1
    await store.sessions.delete(session_id, OWNER)
    _, turns = await store.sessions.read(fork, OWNER)
    assert turns[0].messages == [user([image]), assistant("a cat")]


async def test_there_is_no_fork_after_a_turn_that_is_not_there(store: Store):
    session_id = await new_session(store)
    with pytest.raises(SessionNotFound, match="its last is turn 1"):
        await store.sessions.fork(session_id, OWNER, uuid4(), 2)


# --- sealed contents ----------------------------------------------------------------


async def test_with_a_key_nothing_that_was_said_stands_in_the_database(open_database: OpenDatabase):
    store = store_of(open_database(), Cipher((bytes(32),)))
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "secret" * 2000}}
    await new_session(store, title="secret title", messages=[user([image]), assistant("secret answer")])
    for table in ("sessions", "turns", "messages", "parts"):
        assert "secret" not in str(await store.rows(f"SELECT * FROM {table}"))


async def test_a_row_that_was_moved_to_another_session_does_not_open(open_database: OpenDatabase):
    store = store_of(open_database(), Cipher((bytes(32),)))
    theirs, ours = await new_session(store, owner="user:bob"), await new_session(store)
    await store.rows(
        "UPDATE messages SET body = (SELECT body FROM messages m WHERE m.session_id = $1 AND m.position = 0)"
        " WHERE session_id = $2 AND position = 0",
        str(theirs),
        str(ours),
    )
    with pytest.raises(HistoryUnreadable):
        await store.sessions.read(ours, OWNER)


async def test_a_key_that_is_added_opens_what_was_stored_before(open_database: OpenDatabase):
    database = open_database()
    plain, sealed = store_of(database), store_of(database, Cipher((bytes(32),)))
    rotated = store_of(database, Cipher((bytes(range(32)), bytes(32))))
    session_id = await new_session(plain)
    await add_turn(sealed, session_id)
    await add_turn(rotated, session_id)
    assert [turn.number for turn in (await rotated.sessions.read(session_id, OWNER))[1]] == [1, 2, 3]
    with pytest.raises(HistoryUnreadable):
        await plain.sessions.read(session_id, OWNER)


async def test_a_session_whose_key_is_lost_does_not_hide_the_others(open_database: OpenDatabase):
    database = open_database()
    lost, store = store_of(database, Cipher((bytes(32),))), store_of(database, Cipher((bytes(range(32)),)))
    session_id = await new_session(lost, title="lost")
    await new_session(store, title="found")
    assert sorted(await titles(store)) == ["", "found"]
    assert await titles(store, query="found") == ["found"]
    await store.sessions.delete(session_id, OWNER)
    assert await titles(store) == ["found"]


# --- retention ----------------------------------------------------------------------


async def test_sessions_that_nobody_touched_are_purged(store: Store):
    old, new = await new_session(store, title="old"), await new_session(store, title="new")
    await age(store, old, 8)
    await age(store, new, 6)
    assert await Retention(store.database, 7 * DAY).purge() == 1
    assert await titles(store) == ["new"]


async def test_nothing_is_purged_without_an_age(store: Store):
    await age(store, await new_session(store), 10_000)
    assert await Retention(store.database, None).purge() == 0
    assert await titles(store) == ["question 1"]


async def test_a_session_with_a_turn_under_way_is_not_purged(store: Store):
    session_id = await new_session(store)
    await age(store, session_id, 8)
    await store.turns.begin(session_id, OWNER, uuid4())
    assert await Retention(store.database, 7 * DAY).purge() == 0


async def test_one_replica_purges_at_a_time(open_database: OpenDatabase):
    store, other = store_of(open_database()), store_of(open_database())
    await age(store, await new_session(store), 8)
    assert await Retention(store.database, 7 * DAY).purge() == 1
    await age(store, await new_session(store), 8)
    assert await Retention(other.database, 7 * DAY).purge() == 0
    await store.rows("UPDATE chores SET until = 0")  # as time will
    assert await Retention(other.database, 7 * DAY).purge() == 1


async def test_more_than_a_batch_is_purged(open_database: OpenDatabase):
    store = store_of(open_database())
    await new_session(store)
    new_id = "lower(hex(randomblob(16)))" if store.database.dialect == "sqlite" else "gen_random_uuid()"
    columns = (
        "owner, title, model, created_at, updated_at, turn_count, message_count, size, input_tokens, output_tokens,"
        " total_tokens, lease_until"
    )
    series = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= $1)"
    await store.rows(
        f"INSERT INTO sessions (id, {columns}) {series} SELECT {new_id}, {columns} FROM sessions, n", BATCH
    )
    await store.rows("UPDATE sessions SET updated_at = 0")
    assert await Retention(store.database, DAY).purge() == BATCH + 2
    assert await store.count("sessions") == 0


async def test_parts_that_a_killed_gateway_left_are_purged(store: Store):
    await new_session(store)
    await store.rows("INSERT INTO parts (digest, data) VALUES ($1, $2)", "0" * 64, b"left")
    await Retention(store.database, None).purge()
    assert await store.count("parts") == 0


async def test_with_sqlite_what_is_deleted_is_gone_from_the_file(tmp_path):
    database = Database(f"sqlite://{tmp_path}/history.sqlite3", connections=1, timeout=20)
    try:
        store = store_of(database)
        session_id = await new_session(store, messages=[user("a secret nobody shall find"), assistant("hush")])
        await store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"a secret nobody shall find" in (tmp_path / "history.sqlite3").read_bytes()
        await store.sessions.delete(session_id, OWNER)
        for file in tmp_path.iterdir():
            assert b"a secret nobody shall find" not in file.read_bytes()
    finally:
        await database.close()


def test_contents_without_a_key_are_json():
    assert Contents(None).pack(user("hello"), owner=OWNER, place="x").body.startswith("{")
