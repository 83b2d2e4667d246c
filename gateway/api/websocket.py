"""Relays a websocket to LiteLLM, such as that of `/v1/realtime`."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, WebsocketScope

from gateway.api.dialects import Rendered, render_openai
from gateway.errors import GatewayError, UpstreamRefusal
from gateway.upstream.headers import request_headers
from gateway.upstream.litellm import LiteLLM

_log = logging.getLogger(__name__)

# RFC 6455, section 7.4.1
GOING_AWAY = 1001
NO_STATUS = 1005
ABNORMAL = 1006


class WebsocketRelay:
    """Both directions at once, until either side closes; its close code reaches the other."""

    def __init__(self, litellm: LiteLLM) -> None:
        self._litellm = litellm

    async def __call__(self, scope: WebsocketScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        request_id = str(scope["state"]["request_id"])
        await receive()  # websocket.connect
        try:
            await self._relay(scope, receive, send, request_id)
        except aiohttp.WSServerHandshakeError as error:
            refusal = UpstreamRefusal(
                error.status, f"LiteLLM refused the websocket with status {error.status}", code="websocket_refused"
            )
            await _refuse(send, render_openai(refusal, request_id))
        except GatewayError as error:
            _log.warning(error.message, extra={"request_id": request_id, "code": error.code})
            await _refuse(send, render_openai(error, request_id))

    async def _relay(self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable, request_id: str) -> None:
        query = scope["query_string"]
        target = (scope["raw_path"] + b"?" + query if query else scope["raw_path"]).decode("ascii")
        protocols = list(scope["subprotocols"])
        async with self._litellm.websocket(
            target, headers=_handshake_headers(scope, request_id), protocols=protocols
        ) as upstream:
            await send({"type": "websocket.accept", "subprotocol": upstream.protocol, "headers": []})
            await _first_of(_from_client(receive, upstream), _from_upstream(upstream, send))


def _handshake_headers(scope: Any, request_id: str) -> list[tuple[str, str]]:
    client = scope["client"]
    headers = request_headers(
        scope["headers"],
        scheme="https" if scope["scheme"] == "wss" else "http",
        client=client[0] if client else None,
        request_id=request_id,
    )
    return [(name, value) for name, value in headers if not name.startswith("sec-websocket-")]


async def _first_of(*directions: Any) -> None:
    """Runs both until one ends, then ends the other."""
    tasks = [asyncio.create_task(direction) for direction in directions]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _from_client(receive: ASGIReceiveCallable, upstream: aiohttp.ClientWebSocketResponse[Any]) -> None:
    while True:
        message: Any = await receive()
        if message["type"] == "websocket.disconnect":
            code = message.get("code") or NO_STATUS
            await upstream.close(code=GOING_AWAY if code in {NO_STATUS, ABNORMAL} else code)
            return
        if message.get("text") is not None:
            await upstream.send_str(message["text"])
        else:
            await upstream.send_bytes(message["bytes"])


async def _from_upstream(upstream: aiohttp.ClientWebSocketResponse[Any], send: ASGISendCallable) -> None:
    async for message in upstream:
        if message.type is aiohttp.WSMsgType.TEXT:
            await send({"type": "websocket.send", "text": message.data, "bytes": None})
        elif message.type is aiohttp.WSMsgType.BINARY:
            await send({"type": "websocket.send", "text": None, "bytes": message.data})
    code = upstream.close_code
    if code is None or code in {NO_STATUS, ABNORMAL}:
        code = GOING_AWAY
    await send({"type": "websocket.close", "code": code, "reason": None})


async def _refuse(send: ASGISendCallable, rendered: Rendered) -> None:
    headers = [*rendered.headers, (b"content-length", str(len(rendered.body)).encode())]
    await send({"type": "websocket.http.response.start", "status": rendered.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": rendered.body, "more_body": False})
