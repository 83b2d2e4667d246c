"""Lets requests with an access token in: with a key in its place, of which the answer tells nothing."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, cast

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope

from gateway.api.dialects import Dialect, dialect_of
from gateway.api.endpoint import serve
from gateway.api.exchange import Exchange
from gateway.api.our_key import KEY_IS_OURS, UNAUTHORIZED, body_is_about_key, refused
from gateway.services.access.exchange import TokenExchange
from gateway.upstream.caller import Caller


class TokenGate:
    """`public`: the paths that nobody needs a key for."""

    def __init__(self, exchange: TokenExchange, public: Container[str]) -> None:
        self._exchange = exchange
        self._public = public

    def concerns(self, scope: HTTPScope) -> bool:
        """Whether a token is in the place of a key that the path asks for."""
        return self._exchange.concerns(scope["headers"]) and scope["path"] not in self._public

    async def admitted(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> tuple[HTTPScope, ASGISendCallable] | None:
        """What to go on with; None where the request has been refused, and answered."""
        found: list[list[tuple[bytes, bytes]]] = []

        async def admit(exchange: Exchange) -> None:
            found.append(await self._exchange.headers(Caller(exchange.headers, exchange.request_id), scope["path"]))

        dialect = dialect_of(scope["path"])
        await serve(Exchange(scope, receive, send), admit, dialect)
        if not found:
            return None
        scope["state"][KEY_IS_OURS] = True
        admitted = {**scope, "headers": found[0]}
        return cast(HTTPScope, admitted), _concealing(send, dialect, scope["state"]["request_id"])


def _concealing(send: ASGISendCallable, dialect: Dialect, request_id: str) -> ASGISendCallable:
    """Puts the gateway's own words in the place of LiteLLM's about a bad key: they describe the key."""
    held: list[Any] = []

    async def sent(event: ASGISendEvent) -> None:
        message: Any = event
        if not held and message.get("status") != UNAUTHORIZED:
            await send(event)
            return
        held.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            body = b"".join(each["body"] for each in held[1:])
            for each in _refusal(dialect, request_id) if body_is_about_key(UNAUTHORIZED, body) else held:
                await send(each)
            held.clear()

    return sent


def _refusal(dialect: Dialect, request_id: str) -> list[Any]:
    rendered = dialect(refused(), request_id)
    headers = [*rendered.headers, (b"content-length", str(len(rendered.body)).encode())]
    return [
        {"type": "http.response.start", "status": rendered.status, "headers": headers},
        {"type": "http.response.body", "body": rendered.body, "more_body": False},
    ]
