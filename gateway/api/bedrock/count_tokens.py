"""CountTokens, of a request of Converse or of InvokeModel."""

from __future__ import annotations

from base64 import b64decode

from gateway.api.bedrock.request import caller_of, request_id
from gateway.api.dialects import JSON
from gateway.api.exchange import Exchange, parse_json_object
from gateway.codecs.json_text import answer_json
from gateway.errors import MalformedBody
from gateway.services.count_tokens import INVOKE_MODEL, CountTokens
from gateway.services.history_request import refuse_history
from gateway.services.invoke_bodies import TAKEN
from gateway.translation.fields import Field
from gateway.upstream.asking import Answer
from gateway.upstream.caller import Caller


class CountTokensOperation:
    """Bedrock's CountTokens over any model of LiteLLM."""

    def __init__(self, count_tokens: CountTokens, body_limit: int) -> None:
        self._count_tokens = count_tokens
        self._body_limit = body_limit

    async def __call__(self, exchange: Exchange, model: str) -> None:
        request = Field(parse_json_object(await exchange.json_body(self._body_limit)))
        refuse_history({}, caller_of(exchange))
        of = request.only("input").member("input").only("converse", "invokeModel").only_member()
        count = {"converse": self._converse, "invokeModel": self._invocation}[str(of.name)]
        async with exchange.while_client_stays():
            answer = await count(of, model, caller_of(exchange))
            await exchange.respond(200, [JSON, request_id(exchange), *answer.headers], answer_json(answer.body))

    async def _converse(self, of: Field, model: str, caller: Caller) -> Answer:
        of.only("messages", "system", "toolConfig", "additionalModelRequestFields")
        return await self._count_tokens.of_converse(model, of.value, caller)

    async def _invocation(self, of: Field, model: str, caller: Caller) -> Answer:
        raw = b64decode(of.only("body").member("body").base64())
        try:
            body = parse_json_object(raw)
        except MalformedBody as error:
            raise MalformedBody(f"{INVOKE_MODEL}: {error.message}; {TAKEN}", param=INVOKE_MODEL) from None
        return await self._count_tokens.of_invocation(model, body, caller)
