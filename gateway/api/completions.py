"""`POST /v1/chat/completions`: checked, then relayed to LiteLLM."""

from __future__ import annotations

from gateway.api.exchange import Exchange, parse_json_object
from gateway.api.relay import Relay

PATHS = frozenset({"/v1/chat/completions", "/chat/completions"})


class ChatCompletions:
    """OpenAI's chat completions over any model of LiteLLM."""

    def __init__(self, relay: Relay, body_limit: int) -> None:
        self._relay = relay
        self._body_limit = body_limit

    async def __call__(self, exchange: Exchange) -> None:
        raw = await exchange.json_body(self._body_limit)
        parse_json_object(raw)
        await self._relay.whole(exchange, raw)
