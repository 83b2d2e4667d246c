import json
from socket import SHUT_RDWR

import httpx
import openai
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.deployer.fake_llm.traffic_counts import settled, wait_for_traffic

CREATE = json.dumps({"type": "response.create"})


def say(text: str) -> str:
    content = [{"type": "input_text", "text": text}]
    return json.dumps(
        {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}
    )


def address(url: str, model: str = "demo") -> str:
    return f"{url.replace('http', 'ws')}/v1/realtime?model={model}"


async def test_the_client_of_openai_holds_a_conversation(fake_llm_url: str) -> None:
    async with (
        openai.AsyncOpenAI(base_url=f"{fake_llm_url}/v1", api_key="any") as client,
        client.realtime.connect(model="demo") as connection,
    ):
        created = await connection.recv()
        assert created.type == "session.created"
        content = [{"type": "input_text", "text": "say: hi you"}]
        await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
        await connection.response.create()
        text = ""
        async for event in connection:
            if event.type == "response.output_text.delta":
                text += event.delta
            if event.type == "response.done":
                break
    assert text == "hi you"
    assert event.response.usage.output_tokens == 2


def test_a_faulty_event_does_not_end_the_session(fake_llm_url: str) -> None:
    with connect(address(fake_llm_url), subprotocols=["realtime"]) as socket:  # type: ignore[list-item]
        assert socket.subprotocol == "realtime"
        assert json.loads(socket.recv(timeout=5))["type"] == "session.created"
        socket.send("{")
        assert json.loads(socket.recv(timeout=5))["type"] == "error"
        socket.send(say("hi"))
        assert json.loads(socket.recv(timeout=5))["type"] == "conversation.item.added"


@pytest.mark.parametrize(("query", "status"), [("", 400), ("?model=", 400), ("?model=rate-limited", 429)])
def test_a_session_that_cannot_be_is_refused_before_it_begins(fake_llm_url: str, query: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as raised, connect(f"{fake_llm_url.replace('http', 'ws')}/v1/realtime{query}"):
        pass
    assert raised.value.response.status_code == status
    assert b'"error"' in (raised.value.response.body or b"")


def test_a_plain_request_is_told_to_upgrade(http_client: httpx.Client) -> None:
    answer = http_client.get("/v1/realtime?model=demo")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "upgrade_required")


@pytest.mark.parametrize("breaks", [False, True])
def test_a_client_that_leaves_in_the_middle_of_an_answer_is_noticed(
    fake_llm_url: str, http_client: httpx.Client, breaks: bool
) -> None:
    before = settled(http_client)
    with connect(address(fake_llm_url, "slow-drip")) as socket:
        socket.send(say("say: a b c d e f g"))
        socket.send(CREATE)
        read_until(socket, "response.output_text.delta")
        if breaks:
            socket.socket.shutdown(SHUT_RDWR)
    wait_for_traffic(http_client, in_flight=0, disconnected=before["disconnected"] + 1)


def test_a_client_that_leaves_after_the_answer_is_not_counted_as_gone(
    fake_llm_url: str, http_client: httpx.Client
) -> None:
    before = settled(http_client)
    with connect(address(fake_llm_url)) as socket:
        socket.send(say("say: a"))
        socket.send(CREATE)
        read_until(socket, "response.done")
        wait_for_traffic(http_client, in_flight=1)
    assert settled(http_client) == {**before, "total": before["total"] + 1}


def read_until(socket: ClientConnection, kind: str) -> None:
    while json.loads(socket.recv(timeout=5))["type"] != kind:
        pass
