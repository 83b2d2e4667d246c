"""`POST /v1/chat/completions`: a managed prompt filled in, then relayed to LiteLLM, with history or without."""

from __future__ import annotations

from typing import Any

from gateway.api.dialects import openai_error_event
from gateway.api.exchange import Exchange, parse_json_object
from gateway.api.relay import Relay
from gateway.codecs.json_text import request_json
from gateway.errors import GatewayError, UnsupportedField
from gateway.services.history_request import AskedHistory, asked_history, without_history_fields
from gateway.services.managed_prompts import ManagedPrompts, prompt_of
from gateway.services.remembered_completions import CompletionAnswer, RememberedCompletions
from gateway.upstream.caller import Caller
from gateway.upstream.headers import request_headers

PATHS = frozenset({"/v1/chat/completions", "/chat/completions"})


class ChatCompletions:
    """OpenAI's chat completions over any model of LiteLLM."""

    def __init__(
        self, relay: Relay, prompts: ManagedPrompts, remembered: RememberedCompletions, body_limit: int
    ) -> None:
        self._relay = relay
        self._prompts = prompts
        self._remembered = remembered
        self._body_limit = body_limit

    async def __call__(self, exchange: Exchange) -> None:
        raw = await exchange.json_body(self._body_limit)
        request = parse_json_object(raw)
        caller = Caller(exchange.headers, exchange.request_id)
        asked = asked_history(request, caller)
        own = without_history_fields(request)
        chat = await self._filled_in(own, caller)
        if asked is not None:
            await self._with_history(exchange, asked, chat, caller)
        else:
            await self._relay.whole(exchange, raw if chat == request else request_json(chat))

    async def _filled_in(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        arn = prompt_of(request.get("model"))
        if arn is not None:
            return await self._prompts.completion(arn, request, caller)
        if request.get("promptVariables") is not None:
            raise UnsupportedField(
                "promptVariables", "only a managed prompt has variables; the model is not the ARN of one"
            )
        return request

    async def _with_history(
        self, exchange: Exchange, asked: AskedHistory, chat: dict[str, Any], caller: Caller
    ) -> None:
        headers = request_headers(
            exchange.headers,
            scheme=exchange.scope["scheme"],
            client=exchange.client,
            request_id=exchange.request_id,
        )
        async with (
            exchange.while_client_stays(),
            self._remembered.answer(asked, chat, caller, exchange.target, headers) as answer,
        ):
            await (_send_stream if answer.is_stream else _send_whole)(exchange, answer)


async def _send_whole(exchange: Exchange, answer: CompletionAnswer) -> None:
    body = b"".join([piece async for piece in answer.pieces])
    await exchange.respond(answer.status, answer.headers, body)


async def _send_stream(exchange: Exchange, answer: CompletionAnswer) -> None:
    """What fails before the first piece is a proper error response; later, an event that OpenAI's clients raise."""
    try:
        async for piece in answer.pieces:
            if piece and not exchange.started:
                await exchange.start(answer.status, answer.headers)
            if piece:
                await exchange.write(piece)
    except GatewayError as error:
        if not exchange.started:
            raise
        await exchange.finish(openai_error_event(error))
        raise
    if not exchange.started:
        await exchange.start(answer.status, answer.headers)
    await exchange.finish()
