"""`POST /v1/chat/completions`: checked, a managed prompt filled in, then relayed to LiteLLM."""

from __future__ import annotations

from gateway.api.exchange import Exchange, parse_json_object
from gateway.api.relay import Relay
from gateway.codecs.json_text import request_json
from gateway.errors import UnsupportedField
from gateway.services.managed_prompts import ManagedPrompts, prompt_of
from gateway.upstream.caller import Caller

PATHS = frozenset({"/v1/chat/completions", "/chat/completions"})


class ChatCompletions:
    """OpenAI's chat completions over any model of LiteLLM."""

    def __init__(self, relay: Relay, prompts: ManagedPrompts, body_limit: int) -> None:
        self._relay = relay
        self._prompts = prompts
        self._body_limit = body_limit

    async def __call__(self, exchange: Exchange) -> None:
        raw = await exchange.json_body(self._body_limit)
        request = parse_json_object(raw)
        arn = prompt_of(request.get("model"))
        if arn is not None:
            caller = Caller(exchange.headers, exchange.request_id)
            raw = request_json(await self._prompts.completion(arn, request, caller))
        elif request.get("promptVariables") is not None:
            raise UnsupportedField(
                "promptVariables", "only a managed prompt has variables; the model is not the ARN of one"
            )
        await self._relay.whole(exchange, raw)
