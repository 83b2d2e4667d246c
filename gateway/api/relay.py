"""Relays a request to LiteLLM unchanged, both bodies streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from gateway.api.dialects import openai_error_event
from gateway.api.exchange import Exchange
from gateway.errors import UpstreamError
from gateway.upstream.headers import request_headers, response_headers
from gateway.upstream.litellm import LiteLLM, upstream_errors

EVENT_STREAM = "text/event-stream"


class Relay:
    """Every path that the gateway does not own, and completions that need nothing of it."""

    def __init__(self, litellm: LiteLLM) -> None:
        self._litellm = litellm

    async def stream(self, exchange: Exchange) -> None:
        """Relay with the body as it comes; uploads of any size pass without being held."""
        body = exchange.stream() if exchange.has_body else None
        await self._relay(exchange, body, exchange.content_length)

    async def whole(self, exchange: Exchange, body: bytes) -> None:
        """Relay with a body that has been read already."""
        await self._relay(exchange, body, len(body))

    async def _relay(self, exchange: Exchange, body: bytes | AsyncIterator[bytes] | None, length: int | None) -> None:
        scope = exchange.scope
        headers = request_headers(
            exchange.headers,
            scheme=scope["scheme"],
            client=exchange.client,
            request_id=exchange.request_id,
            content_length=length,
        )
        async with (
            exchange.while_client_stays(),
            self._litellm.request(scope["method"], exchange.target, headers=headers, body=body) as response,
        ):
            await exchange.start(response.status, response_headers(response.raw_headers))
            await self._copy(response, exchange)

    async def _copy(self, response: aiohttp.ClientResponse, exchange: Exchange) -> None:
        try:
            with upstream_errors():
                async for chunk in response.content.iter_any():
                    await exchange.write(chunk)
        except UpstreamError as error:
            if _takes_an_error_event(response):
                await exchange.finish(openai_error_event(error))
            raise
        await exchange.finish()


def _takes_an_error_event(response: aiohttp.ClientResponse) -> bool:
    return response.content_type == EVENT_STREAM and "content-encoding" not in response.headers
