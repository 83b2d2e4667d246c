"""The ASGI application in front of Quart's: sends each request to who owns its path."""

from __future__ import annotations

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from gateway.api.bedrock import CONVERSE_PATH, BedrockRuntime
from gateway.api.completions import PATHS as COMPLETION_PATHS
from gateway.api.completions import ChatCompletions
from gateway.api.dialects import render_aws, render_openai
from gateway.api.endpoint import serve
from gateway.api.exchange import Exchange
from gateway.api.relay import Relay
from gateway.api.websocket import WebsocketRelay


class Front:
    """Completions and Converse straight on ASGI, what Quart has routes for to Quart, all else to LiteLLM.

    `quart_prefixes`: the beginnings of the paths that Quart owns.
    """

    def __init__(
        self,
        quart: ASGIFramework,
        quart_prefixes: tuple[str, ...],
        *,
        completions: ChatCompletions,
        bedrock: BedrockRuntime,
        relay: Relay,
        websockets: WebsocketRelay,
    ) -> None:
        self._quart = quart
        self._quart_prefixes = quart_prefixes
        self._completions = completions
        self._bedrock = bedrock
        self._relay = relay
        self._websockets = websockets

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(self._quart_prefixes):
            await self._direct(scope, Exchange(scope, receive, send))
        elif scope["type"] == "websocket":
            await self._websockets(scope, receive, send)
        else:
            await self._quart(scope, receive, send)

    async def _direct(self, scope: HTTPScope, exchange: Exchange) -> None:
        post = scope["method"] == "POST"
        if post and scope["path"] in COMPLETION_PATHS:
            await serve(exchange, self._completions, render_openai)
        elif post and CONVERSE_PATH.fullmatch(scope["raw_path"]):
            await serve(exchange, self._bedrock, render_aws)
        else:
            await serve(exchange, self._relay.stream, render_openai)
