"""The ASGI application in front of Quart's: sends each request to who owns its path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from gateway.api.bedrock.runtime import BedrockRuntime
from gateway.api.completions import PATHS as COMPLETION_PATHS
from gateway.api.completions import ChatCompletions
from gateway.api.dialects import dialect_of, is_bedrock
from gateway.api.endpoint import Handler, serve
from gateway.api.exchange import Exchange, check_framing, check_target
from gateway.api.managed_access import ManagedAccess
from gateway.api.relay import Relay
from gateway.api.token_gate import TokenGate
from gateway.api.websocket import WebsocketRelay
from gateway.services.access.operations import operation_of


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

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and (path in self._exact or self._others.fullmatch(path) is not None)


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
        access: ManagedAccess,
        tokens: TokenGate | None,
    ) -> None:
        self._quart = quart
        self._quart_paths = quart_paths
        self._completions = completions
        self._bedrock = bedrock
        self._relay = relay
        self._websockets = websockets
        self._access = access
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "websocket":
            await self._websockets(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._quart(scope, receive, send)

    async def _http(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        managed = operation_of(scope["method"], scope["path"])
        if managed is None and self._tokens is not None and self._tokens.concerns(scope):
            admitted = await self._tokens.admitted(scope, receive, send)
            if admitted is None:
                return
            scope, receive, send = admitted
        if scope["path"] in self._quart_paths:
            await self._quart(scope, receive, send)
            return
        handler = self._handler(scope) if managed is None else partial(self._access.perform, managed)

        async def checked(exchange: Exchange) -> None:
            check_target(scope)
            check_framing(exchange.headers)
            await handler(exchange)

        await serve(Exchange(scope, receive, send), checked, dialect_of(scope["path"]))

    def _handler(self, scope: HTTPScope) -> Handler:
        if scope["method"] == "POST" and scope["path"] in COMPLETION_PATHS:
            return self._completions
        if is_bedrock(scope["path"]):
            return self._bedrock
        return self._relay.stream
