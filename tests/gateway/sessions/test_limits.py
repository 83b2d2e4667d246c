"""What is done with sessions that are too long: refused, or trimmed, and said either way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import client_of
from tests.gateway.sessions.conftest import PNG, ask, begin, events, history, seen
from tests.support.postgres import Postgres
from tests.support.processes import Gateway

Limited = Callable[..., httpx.Client]


@pytest.fixture
def limited(start_replica: Callable[..., Gateway], history_postgres: Postgres, key: str) -> Iterator[Limited]:
    """A client of a gateway with limits."""
    clients: list[httpx.Client] = []

    def made(**settings: str) -> httpx.Client:
        named = {f"GATEWAY_HISTORY_{name.upper()}": value for name, value in settings.items()}
        gateway = start_replica(GATEWAY_DATABASE_URL=history_postgres.url("history"), **named)
        clients.append(client_of(gateway, key))
        return clients[-1]

    yield made
    for client in clients:
        client.close()


def answer(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return seen(response.json()["choices"][0]["message"]["content"])


SYSTEM = {"role": "system", "content": "Be kind."}


def test_with_more_messages_than_allowed_a_turn_is_refused(limited: Limited):
    client = limited(max_messages="4")
    session_id = begin(client)
    refused = ask(client, "twice", session_id=session_id, messages=[{"role": "user", "content": "x"}] * 3)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "session_too_long")
    assert "5 messages, 4 are allowed" in refused.json()["error"]["message"]
    assert ask(client, "again", session_id=session_id).status_code == 200
    assert ask(client, "again", session_id=session_id).status_code == 400
    told = client.post(
        "/bedrock/model/demo/converse",
        json={
            "messages": [{"role": "user", "content": [{"text": "x"}]}],
            "additionalModelRequestFields": {"session_id": session_id},
        },
    )
    assert (told.status_code, told.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert len(history(client, session_id)) == 4


def test_trimmed_the_system_prompt_and_the_newest_turns_are_sent_and_the_client_is_told(limited: Limited):
    client = limited(max_messages="6", overflow="trim")
    session_id = begin(client, messages=[SYSTEM, {"role": "user", "content": "first"}])
    for number in range(2, 6):
        response = ask(client, f"turn {number}", session_id=session_id)
    last = answer(response)
    assert (last["system"], last["messages"]) == ("Be kind.", 6)
    assert response.json()["session_omitted_turns"] == 2
    assert response.headers["x-session-omitted-turns"] == "2"
    chunk = events(ask(client, "turn 6", session_id=session_id, stream=True).text)[0]
    assert chunk["session_omitted_turns"] == 3
    assert len(history(client, session_id)) == 13


def test_a_tools_result_is_never_left_without_its_call(limited: Limited):
    client = limited(max_messages="4", overflow="trim")
    tool = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}}
    first = ask(client, "call get_time", tools=[tool]).json()
    session_id, call = first["session_id"], first["choices"][0]["message"]["tool_calls"][0]
    result = {"role": "tool", "tool_call_id": call["id"], "content": "noon"}
    assert ask(client, "", session_id=session_id, messages=[result], tools=[tool]).status_code == 200
    # Of the two turns, the newer would begin with the result.
    after = ask(client, "thanks", session_id=session_id)
    assert (answer(after)["messages"], after.json()["session_omitted_turns"]) == (1, 2)


def test_a_result_whose_call_would_be_left_out_is_refused(limited: Limited):
    client = limited(max_messages="2", overflow="trim")
    tool = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}}
    first = ask(client, "call get_time", tools=[tool]).json()
    call = first["choices"][0]["message"]["tool_calls"][0]
    result = {"role": "tool", "tool_call_id": call["id"], "content": "noon"}
    refused = ask(client, "", session_id=first["session_id"], messages=[result], tools=[tool])
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "session_too_long")


@pytest.mark.parametrize("overflow", ["refuse", "trim"])
def test_tokens_are_counted_by_litellm(limited: Limited, overflow: str):
    client = limited(max_tokens="400", overflow=overflow)
    session_id = begin(client, "word " * 100)
    responses = [ask(client, "word " * 100, session_id=session_id) for _ in range(4)]
    if overflow == "refuse":
        assert [response.status_code for response in responses][-1] == 400
        assert "tokens, 400 are allowed" in responses[-1].json()["error"]["message"]
    else:
        assert {response.status_code for response in responses} == {200}
        assert responses[-1].json()["session_omitted_turns"] >= 2
        assert all(response.json()["usage"]["prompt_tokens"] <= 420 for response in responses)


def test_a_request_that_is_too_long_by_itself_is_refused_though_turns_are_trimmed(limited: Limited):
    client = limited(max_messages="2", max_tokens="50", overflow="trim")
    session_id = begin(client)
    for fields in (
        {"messages": [{"role": "user", "content": "x"}] * 3},
        {"messages": [{"role": "user", "content": "word " * 99}]},
    ):
        refused = ask(client, "", session_id=session_id, **fields)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "session_too_long")


def test_a_session_that_holds_too_much_takes_no_turn(limited: Limited):
    client = limited(max_size="2KiB")
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    session_id = begin(client, messages=[{"role": "user", "content": [image] * 20}])
    refused = ask(client, "again", session_id=session_id)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "session_too_long")
    assert "2048 bytes" in refused.json()["error"]["message"]
