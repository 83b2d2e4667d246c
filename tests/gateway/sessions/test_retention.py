"""What a gateway does with what is stored, by its settings."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable

import httpx
import pytest

from tests.gateway.conftest import NewKey, client_of
from tests.gateway.sessions.conftest import begin, history
from tests.support.postgres import Postgres
from tests.support.processes import Gateway


def test_sessions_that_nobody_touched_are_purged_in_the_background(
    start_replica: Callable[..., Gateway], history_postgres: Postgres, new_key: NewKey
):
    url = history_postgres.url("purged")
    with client_of(start_replica(GATEWAY_DATABASE_URL=url), new_key()) as client:
        old, new = begin(client), begin(client)
        history_postgres.execute(f"UPDATE sessions SET updated_at = 0 WHERE id = '{old}'", "purged")
        # As ten minutes later, when the gateway that is there would do it.
        history_postgres.execute("UPDATE chores SET until = 0", "purged")
        start_replica(GATEWAY_DATABASE_URL=url, GATEWAY_HISTORY_RETENTION="1")
        gone_in_the_end(client, old)
        assert client.post("/session-ids").json() == {"session_ids": [new]}


def gone_in_the_end(client: httpx.Client, session_id: str) -> None:
    for _ in range(2000):
        if client.get(f"/v1/sessions/{session_id}").status_code == 404:
            return
    pytest.fail("the session is still there")


def test_with_a_key_the_database_holds_nothing_that_can_be_read(
    start_replica: Callable[..., Gateway], history_postgres: Postgres, new_key: NewKey
):
    settings = {"GATEWAY_DATABASE_URL": history_postgres.url("sealed")}
    key = b64encode(bytes(range(32))).decode()
    gateway = start_replica(**settings, GATEWAY_HISTORY_KEYS=key)
    api_key = new_key()
    with client_of(gateway, api_key) as client:
        session_id = begin(client, "a secret that nobody shall read")
        assert history(client, session_id)[0]["content"] == "a secret that nobody shall read"
        assert client.get("/v1/sessions").json()["data"][0]["title"] == "a secret that nobody shall read"
    dump = history_postgres.execute("SELECT s.*, m.* FROM sessions s, messages m", "sealed")
    assert "secret" not in dump
    assert "sealed:" in dump
    assert key not in gateway.output
    with client_of(start_replica(**settings), api_key) as client:
        told = client.post("/chat-history", json={"session_id": session_id})
        assert (told.status_code, told.json()["error"]["code"]) == (500, "history_unreadable")
        assert "given no key" in json.dumps(told.json())
