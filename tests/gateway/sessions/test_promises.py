"""What chat history promises, and what tries to break it."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.gateway.conftest import LEASE, NewKey, client_of
from tests.gateway.sessions.conftest import ask, begin, events, history, seen
from tests.support.postgres import Postgres, binaries
from tests.support.processes import Gateway


def converse_stream(client: httpx.Client, model: str, **fields: Any) -> httpx.Response:
    body = {"messages": [{"role": "user", "content": [{"text": "hello"}]}], "additionalModelRequestFields": fields}
    return client.post(f"/bedrock/model/{model}/converse-stream", json=body)


# --- whole or not at all ------------------------------------------------------------

FAILURES = [
    *(("fake/rate-limited", stream) for stream in (False, True)),
    *(("fake/server-error", stream) for stream in (False, True)),
    *((model, True) for model in ("fake/cut-stream", "fake/malformed-chunk", "fake/error-mid-stream")),
]


@pytest.mark.parametrize(("model", "stream"), FAILURES)
def test_a_call_that_fails_leaves_no_trace(http: httpx.Client, model: str, stream: bool):
    session_id = begin(http)
    before = http.get(f"/v1/sessions/{session_id}").json()
    for history_of in ({"session_id": session_id}, {"enable_history": True}):
        body = {"model": model, "messages": [{"role": "user", "content": "x"}], "stream": stream, **history_of}
        response = http.post("/v1/chat/completions", json=body)
        assert response.status_code != 200 or ("error" in response.text and "[DONE]" not in response.text)
        told = converse_stream(http, model.replace("/", "%2F"), **history_of)
        assert told.status_code != 200 or b"messageStop" not in told.content
    assert http.get(f"/v1/sessions/{session_id}").json() == before
    assert http.post("/session-ids").json() == {"session_ids": [session_id]}
    assert ask(http, "goes on", session_id=session_id).status_code == 200


def test_a_client_who_leaves_leaves_no_trace_and_the_session_is_free(http: httpx.Client, start_turn: Any):
    session_id = begin(http)
    before = http.get(f"/v1/sessions/{session_id}").json()
    with start_turn(http, session_id):
        assert ask(http, "at the same time", session_id=session_id).status_code == 409
    with start_turn(http):
        pass
    free_in_the_end(http, session_id)
    assert http.post("/session-ids").json() == {"session_ids": [session_id]}
    after = http.get(f"/v1/sessions/{session_id}").json()
    assert after["history"][:1] == before["history"]
    assert [turn["messages"][0]["content"] for turn in after["history"]] == ["hello", "is it free?"]


def free_in_the_end(http: httpx.Client, session_id: str) -> None:
    """The gateway learns that a client has gone a moment after that."""
    for _ in range(200):
        if ask(http, "is it free?", session_id=session_id).status_code == 200:
            return
    pytest.fail("the session is still busy")


# --- seen is stored -------------------------------------------------------------------


def test_whoever_saw_the_end_of_a_stream_finds_it_though_the_gateway_is_killed(
    start_replica: Callable[..., Gateway], history_postgres: Postgres, replica: Gateway, new_key: NewKey
):
    """Killed at random moments, by kill -9; asked of another replica what there is."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    key = new_key()
    complete: list[tuple[str, str]] = []
    with client_of(replica, key) as survivor:
        for _ in range(4):
            victim = start_replica(GATEWAY_DATABASE_URL=history_postgres.url("history"))
            complete += turns_until_killed(victim, key, moments.uniform(0.2, 1.2))
        assert complete, "nothing was complete before it was killed"
        for session_id, text in complete:
            assert history(survivor, session_id)[-1] == {"role": "assistant", "content": text}
        stored = survivor.post("/session-ids").json()["session_ids"]
        for session_id in stored:
            messages = history(survivor, session_id)
            assert [message["role"] for message in messages] == ["user", "assistant"]
            assert seen(messages[1]["content"])["last_user"] == messages[0]["content"]


def turns_until_killed(victim: Gateway, key: str, seconds: float) -> list[tuple[str, str]]:
    """Session and text of every stream whose end was seen."""
    complete: list[tuple[str, str]] = []
    killed = threading.Event()

    def one_after_another() -> None:
        with client_of(victim, key) as client:
            while not killed.is_set():
                try:
                    chunks = events(ask(client, f"question {uuid4()}", stream=True).text)
                except httpx.HTTPError:
                    continue
                # The finish reason is what tells people that an answer is complete, [DONE] what tells programs.
                if any(chunk != "[DONE]" and chunk["choices"][0].get("finish_reason") for chunk in chunks):
                    text = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c != "[DONE]")
                    complete.append((chunks[0]["session_id"], text))

    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(one_after_another) for _ in range(4)]
        killed.wait(seconds)
        victim.process.send_signal(signal.SIGKILL)
        victim.process.wait()
        killed.set()
        for future in futures:
            future.result()
    return complete


def test_a_killed_gateways_turn_is_free_again_when_its_lease_expires(
    start_replica: Callable[..., Gateway], history_postgres: Postgres, http: httpx.Client, key: str, start_turn: Any
):
    victim = start_replica(GATEWAY_DATABASE_URL=history_postgres.url("history"))
    session_id = begin(http)
    with client_of(victim, key) as client, suppress(httpx.HTTPError), start_turn(client, session_id):
        victim.process.send_signal(signal.SIGKILL)
        victim.process.wait()
        assert ask(http, "at once", session_id=session_id).status_code == 409
    free_after_retries(http, session_id)
    assert [message["content"] for message in history(http, session_id)][-2] == "later"


def free_after_retries(http: httpx.Client, session_id: str) -> None:
    """As the header Retry-After says."""
    for _ in range(int(LEASE) + 3):
        response = ask(http, "later", session_id=session_id)
        if response.status_code == 200:
            return
        threading.Event().wait(int(response.headers["retry-after"]))
    pytest.fail("the session is still busy")


def test_a_turn_that_takes_longer_than_a_lease_keeps_it(http: httpx.Client):
    session_id = begin(http)
    pace = {"fake": {"tokens_per_second": 8, "time_to_first_token": float(LEASE) + 1}}
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(until_it_goes, http, "say: slowly", session_id=session_id, **pace)
        statuses = set()
        while not slow.done():
            statuses.add(ask(http, "at the same time", session_id=session_id).status_code)
        assert slow.result().status_code == 200
    # One that came before the slow one, or after it, went.
    assert 409 in statuses <= {409, 200}
    assert ["say: slowly", "slowly"] in pairs([message["content"] for message in history(http, session_id)])


def until_it_goes(http: httpx.Client, text: str, **fields: Any) -> httpx.Response:
    while (response := ask(http, text, **fields)).status_code == 409:
        pass
    return response


def pairs(contents: list[str]) -> list[list[str]]:
    return [contents[index : index + 2] for index in range(0, len(contents), 2)]


# --- one at a time ----------------------------------------------------------------------


def test_of_turns_at_once_over_two_replicas_nothing_is_lost_or_doubled(replicas: tuple[Gateway, Gateway], key: str):
    with client_of(replicas[0], key) as one, client_of(replicas[1], key) as other:
        session_id = begin(one)

        def attempt(number: int) -> httpx.Response:
            return ask((one, other)[number % 2], f"question {number}", session_id=session_id)

        with ThreadPoolExecutor(12) as pool:
            responses = list(pool.map(attempt, range(36)))
        went = [number for number, response in enumerate(responses) if response.status_code == 200]
        refused = [response for response in responses if response.status_code != 200]
        assert {response.status_code for response in refused} == {409}
        assert all(1 <= int(response.headers["retry-after"]) <= 2 for response in refused)
        assert {response.json()["error"]["code"] for response in refused} == {"session_busy"}
        questions = [m["content"] for m in history(other, session_id) if m["role"] == "user"]
        assert sorted(questions[1:]) == sorted(f"question {number}" for number in went)
        answers = [seen(m["content"]) for m in history(one, session_id) if m["role"] == "assistant"]
        assert [answer["messages"] for answer in answers] == list(range(1, 2 * len(answers), 2))


def test_forty_sessions_at_once_do_not_wait_for_one_another(http: httpx.Client, fake_llm_in_flight: Any):
    """All forty are with the model at the same time."""
    sessions = [begin(http) for _ in range(40)]
    pace = {"fake": {"time_to_first_token": 6.0}}
    with ThreadPoolExecutor(40) as pool:
        turns = [pool.submit(ask, http, "say: x", session_id=session_id, **pace) for session_id in sessions]
        most = 0
        while not all(turn.done() for turn in turns):
            most = max(most, fake_llm_in_flight())
    assert {turn.result().status_code for turn in turns} == {200}
    assert most >= 40


# --- when the database is down ------------------------------------------------------------


@contextmanager
def stopped(server: Postgres) -> Iterator[None]:
    server.stop("fast")
    try:
        yield
    finally:
        server.start()


@contextmanager
def frozen(server: Postgres) -> Iterator[None]:
    """It takes connections, and does not answer."""
    leader = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    processes = [leader, *leader.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


@pytest.fixture(scope="module")
def fragile(start_replica: Callable[..., Gateway]) -> Iterator[tuple[Gateway, Postgres]]:
    """A gateway and its database, which a test may stop."""
    with Postgres() as server:
        yield start_replica(GATEWAY_DATABASE_URL=server.url("history"), GATEWAY_DATABASE_TIMEOUT="1"), server


@pytest.mark.parametrize("down", [stopped, frozen])
def test_without_the_database_requests_without_history_go_on_and_those_with_it_are_refused_in_time(
    fragile: tuple[Gateway, Postgres], new_key: NewKey, admin: httpx.Client, down: Any
):
    gateway, server = fragile
    with client_of(gateway, new_key()) as client:
        session_id = begin(client)
        with down(server):
            for fields in ({"session_id": session_id}, {"enable_history": True}):
                response = ask(client, "hello", **fields)
                assert response.status_code == 503
                assert response.json()["error"]["code"] == "history_unavailable"
                assert response.headers["retry-after"] == "2"
                told = converse_stream(client, "demo", **fields)
                assert (told.status_code, told.headers["x-amzn-errortype"]) == (503, "ServiceUnavailableException")
            assert client.post("/chat-history", json={"session_id": session_id}).status_code == 503
            assert client.get("/v1/sessions").status_code == 503
            plain = client.post(
                "/v1/chat/completions", json={"model": "demo", "messages": [{"role": "user", "content": "x"}]}
            )
            assert plain.status_code == 200
            assert client.get("/bedrock/health/readiness").status_code == 200
        usable_again(client, session_id)
        assert history(client, session_id)[-2]["content"] == "again"


def usable_again(client: httpx.Client, session_id: str) -> None:
    """At last when a lease expires that the database gave to somebody who had stopped waiting."""
    for _ in range(20):
        response = ask(client, "again", session_id=session_id)
        if response.status_code == 200:
            return
        threading.Event().wait(int(response.headers["retry-after"]))
    pytest.fail("history is still refused")


@pytest.mark.parametrize("front_end", ["completion", "completion stream", "converse", "converse-stream"])
def test_when_the_database_fails_between_the_reply_and_the_commit_the_client_is_told(
    fragile: tuple[Gateway, Postgres], new_key: NewKey, front_end: str
):
    gateway, server = fragile
    with client_of(gateway, new_key()) as client:
        session_id = begin(client)
        server.execute(REFUSE_TURNS, "history")
        try:
            if front_end.startswith("completion"):
                response = ask(client, "hello", session_id=session_id, stream="stream" in front_end)
            else:
                body = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}
                fields = {"additionalModelRequestFields": {"session_id": session_id}}
                response = client.post(f"/bedrock/model/demo/{front_end}", json=body | fields)
        finally:
            server.execute("DROP TRIGGER refuse ON turns", "history")
        assert "could not be stored" in response.text
        assert TOLD[front_end](response)
        assert len(history(client, session_id)) == 2
        usable_again(client, session_id)


REFUSE_TURNS = """
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION refuse();
"""

TOLD: dict[str, Callable[[httpx.Response], bool]] = {
    "completion": lambda r: r.status_code == 503 and r.json()["error"]["code"] == "turn_not_stored",
    "completion stream": lambda r: (
        events(r.text)[-1]["error"]["code"] == "turn_not_stored"
        and not any(chunk.get("choices", [{}])[0].get("finish_reason") for chunk in events(r.text))
    ),
    "converse": lambda r: (r.status_code, r.headers["x-amzn-errortype"]) == (503, "ServiceUnavailableException"),
    "converse-stream": lambda r: b"serviceUnavailableException" in r.content and b"messageStop" not in r.content,
}


def test_when_all_connections_are_taken_history_is_refused_in_time(
    start_replica: Callable[..., Gateway], history_postgres: Postgres, new_key: NewKey
):
    gateway = start_replica(
        GATEWAY_DATABASE_URL=history_postgres.url("history"),
        GATEWAY_DATABASE_CONNECTIONS="1",
        GATEWAY_DATABASE_TIMEOUT="1",
    )
    with client_of(gateway, new_key()) as client, ThreadPoolExecutor() as pool:
        session_id = begin(client)
        with locked(history_postgres, session_id):
            waiting = [pool.submit(ask, client, "x", session_id=session_id) for _ in range(5)]
            assert {future.result().status_code for future in waiting} == {503}
        usable_again(client, session_id)


@contextmanager
def locked(server: Postgres, session_id: str) -> Iterator[None]:
    """The session's row is locked by somebody else."""
    command = [str(binaries() / "psql"), "-Xqd", server.url("history")]
    psql = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert psql.stdin is not None
    assert psql.stdout is not None
    psql.stdin.write(f"BEGIN; SELECT id FROM sessions WHERE id = '{session_id}' FOR UPDATE;\n\\echo locked\n")
    psql.stdin.flush()
    while "locked" not in psql.stdout.readline():
        pass
    try:
        yield
    finally:
        psql.communicate("ROLLBACK;\n")
