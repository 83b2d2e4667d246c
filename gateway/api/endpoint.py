"""Turns a handler of an Exchange into an ASGI endpoint: every error ends in an answer of the dialect."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from gateway.api.dialects import Dialect
from gateway.api.exchange import ClientLeft, Exchange
from gateway.api.our_key import concealed
from gateway.errors import GatewayError, InternalError

Handler = Callable[[Exchange], Awaitable[None]]

_log = logging.getLogger(__name__)


async def serve(exchange: Exchange, handler: Handler, dialect: Dialect) -> None:
    """Run the handler; a response that has begun when it fails is left unfinished, which ends the connection."""
    try:
        await handler(exchange)
    except ClientLeft:
        return
    except GatewayError as failure:
        if exchange.client_left:
            return
        error = concealed(failure, exchange.scope["state"])
        if error.status >= 500:
            # Not the message: LiteLLM's may quote what was asked.
            _log.warning("the request failed", extra={"request_id": exchange.request_id, "code": error.code})
        await _answer(exchange, error, dialect)
    except Exception:
        _log.exception("unexpected error", extra={"request_id": exchange.request_id})
        message = f"the gateway failed; its log says more under request id {exchange.request_id}"
        await _answer(exchange, InternalError(message), dialect)


async def _answer(exchange: Exchange, error: GatewayError, dialect: Dialect) -> None:
    if exchange.started:
        return
    await exchange.discard_body()
    rendered = dialect(error, exchange.request_id)
    await exchange.respond(rendered.status, rendered.headers, rendered.body)
