"""The ASGI application in front of Quart's: sends each request to who owns its path."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from gateway.api.bedrock.runtime import BedrockRuntime
from gateway.api.completions import PATHS as COMPLETION_PATHS
from gateway.api.completions import ChatCompletions
from gateway.api.dialects import dialect_of, is_bedrock
from gateway.api.endpoint import Handler, serve
from gateway.api.exchange import Exchange, check_framing, check_target
from gateway.api.relay import Relay
from gateway.api.websocket import WebsocketRelay


class OwnedPaths:
    """`rules`: paths as Quart's routes have them, such as `/v1/sessions/<session_id>`; of `<path:…>` all below it."""

    def __init__(self, rules: Iterable[str]) -> None:
        listed = set(rules)
        self._exact = frozenset(rule for rule in listed if "<" not in rule)
        patterns = sorted(
            re.sub(r"<(path:)?\w+>", lambda found: ".+" if found[1] else "[^/]+", re.escape(rule))
            for rule in listed - self._exact
        )
        self._others = re.compile("|".join(patterns) or r"(?!)")

    def __contains__(self, path: str) -> bool:
        return path in self._exact or self._others.fullmatch(path) is not None


class Front:
    """To Quart what it has routes for, completions and the rest of `/bedrock` straight on ASGI, all else to LiteLLM."""

    def __init__(
        self,
        quart: ASGIFramework,
        quart_paths: OwnedPaths,
        *,
        completions: ChatCompletions,
        bedrock: BedrockRuntime,
        relay: Relay,
        websockets: WebsocketRelay,
    ) -> None:
        self._quart = quart
        self._quart_paths = quart_paths
        self._completions = completions
        self._bedrock = bedrock
        self._relay = relay
        self._websockets = websockets

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "websocket":
            await self._websockets(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] not in self._quart_paths:
            handler = self._handler(scope)

            async def checked(exchange: Exchange) -> None:
                check_target(scope)
                check_framing(exchange.headers)
                await handler(exchange)

            await serve(Exchange(scope, receive, send), checked, dialect_of(scope["path"]))
        else:
            await self._quart(scope, receive, send)

    def _handler(self, scope: HTTPScope) -> Handler:
        if scope["method"] == "POST" and scope["path"] in COMPLETION_PATHS:
            return self._completions
        if is_bedrock(scope["path"]):
            return self._bedrock
        return self._relay.stream
