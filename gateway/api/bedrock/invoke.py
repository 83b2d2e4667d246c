"""InvokeModel and InvokeModelWithResponseStream: the body is the model's own, the options are headers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

from gateway.api.bedrock.request import caller_of, request_id
from gateway.api.bedrock.streams import INVOKE_EXCEPTIONS, send_frames
from gateway.api.dialects import JSON
from gateway.api.exchange import Exchange, parse_json_object
from gateway.codecs.eventstream import encode_event
from gateway.codecs.json_text import answer_json
from gateway.errors import MalformedBody, UnsupportedField, UpstreamBroken
from gateway.services.history_request import refuse_history
from gateway.services.invoke import InvokeModel
from gateway.services.invoke_bodies import TAKEN
from gateway.services.invoke_stream import Chunk
from gateway.translation.fields import NOT_CARRIED

_PREFIX = b"x-amzn-bedrock-"
# The headers that are members of the operations' requests, by the members' names.
_OPTIONS = {
    b"x-amzn-bedrock-accept": "accept",
    b"x-amzn-bedrock-trace": "trace",
    b"x-amzn-bedrock-guardrailidentifier": "guardrailIdentifier",
    b"x-amzn-bedrock-guardrailversion": "guardrailVersion",
    b"x-amzn-bedrock-performanceconfig-latency": "performanceConfigLatency",
    b"x-amzn-bedrock-service-tier": "serviceTier",
    b"x-amzn-bedrock-request-metadata": "requestMetadata",
}

# The service model's limit for the bytes of a chunk.
MAX_CHUNK = 1_000_000
# Of a payload that is no text to them; AWS's clients for JavaScript and Go say so where they are told nothing else.
_UNTYPED = (b"application/octet-stream", b"*/*")


class InvokeOperations:
    """Bedrock's InvokeModel over any model of LiteLLM."""

    def __init__(self, invoke: InvokeModel, body_limit: int) -> None:
        self._invoke = invoke
        self._body_limit = body_limit

    async def whole(self, exchange: Exchange, model: str) -> None:
        """InvokeModel."""
        body = await self._body(exchange)
        options = _options(exchange)
        if accept := exchange.header(b"accept"):
            options["accept"] = accept.decode("latin-1")
        async with exchange.while_client_stays():
            answer = await self._invoke.invoke(model, body, options, caller_of(exchange))
            await exchange.respond(200, [JSON, request_id(exchange), *answer.headers], answer_json(answer.body))

    async def streamed(self, exchange: Exchange, model: str) -> None:
        """InvokeModelWithResponseStream."""
        body = await self._body(exchange)
        options = _options(exchange)
        async with (
            exchange.while_client_stays(),
            self._invoke.stream(model, body, options, caller_of(exchange)) as answer,
        ):
            headers = [(b"x-amzn-bedrock-content-type", JSON[1]), *answer.headers]
            await send_frames(exchange, headers, _frames(answer.batches), INVOKE_EXCEPTIONS)

    async def _body(self, exchange: Exchange) -> dict[str, Any]:
        exchange.headers = [
            header for header in exchange.headers if not (header[0] == b"content-type" and header[1] in _UNTYPED)
        ]
        raw = await exchange.json_body(self._body_limit)
        try:
            body = parse_json_object(raw)
        except MalformedBody as error:
            raise MalformedBody(f"{error.message}; {TAKEN}") from None
        refuse_history(body, caller_of(exchange))
        return body


def _options(exchange: Exchange) -> dict[str, str]:
    """Those that were given and are not empty. Raises UnsupportedField for others of Bedrock's headers."""
    options: dict[str, str] = {}
    for name, value in exchange.headers:
        if not name.startswith(_PREFIX):
            continue
        if name not in _OPTIONS:
            raise UnsupportedField(name.decode("latin-1")[:80], NOT_CARRIED)
        if value.strip():
            options[_OPTIONS[name]] = value.decode("utf-8", "replace").strip()
    return options


async def _frames(batches: AsyncIterator[list[Chunk]]) -> AsyncIterator[bytes]:
    async for batch in batches:
        frames: list[bytes] = []
        try:
            for chunk in batch:
                frames.append(_frame(chunk))
        except UpstreamBroken:
            # What came before the failure has been said.
            yield b"".join(frames)
            raise
        yield b"".join(frames)


def _frame(chunk: Chunk) -> bytes:
    payload = answer_json(chunk)
    if len(payload) > MAX_CHUNK:
        raise UpstreamBroken(f"an event of the model's stream has more than the {MAX_CHUNK} bytes of a chunk")
    return encode_event("chunk", {"bytes": b64encode(payload).decode()})
