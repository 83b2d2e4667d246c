from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.support.processes import FakeLLM, Gateway
from tests.support.realtime import realtime_events


@pytest.fixture
async def client():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


async def test_messages_pass_in_both_directions(client, echoing: Gateway):
    async with client.ws_connect(f"{echoing.url}/ws?model=x") as socket:
        await socket.receive_json()
        await socket.send_str("text ä")
        assert await socket.receive_str() == "text ä"
        await socket.send_bytes(b"\x00\xff" * 100_000)
        assert await socket.receive_bytes() == b"\x00\xff" * 100_000


async def test_the_handshake_carries_headers_and_the_protocol(client, echoing: Gateway):
    headers = {"authorization": "Bearer sk-1", "openai-beta": "realtime=v1"}
    async with client.ws_connect(f"{echoing.url}/ws", headers=headers, protocols=("other", "realtime")) as socket:
        seen = await socket.receive_json()
        assert socket.protocol == "realtime"
    assert seen["authorization"] == "Bearer sk-1"
    assert seen["openai-beta"] == "realtime=v1"
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-request-id"]


async def test_the_upstreams_close_code_reaches_the_client(client, echoing: Gateway):
    async with client.ws_connect(f"{echoing.url}/ws") as socket:
        await socket.receive_json()
        await socket.send_str("close")
        message = await socket.receive()
        assert message.type is aiohttp.WSMsgType.CLOSE
        assert message.data == 4001


async def test_a_client_that_leaves_closes_the_upstream(client, echoing: Gateway, echo: str):
    async def closed() -> int:
        async with client.get(f"{echo}/ws-closed") as response:
            return len(await response.json())

    before = await closed()
    async with client.ws_connect(f"{echoing.url}/ws") as socket:
        await socket.receive_json()
    async with aiohttp.ClientSession() as another:
        while await closed() == before:  # bounded by the session's own time-out
            async with another.get(f"{echoing.url}/x"):
                pass


@pytest.mark.parametrize(("status", "seen"), [(401, 401), (403, 403), (503, 503), (200, 502), (304, 502)])
async def test_a_refused_handshake_keeps_its_status(client, echoing: Gateway, status, seen):
    with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
        await client.ws_connect(f"{echoing.url}/ws-refused?status={status}")
    assert raised.value.status == seen


async def test_a_gateway_that_stops_closes_its_websockets(client, start_gateway, echo: str):
    gateway = start_gateway(GATEWAY_LITELLM_URL=echo)
    async with client.ws_connect(f"{gateway.url}/ws") as socket:
        await socket.receive_json()
        gateway.process.terminate()
        message = await socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1001)
    assert await asyncio.to_thread(gateway.process.wait, 20) == 0


async def test_an_upstream_that_is_down_is_told(client, start_gateway):
    gateway = start_gateway(GATEWAY_LITELLM_URL="http://127.0.0.1:9")
    with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
        await client.ws_connect(f"{gateway.url}/v1/realtime")
    assert raised.value.status == 503


async def test_a_realtime_conversation(client, gateway: Gateway, fake_llm: FakeLLM):
    async with client.ws_connect(f"{gateway.url}/v1/realtime?model=demo") as socket:
        types = await realtime_events(socket, "say: hi")
    assert types[0] == "session.created"
    assert "response.created" in types
