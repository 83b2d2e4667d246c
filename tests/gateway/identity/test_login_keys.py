"""gateway/identity/login_keys.py, on both databases."""

from __future__ import annotations

import pytest

from gateway.database.engine import Database
from gateway.errors import AccessUnavailable
from gateway.identity.login_keys import LoginKeys
from tests.gateway.history.conftest import OpenDatabase

ISSUER = "https://dev-1.okta.com/oauth2/default"
KEY = "sk-a-key-of-litellm"


async def test_what_was_put_is_there_for_all_replicas(open_database: OpenDatabase):
    await LoginKeys(open_database(), "sk-master").put("alice", ISSUER, "hash", KEY, 60)
    stored = await LoginKeys(open_database(), "sk-master").get("alice")
    assert stored is not None
    assert (stored.user_id, stored.issuer, stored.key_hash, stored.key) == ("alice", ISSUER, "hash", KEY)
    assert 0 < stored.seconds_left <= 60
    assert KEY not in repr(stored)


async def test_there_is_one_for_each_user(open_database: OpenDatabase):
    keys = LoginKeys(open_database(), "sk-master")
    await keys.put("alice", ISSUER, "first", KEY, 60)
    await keys.put("alice", ISSUER, "second", f"{KEY}-2", 90)
    await keys.put("bob", ISSUER, "third", KEY, 60)
    assert await keys.get("carol") is None
    assert {(one.user_id, one.key_hash, one.key) for one in await keys.all()} == {
        ("alice", "second", f"{KEY}-2"),
        ("bob", "third", KEY),
    }


async def test_under_another_master_key_it_cannot_be_read(open_database: OpenDatabase):
    await LoginKeys(open_database(), "sk-master").put("alice", ISSUER, "hash", KEY, 60)
    stored = await LoginKeys(open_database(), "sk-another").get("alice")
    assert stored is not None
    assert (stored.key, stored.key_hash) == (None, "hash")


async def test_in_another_users_place_it_cannot_be_read(open_database: OpenDatabase):
    database = open_database()
    keys = LoginKeys(database, "sk-master")
    await keys.put("alice", ISSUER, "hash", KEY, 60)
    await keys.put("bob", ISSUER, "other", KEY, 60)

    async def swap(connection) -> None:
        await connection.rows(
            "UPDATE login_keys SET sealed = (SELECT sealed FROM login_keys WHERE user_id = 'alice')"
            " WHERE user_id = 'bob'"
        )

    await database.run(swap)
    stored = await keys.get("bob")
    assert stored is not None
    assert stored.key is None


async def test_only_the_one_that_is_meant_is_removed(open_database: OpenDatabase):
    keys = LoginKeys(open_database(), "sk-master")
    await keys.put("alice", ISSUER, "second", KEY, 60)
    await keys.remove("alice", "first")
    assert await keys.get("alice") is not None
    await keys.remove("alice", "second")
    assert await keys.get("alice") is None


async def test_what_has_expired_is_purged(open_database: OpenDatabase):
    keys = LoginKeys(open_database(), "sk-master")
    await keys.put("alice", ISSUER, "hash", KEY, -1)
    await keys.put("bob", ISSUER, "hash", KEY, 60)
    assert [one.user_id for one in await keys.all()] == ["bob"]
    assert await keys.get("alice") is None


async def test_without_the_database():
    database = Database("postgresql://u:p@127.0.0.1:9/d", connections=1, timeout=1)
    try:
        with pytest.raises(AccessUnavailable):
            await LoginKeys(database, "sk-master").get("alice")
    finally:
        await database.close()
