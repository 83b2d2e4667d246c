"""Lets requests with an access token in: with a key in its place, of which the answer tells nothing."""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import partial
from typing import Any, cast

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope

from gateway.api.dialects import Dialect, dialect_of
from gateway.api.endpoint import serve
from gateway.api.exchange import Exchange
from gateway.api.our_key import FORGET_KEY, body_is_about_key, refused
from gateway.errors import UpstreamBroken
from gateway.services.access.token_exchange import Exchanged, TokenExchange
from gateway.units import MIB
from gateway.upstream.asking import UNAUTHORIZED
from gateway.upstream.caller import Caller

MAX_HELD = 1 * MIB
MAX_MANAGED_BODY = 1 * MIB


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
    ) -> tuple[HTTPScope, ASGIReceiveCallable, ASGISendCallable] | None:
        """What to go on with; None where the request has been refused, and answered."""
        admission = _Admission(self._exchange, scope["path"], receive)
        dialect = dialect_of(scope["path"])
        await serve(Exchange(scope, receive, send), admission, dialect)
        if admission.exchanged is None:
            return None
        forget = partial(self._exchange.forget, Caller(admission.exchanged.headers, ""))
        scope["state"][FORGET_KEY] = forget
        admitted = cast(HTTPScope, {**scope, "headers": admission.exchanged.headers})
        refusal = _refusal(dialect, scope["state"]["request_id"])
        return admitted, admission.receive, _concealing(send, refusal, forget)


class _Admission:
    """`exchanged`: None until the token has been. `receive`: for whoever goes on with the request."""

    def __init__(self, exchange: TokenExchange, path: str, receive: ASGIReceiveCallable) -> None:
        self.exchanged: Exchanged | None = None
        self.receive = receive
        self._exchange = exchange
        self._path = path

    async def __call__(self, exchange: Exchange) -> None:
        async def read() -> bytes:
            if not exchange.has_body:
                return b""
            return await exchange.body(MAX_MANAGED_BODY, "for what administrators manage with a token")

        caller = Caller(exchange.headers, exchange.request_id)
        self.exchanged = await self._exchange.exchanged(caller, self._path, read)
        if self.exchanged.body is not None and exchange.has_body:
            self.receive = _again(self.exchanged.body, self.receive)


def _again(body: bytes, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """Gives a body that was read, then goes on as before."""
    given = False

    async def received() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _concealing(send: ASGISendCallable, refusal: list[Any], forget: Callable[[], None]) -> ASGISendCallable:
    """Puts the gateway's own words in the place of LiteLLM's about a bad key: they describe the key."""
    held: list[Any] = []

    async def sent(event: ASGISendEvent) -> None:
        message: Any = event
        if not held and message.get("status") != UNAUTHORIZED:
            await send(event)
            return
        held.append(message)
        if sum(len(each.get("body", b"")) for each in held) > MAX_HELD:
            held.clear()
            raise UpstreamBroken("LiteLLM's refusal is too large")
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            body = b"".join(each.get("body", b"") for each in held[1:])
            is_about_key = body_is_about_key(UNAUTHORIZED, body)
            if is_about_key:
                forget()
            for each in refusal if is_about_key else held:
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
