"""Relays a websocket to LiteLLM, such as that of `/v1/realtime`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import aiohttp
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, WebsocketScope

from gateway.api.dialects import Rendered, render_openai
from gateway.api.exchange import check_target, client_of, target_of
from gateway.errors import GatewayError, UpstreamBroken
from gateway.services.access.token_exchange import TokenExchange
from gateway.upstream.caller import Caller
from gateway.upstream.headers import request_headers
from gateway.upstream.litellm import LiteLLM

_log = logging.getLogger(__name__)

# RFC 6455, section 7.4.1
GOING_AWAY = 1001
NO_STATUS = 1005
ABNORMAL = 1006

Upstream = aiohttp.ClientWebSocketResponse[Any]


class WebsocketRelay:
    """Both directions at once, until either side closes; its close code reaches the other.

    `stopping` gives the event that is set when the gateway ends: websockets live long, so they are not waited for.
    `tokens`: None where no access tokens are taken.
    """

    def __init__(self, litellm: LiteLLM, stopping: Callable[[], asyncio.Event], tokens: TokenExchange | None) -> None:
        self._litellm = litellm
        self._stopping = stopping
        self._tokens = tokens

    async def __call__(self, scope: WebsocketScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        socket = _Client(scope, receive, send)
        try:
            check_target(scope)
            await self._relay(await self._admitted(scope, socket.request_id), socket)
        except GatewayError as error:
            if error.status >= 500:
                _log.warning("the websocket failed", extra={"request_id": socket.request_id, "code": error.code})
            await socket.refuse(render_openai(error, socket.request_id))

    async def _admitted(self, scope: WebsocketScope, request_id: str) -> WebsocketScope:
        """With a key in the place of an access token."""
        if self._tokens is None or not self._tokens.concerns(scope["headers"]):
            return scope
        caller = Caller(list(scope["headers"]), request_id)
        exchanged = await self._tokens.exchanged(caller, scope["path"], _no_body)
        return cast(WebsocketScope, {**scope, "headers": exchanged.headers})

    async def _relay(self, scope: WebsocketScope, client: _Client) -> None:
        if (await client.receive())["type"] != "websocket.connect":
            return  # it left as it came
        connecting = self._litellm.websocket(
            target_of(scope),
            headers=_handshake_headers(scope, client.request_id),
            protocols=list(scope["subprotocols"]),
        )
        async with client.while_waiting(connecting) as upstream:
            if upstream is None:
                return
            await client.accept(upstream.protocol)
            await _first_of(
                _from_client(client, upstream),
                _from_upstream(upstream, client),
                _when_stopping(self._stopping(), client),
            )


def _handshake_headers(scope: WebsocketScope, request_id: str) -> list[tuple[str, str]]:
    headers = request_headers(
        scope["headers"],
        scheme="https" if scope["scheme"] == "wss" else "http",
        client=client_of(scope),
        request_id=request_id,
    )
    return [(name, value) for name, value in headers if not name.lower().startswith("sec-websocket-")]


async def _no_body() -> bytes:
    return b""


class _Client:
    """The client's side; what it says while LiteLLM is still being connected to is not lost."""

    def __init__(self, scope: WebsocketScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self.request_id = str(scope["state"]["request_id"])
        self._receive = receive
        self._send = send
        self._next: asyncio.Task[Any] | None = None
        self._accepted = False

    async def receive(self) -> Any:
        if self._next is None:
            return await self._receive()
        message, self._next = await self._next, None
        return message

    @asynccontextmanager
    async def while_waiting(self, connecting: Any) -> AsyncIterator[Upstream | None]:
        """What `connecting` opens; None when the client leaves before that."""
        self._next = asyncio.ensure_future(self._receive())
        opening = asyncio.create_task(connecting.__aenter__())
        await asyncio.wait({self._next, opening}, return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            opening.cancel()
            with suppress(asyncio.CancelledError, GatewayError):
                await opening
            yield None
            return
        try:
            upstream = await opening
        except GatewayError:
            self._next.cancel()
            raise
        try:
            yield upstream
        finally:
            if self._next is not None:
                self._next.cancel()
            await connecting.__aexit__(None, None, None)

    async def accept(self, protocol: str | None) -> None:
        self._accepted = True
        await self._send({"type": "websocket.accept", "subprotocol": protocol, "headers": []})

    async def send(self, *, text: str | None = None, data: bytes | None = None) -> None:
        await self._send({"type": "websocket.send", "text": text, "bytes": data})

    async def close(self, code: int) -> None:
        await self._send({"type": "websocket.close", "code": code, "reason": None})

    async def refuse(self, rendered: Rendered) -> None:
        """An answer in place of the upgrade; once it is upgraded, a close."""
        if self._accepted:
            await self.close(GOING_AWAY)
            return
        headers = [*rendered.headers, (b"content-length", str(len(rendered.body)).encode())]
        await self._send({"type": "websocket.http.response.start", "status": rendered.status, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": rendered.body, "more_body": False})


async def _first_of(*directions: Coroutine[Any, Any, None]) -> None:
    """Runs all until one ends, then ends the others."""
    tasks = [asyncio.create_task(direction) for direction in directions]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _from_client(client: _Client, upstream: Upstream) -> None:
    while True:
        message: Any = await client.receive()
        if message["type"] == "websocket.disconnect":
            code = message.get("code") or NO_STATUS
            await upstream.close(code=GOING_AWAY if code in {NO_STATUS, ABNORMAL} else code)
            return
        if message.get("text") is not None:
            await upstream.send_str(message["text"])
        else:
            await upstream.send_bytes(message["bytes"])


async def _from_upstream(upstream: Upstream, client: _Client) -> None:
    async for message in upstream:
        if message.type is aiohttp.WSMsgType.TEXT:
            await client.send(text=message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            await client.send(data=message.data)
        else:
            raise UpstreamBroken("LiteLLM's websocket broke off")
    code = upstream.close_code
    await client.close(GOING_AWAY if code is None or code in {NO_STATUS, ABNORMAL} else code)


async def _when_stopping(stopping: asyncio.Event, client: _Client) -> None:
    await stopping.wait()
    await client.close(GOING_AWAY)
