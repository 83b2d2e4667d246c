"""What the store promises of turns: whole or not at all, once, one at a time."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from gateway.database.engine import Database, DatabaseUnavailable
from gateway.errors import SessionBusy, SessionNotFound, SessionTooLong
from gateway.history.rows import MANY, MESSAGE_COST
from gateway.history.turns import InDoubt, LeaseLost
from gateway.translation.conversation import conversation
from tests.gateway.history.conftest import (
    OWNER,
    OpenDatabase,
    Store,
    add_turn,
    assistant,
    gathered,
    new_session,
    store_of,
    turn_of,
    user,
)

IMAGE = "data:image/png;base64," + "iVBORw0KGgo" * 2000
OTHER_IMAGE = "data:image/png;base64," + "AAAABw0KGgo" * 2000


def picture(url: str) -> dict[str, object]:
    return user([{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}])


async def test_the_next_turn_sees_the_one_before_on_whichever_replica(store: Store, open_database: OpenDatabase):
    session_id = await new_session(store)
    begun = await store.turns.begin(session_id, OWNER, uuid4())
    assert (begun.turn_count, begun.messages) == (1, [(1, user("question 1")), (1, assistant("answer 1"))])


async def test_turns_are_read_in_their_order(store: Store):
    session_id = await new_session(store, turns=12)
    begun = await store.turns.begin(session_id, OWNER, uuid4())
    assert [number for number, _ in begun.messages] == [number for number in range(1, 13) for _ in range(2)]
    assert begun.messages[-1] == (12, assistant("answer 12"))


async def test_of_two_at_once_one_goes_and_the_other_is_told_when_to_try_again(
    open_database: OpenDatabase,
):
    replicas = [store_of(open_database()) for _ in range(2)]
    session_id = await new_session(replicas[0])
    results = await gathered(*(replicas[n % 2].turns.begin(session_id, OWNER, uuid4()) for n in range(10)))
    refused = [result for result in results if isinstance(result, SessionBusy)]
    assert len(refused) == 9
    assert all(1 <= int(error.retry_after or 0) <= 2 for error in refused)


async def test_a_turn_that_was_given_up_leaves_no_trace(store: Store):
    session_id, lease = await new_session(store), uuid4()
    before = await store.rows("SELECT * FROM sessions")
    await store.turns.begin(session_id, OWNER, lease)
    await store.turns.give_up(session_id, lease)
    assert await store.rows("SELECT * FROM sessions") == before
    assert (await store.count("turns"), await store.count("messages")) == (1, 2)
    await store.turns.begin(session_id, OWNER, uuid4())


async def test_nobody_gives_up_the_lease_of_another(store: Store):
    session_id = await new_session(store)
    await store.turns.begin(session_id, OWNER, uuid4())
    await store.turns.give_up(session_id, uuid4())
    with pytest.raises(SessionBusy):
        await store.turns.begin(session_id, OWNER, uuid4())


async def test_a_lease_expires_and_its_turn_is_not_stored_then(open_database: OpenDatabase):
    database = open_database()
    brief, usual = store_of(database, lease=1), store_of(database)
    session_id = await new_session(usual)
    late, quick = uuid4(), uuid4()
    await brief.turns.begin(session_id, OWNER, late)
    await begun_in_the_end(usual, session_id, quick)
    with pytest.raises(LeaseLost):
        await usual.turns.store(turn_of(session_id, 2, id=late, messages=[user("late"), assistant("late")]))
    await usual.turns.store(turn_of(session_id, 2, id=quick))
    _, turns = await usual.sessions.read(session_id, OWNER)
    assert [turn.messages for turn in turns] == [
        [user("question 1"), assistant("answer 1")],
        [user("question 2"), assistant("answer 2")],
    ]


async def begun_in_the_end(store: Store, session_id, lease):
    while True:
        try:
            return await store.turns.begin(session_id, OWNER, lease)
        except SessionBusy:
            continue


async def test_a_lease_that_is_renewed_does_not_expire(open_database: OpenDatabase):
    database = open_database()
    brief, usual = store_of(database, lease=1), store_of(database)
    session_id, lease = await new_session(usual), uuid4()
    await brief.turns.begin(session_id, OWNER, lease)
    await usual.turns.renew({uuid4(): uuid4(), lease: session_id})
    with pytest.raises(SessionBusy):
        await usual.turns.begin(session_id, OWNER, uuid4())


def losing_answers(database: Database, times: int) -> None:
    """Of the next operations, the database carries out so many and does not say so."""
    run = database.run
    left = times

    async def lost(operation):
        nonlocal left
        result = await run(operation)
        if left > 0:
            left -= 1
            raise DatabaseUnavailable("the connection broke")
        return result

    database.run = lost  # type: ignore[method-assign]


async def test_a_commit_whose_answer_was_lost_is_found_out_about(store: Store):
    session_id = await new_session(store)
    lease = uuid4()
    await store.turns.begin(session_id, OWNER, lease)
    losing_answers(store.database, 1)
    await store.turns.store(turn_of(session_id, 2, id=lease))
    assert [turn.number for turn in (await store.sessions.read(session_id, OWNER))[1]] == [1, 2]


async def test_a_commit_that_nobody_can_be_asked_about_is_in_doubt(store: Store):
    session_id = await new_session(store)
    lease = uuid4()
    await store.turns.begin(session_id, OWNER, lease)
    losing_answers(store.database, 2)
    with pytest.raises(InDoubt):
        await store.turns.store(turn_of(session_id, 2, id=lease))
    assert [turn.number for turn in (await store.sessions.read(session_id, OWNER))[1]] == [1, 2]


async def test_a_turn_is_stored_once_however_often_it_is_tried(store: Store):
    """As after a connection that broke while the database was answering."""
    session_id, lease = uuid4(), uuid4()
    first = turn_of(session_id)
    await store.turns.store(first)
    await store.turns.store(first)
    await store.turns.begin(session_id, OWNER, lease)
    second = turn_of(session_id, 2, id=lease)
    await store.turns.store(second)
    await store.turns.store(second)
    assert (await store.count("sessions"), await store.count("turns"), await store.count("messages")) == (1, 2, 4)
    assert [row["turn_count"] for row in await store.rows("SELECT turn_count FROM sessions")] == [2]


async def fail_at_the_last_message(database: Database) -> None:
    """A trigger that lets the second message of each turn fail."""
    if database.dialect == "sqlite":
        statements = [
            "CREATE TRIGGER failing BEFORE INSERT ON messages WHEN new.position = 1"
            " BEGIN SELECT raise(ABORT, 'no'); END"
        ]
    else:
        statements = [
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
            "CREATE TRIGGER failing BEFORE INSERT ON messages FOR EACH ROW WHEN (new.position = 1)"
            " EXECUTE FUNCTION fail()",
        ]
    for statement in statements:
        await database.run(lambda connection, sql=statement: connection.rows(sql))


@pytest.mark.parametrize("number", [1, 2])
async def test_a_turn_is_stored_whole_or_not_at_all(store: Store, number: int):
    session_id, lease = uuid4(), uuid4()
    if number == 2:
        await new_session(store)
        session_id = (await store.sessions.ids(OWNER))[0]
        await store.turns.begin(session_id, OWNER, lease)
    before = {table: await store.rows(f"SELECT * FROM {table}") for table in ("sessions", "turns", "messages", "parts")}
    await fail_at_the_last_message(store.database)
    with pytest.raises(Exception, match=r"cannot be used|IntegrityError"):
        await store.turns.store(turn_of(session_id, number, id=lease, messages=[picture(IMAGE), assistant("a")]))
    assert {table: await store.rows(f"SELECT * FROM {table}") for table in before} == before


async def test_no_session_is_found_that_is_somebody_elses(store: Store):
    session_id = await new_session(store)
    with pytest.raises(SessionNotFound) as theirs:
        await store.turns.begin(session_id, "user:mallory", uuid4())
    with pytest.raises(SessionNotFound) as nobodys:
        await store.turns.begin(uuid4(), OWNER, uuid4())
    assert theirs.value.message == nobodys.value.message


async def test_a_session_that_was_deleted_meanwhile_takes_no_turn(store: Store):
    session_id, lease = await new_session(store), uuid4()
    await store.turns.begin(session_id, OWNER, lease)
    await store.sessions.delete(session_id, OWNER)
    with pytest.raises(LeaseLost):
        await store.turns.store(turn_of(session_id, 2, id=lease))
    assert await store.count("sessions") == await store.count("turns") == await store.count("messages") == 0


async def test_forty_sessions_do_not_wait_for_one_another(open_database: OpenDatabase):
    """All forty turns are open at the same time, over two connections: none is held while the model answers."""
    store = store_of(open_database(connections=2))
    sessions = [await new_session(store) for _ in range(40)]
    leases = {session_id: uuid4() for session_id in sessions}
    begun = await asyncio.gather(*(store.turns.begin(session, OWNER, lease) for session, lease in leases.items()))
    assert [one.turn_count for one in begun] == [1] * 40
    await asyncio.gather(*(store.turns.store(turn_of(session, 2, id=lease)) for session, lease in leases.items()))
    assert await store.count("turns") == 80


# --- large parts ------------------------------------------------------------------


async def test_large_parts_are_stored_once_and_come_back(store: Store):
    session_id = await new_session(store, messages=[picture(IMAGE), assistant("a cat")])
    await add_turn(store, session_id, messages=[picture(IMAGE), picture(OTHER_IMAGE), assistant("the same cat")])
    await new_session(store, messages=[picture(IMAGE), assistant("a cat")])
    assert await store.count("parts") == 2
    assert sum(row["size"] for row in await store.rows("SELECT length(body) AS size FROM messages")) < 5000
    begun = await store.turns.begin(session_id, OWNER, uuid4())
    assert [message for _, message in begun.messages] == [
        picture(IMAGE),
        assistant("a cat"),
        picture(IMAGE),
        picture(OTHER_IMAGE),
        assistant("the same cat"),
    ]


async def test_owners_share_no_parts(store: Store):
    for owner in (OWNER, "user:bob"):
        await new_session(store, owner=owner, messages=[picture(IMAGE), assistant("a cat")])
    assert await store.count("parts") == 2


async def test_a_part_goes_with_the_last_session_that_holds_it(store: Store):
    sessions = [await new_session(store, messages=[picture(IMAGE), assistant("a cat")]) for _ in range(2)]
    await store.sessions.delete(sessions[0], OWNER)
    assert await store.count("parts") == 1
    await store.sessions.read(sessions[1], OWNER)
    await store.sessions.delete(sessions[1], OWNER)
    assert await store.count("parts") == await store.count("session_parts") == 0


async def test_parts_are_stored_and_deleted_at_the_same_time(store: Store):
    messages = [picture(IMAGE), picture(OTHER_IMAGE), assistant("a cat")]

    async def come_and_go() -> None:
        for _ in range(5):
            session_id = await new_session(store, messages=messages)
            _, turns = await store.sessions.read(session_id, OWNER)
            assert turns[0].messages == messages
            await store.sessions.delete(session_id, OWNER)

    await asyncio.gather(*(come_and_go() for _ in range(6)))
    assert await store.count("parts") == 0


# --- what a long session costs ------------------------------------------------------


async def test_only_the_newest_turns_and_the_instructions_are_read(store: Store):
    session_id = await new_session(
        store, messages=[{"role": "system", "content": "Be kind."}, user("a"), assistant("b")]
    )
    for _ in range(5):
        await add_turn(store, session_id)
    begun = await store.turns.begin(session_id, OWNER, uuid4(), newest=2)
    assert (begun.turn_count, begun.after) == (6, 4)
    assert [(number, message["role"]) for number, message in begun.messages] == [
        (1, "system"),
        *((number, role) for number in (5, 6) for role in ("user", "assistant")),
    ]


async def test_a_system_message_from_the_middle_of_an_old_turn_is_no_instruction(store: Store):
    system, note = {"role": "system", "content": "Be kind."}, {"role": "system", "content": "By the way."}
    session_id = await new_session(store, messages=[system, user("a"), assistant("b")])
    await add_turn(store, session_id, messages=[user("c"), note, assistant("d")])
    await add_turn(store, session_id)
    begun = await store.turns.begin(session_id, OWNER, uuid4(), newest=1)
    assert [message for _, message in begun.messages] == [system, user("question 3"), assistant("answer 3")]
    assert conversation(begun.messages, [user("e")], after=begun.after).messages()[0] == system


async def test_a_session_that_is_too_large_is_not_read(store: Store):
    session_id, lease = await new_session(store), uuid4()

    def too_large(size: int) -> None:
        assert size > 2 * MESSAGE_COST
        raise SessionTooLong("too large")

    with pytest.raises(SessionTooLong):
        await store.turns.begin(session_id, OWNER, lease, check_size=too_large)
    await store.turns.give_up(session_id, lease)
    await store.turns.begin(session_id, OWNER, uuid4())


async def test_many_messages_are_packed_and_read_as_few_are(store: Store):
    messages = [user(f"number {number}") for number in range(MANY + 1)]
    session_id = await new_session(store, messages=messages)
    assert (await store.sessions.read(session_id, OWNER))[1][0].messages == messages


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite does not tell what it has written
async def test_what_a_turn_writes_does_not_grow_with_the_session(open_database: OpenDatabase):
    store = store_of(open_database())
    session_id = await new_session(store)

    async def written() -> int:
        before = (await store.rows("SELECT pg_current_wal_insert_lsn()::text AS at"))[0]["at"]
        for _ in range(10):
            await add_turn(store, session_id)
        difference = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::text::pg_lsn) AS bytes"
        return int((await store.rows(difference, before))[0]["bytes"])

    early = await written()
    for _ in range(280):
        await add_turn(store, session_id)
    assert await written() < 1.5 * early


async def test_reading_a_session_is_one_query_and_storing_a_turn_one_transaction(open_database: OpenDatabase):
    store = store_of(open_database())
    session_id = await new_session(store, messages=[picture(IMAGE), assistant("a cat")])
    statements: list[str] = []
    run = store.database.run

    async def counted(operation):
        async def watched(connection):
            statements.append("connection")
            return await operation(Watched(connection, statements))

        return await run(watched)

    store.database.run = counted  # type: ignore[method-assign]
    await store.sessions.read(session_id, OWNER)
    assert [line.split()[0] for line in statements] == ["connection", "SELECT"]
    statements.clear()
    lease = uuid4()
    await store.turns.begin(session_id, OWNER, lease)
    assert [line.split()[0] for line in statements] == ["connection", "UPDATE", "SELECT"]
    statements.clear()
    await store.turns.store(turn_of(session_id, 2, id=lease))
    assert [line.split()[0] for line in statements] == ["connection", "transaction", "UPDATE", "INSERT", "INSERT"]


class Watched:
    """A connection that notes what it is asked."""

    def __init__(self, connection, statements):
        self._connection, self._statements = connection, statements
        self.now = connection.now

    async def rows(self, sql, *values):
        self._statements.append(sql)
        return await self._connection.rows(sql, *values)

    async def many(self, sql, values):
        self._statements.append(sql)
        await self._connection.many(sql, values)

    def transaction(self):
        self._statements.append("transaction")
        return self._connection.transaction()
