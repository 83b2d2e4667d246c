"""The Bedrock runtime interface: `POST /bedrock/model/<modelId>/converse` and `/converse-stream`."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from gateway.api.dialects import JSON, aws_exception
from gateway.api.exchange import Exchange, parse_json_object
from gateway.codecs.eventstream import CONTENT_TYPE, encode_event, encode_exception
from gateway.errors import GatewayError, InternalError, MalformedRequest, SignedRequest
from gateway.schemas.bedrock import StreamEvent
from gateway.services.converse import Converse
from gateway.upstream.chat import Caller

_log = logging.getLogger(__name__)

# Of the raw path: boto3 percent-encodes the slashes and colons of an ARN, others send them as they are.
CONVERSE_PATH = re.compile(rb"/bedrock/model/(?P<model>[^?]+)/(?P<operation>converse|converse-stream)")

# The exceptions that the service model allows within a stream, by what they would be outside one.
_IN_STREAM = {
    "ThrottlingException": "throttlingException",
    "ValidationException": "validationException",
    "ServiceUnavailableException": "serviceUnavailableException",
    "InternalServerException": "internalServerException",
    "ServiceQuotaExceededException": "validationException",
    "AccessDeniedException": "validationException",
    "ResourceNotFoundException": "validationException",
}
_OTHERWISE = "modelStreamErrorException"


class BedrockRuntime:
    """Converse and ConverseStream for an unmodified boto3 client."""

    def __init__(self, converse: Converse, body_limit: int) -> None:
        self._converse = converse
        self._body_limit = body_limit

    async def __call__(self, exchange: Exchange) -> None:
        _refuse_signature(exchange)
        match = CONVERSE_PATH.fullmatch(exchange.scope["raw_path"])
        assert match is not None, "routed here by that very pattern"
        model = _model_id(match["model"])
        request = parse_json_object(await exchange.json_body(self._body_limit))
        caller = Caller(exchange.headers, exchange.request_id)
        async with exchange.while_client_stays():
            if match["operation"] == b"converse":
                await self._whole(exchange, model, request, caller)
            else:
                await self._streamed(exchange, model, request, caller)

    async def _whole(self, exchange: Exchange, model: str, request: dict[str, Any], caller: Caller) -> None:
        response, headers = await self._converse.converse(model, request, caller)
        await exchange.respond(200, [JSON, _request_id(exchange), *headers], orjson.dumps(response))

    async def _streamed(self, exchange: Exchange, model: str, request: dict[str, Any], caller: Caller) -> None:
        async with self._converse.stream(model, request, caller) as answer:
            head = [(b"content-type", CONTENT_TYPE), _request_id(exchange), *answer.headers]
            async for frame in _frames(answer.events, exchange.request_id):
                # Not before the first event: until then a failure can still be a proper error response.
                if not exchange.started:
                    await exchange.start(200, head)
                await exchange.write(frame)
            await exchange.finish()


async def _frames(events: AsyncIterator[list[StreamEvent]], request_id: str) -> AsyncIterator[bytes]:
    """The events as frames; a failure after the first is a frame too, as a cut stream raises nothing in boto3."""
    begun = False
    try:
        async for batch in events:
            if batch:
                yield b"".join(encode_event(event_type, payload) for event_type, payload in batch)
                begun = True
    except Exception as error:
        if not begun:
            raise
        yield _exception_frame(error, request_id)


def _exception_frame(error: Exception, request_id: str) -> bytes:
    if not isinstance(error, GatewayError):
        _log.exception("unexpected error", extra={"request_id": request_id})
        error = InternalError(f"the gateway failed; its log says more under request id {request_id}")
    name, _ = aws_exception(error)
    return encode_exception(_IN_STREAM.get(name, _OTHERWISE), error.message)


def _model_id(raw: bytes) -> str:
    try:
        model = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise MalformedRequest("the model id is not percent-encoded UTF-8") from None
    if not model.strip() or not model.isprintable():
        raise MalformedRequest("the model id is blank, or holds characters that cannot be printed")
    return model


def _request_id(exchange: Exchange) -> tuple[bytes, bytes]:
    return b"x-amzn-requestid", exchange.request_id.encode()


def _refuse_signature(exchange: Exchange) -> None:
    if (exchange.header(b"authorization") or b"").startswith(b"AWS4-"):
        raise SignedRequest(
            "this request is signed with AWS keys; send a key of the gateway instead: "
            "set AWS_BEARER_TOKEN_BEDROCK, or the header Authorization: Bearer <key>"
        )
