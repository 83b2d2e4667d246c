"""Everything under `/bedrock` that Quart has no route for: an operation of the runtime, or a refusal that names it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping

from gateway.api.bedrock.operations import PREFIX, operation_of
from gateway.api.bedrock.request import model_id, refuse_signature
from gateway.api.exchange import DRAIN_FACTOR, DRAIN_TIME, Exchange
from gateway.errors import (
    MalformedRequest,
    MissingCredentials,
    SignedRequest,
    UnknownOperation,
    UnsupportedContentType,
)

# Of the raw path: boto3 percent-encodes the slashes and colons of an ARN, others send them as they are.
_MODEL_PATH = re.compile(re.escape(PREFIX).encode() + rb"/model/(?P<model>[^?]+)/(?P<operation>[a-z-]+)")

# An operation upon a model: called with the request and the model's id.
ModelOperation = Callable[[Exchange, str], Awaitable[None]]


# What a request is refused with by its head alone.
_BEFORE_THE_BODY = (UnknownOperation, SignedRequest, MissingCredentials, UnsupportedContentType, MalformedRequest)


class BedrockRuntime:
    """`operations`: the last part of an operation's path → who serves it; all are asked for by POST."""

    def __init__(self, operations: Mapping[str, ModelOperation], body_limit: int) -> None:
        self._operations = {name.encode(): operation for name, operation in operations.items()}
        self._served = ", ".join(operations)
        self._body_limit = body_limit

    async def __call__(self, exchange: Exchange) -> None:
        try:
            await self._serve(exchange)
        except _BEFORE_THE_BODY:
            # Its client writes the body before it reads the refusal, and keeps the connection for the next request.
            await _discard_body(exchange, DRAIN_FACTOR * self._body_limit)
            raise

    async def _serve(self, exchange: Exchange) -> None:
        match = _MODEL_PATH.fullmatch(exchange.scope["raw_path"])
        operation = self._operations.get(match["operation"]) if match else None
        if match is None or operation is None or exchange.scope["method"] != "POST":
            raise self._unknown(exchange.scope["method"], exchange.scope["raw_path"].decode("latin-1"))
        refuse_signature(exchange)
        await operation(exchange, model_id(match["model"]))

    def _unknown(self, method: str, path: str) -> UnknownOperation:
        known = operation_of(method, path)
        asked = f"{method} {path[:200]}"
        if known is None:
            reason = f"{asked} is no operation of the Bedrock runtime"
        elif known.method != method:
            reason = f"{asked} is no operation; {known.name} is asked for by {known.method}"
        else:
            reason = f"{asked}: {known.name} is not served by this gateway"
        return UnknownOperation(f"{reason}. Served are, by POST to {PREFIX}/model/<modelId>/…: {self._served}")


async def _discard_body(exchange: Exchange, limit: int) -> None:
    """Read it, so that the connection can be kept, but not for ever."""
    read = 0
    try:
        async with asyncio.timeout(DRAIN_TIME):
            async for piece in exchange.stream():
                read += len(piece)
                if read > limit:
                    return
    except TimeoutError:
        return
