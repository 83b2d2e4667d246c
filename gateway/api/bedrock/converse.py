"""Converse and ConverseStream."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.api.bedrock.request import caller_of, request_id
from gateway.api.bedrock.streams import CONVERSE_EXCEPTIONS, send_frames
from gateway.api.dialects import JSON
from gateway.api.exchange import Exchange, parse_json_object
from gateway.codecs.eventstream import encode_event
from gateway.codecs.json_text import answer_json
from gateway.schemas.bedrock import StreamEvent
from gateway.services.converse import Converse


class ConverseOperations:
    """Bedrock's Converse over any model of LiteLLM."""

    def __init__(self, converse: Converse, body_limit: int) -> None:
        self._converse = converse
        self._body_limit = body_limit

    async def whole(self, exchange: Exchange, model: str) -> None:
        """Converse."""
        request = parse_json_object(await exchange.json_body(self._body_limit))
        async with exchange.while_client_stays():
            response, headers = await self._converse.converse(model, request, caller_of(exchange))
            await exchange.respond(200, [JSON, request_id(exchange), *headers], answer_json(response))

    async def streamed(self, exchange: Exchange, model: str) -> None:
        """ConverseStream."""
        request = parse_json_object(await exchange.json_body(self._body_limit))
        async with (
            exchange.while_client_stays(),
            self._converse.stream(model, request, caller_of(exchange)) as answer,
        ):
            await send_frames(exchange, answer.headers, _frames(answer.events), CONVERSE_EXCEPTIONS)


async def _frames(batches: AsyncIterator[list[StreamEvent]]) -> AsyncIterator[bytes]:
    async for batch in batches:
        yield b"".join(encode_event(event_type, payload) for event_type, payload in batch)
