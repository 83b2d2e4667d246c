"""A streamed answer in frames: whatever fails after the first ends in a frame too."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from gateway.api.bedrock.request import request_id
from gateway.api.dialects import aws_exception, aws_members
from gateway.api.exchange import Exchange
from gateway.codecs.eventstream import CONTENT_TYPE, encode_exception
from gateway.errors import GatewayError, InternalError

_log = logging.getLogger(__name__)

# The exceptions that the service model allows within a stream of either operation.
CONVERSE_EXCEPTIONS = frozenset(
    {
        "InternalServerException",
        "ModelStreamErrorException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "ValidationException",
    }
)
INVOKE_EXCEPTIONS = CONVERSE_EXCEPTIONS | {"ModelTimeoutException"}

# What the others are told as: the client's fault stays the client's.
_IN_STREAM = {
    "AccessDeniedException": "ValidationException",
    "ResourceNotFoundException": "ValidationException",
    "ServiceQuotaExceededException": "ValidationException",
}
_OTHERWISE = "ModelStreamErrorException"


async def send_frames(
    exchange: Exchange, headers: list[tuple[bytes, bytes]], frames: AsyncIterator[bytes], allowed: frozenset[str]
) -> None:
    """Answer with the frames; an empty one is none. `allowed`: the exceptions that may stand in this stream.

    boto3 takes a stream that is cut for one that is complete, so a failure is said in the stream. Before the first
    frame it is raised: until then it can still be a proper error response.
    """
    try:
        async for frame in frames:
            if frame and not exchange.started:
                await exchange.start(200, [(b"content-type", CONTENT_TYPE), request_id(exchange), *headers])
            if frame:
                await exchange.write(frame)
    except Exception as error:
        if not exchange.started:
            raise
        await exchange.write(_exception_frame(error, exchange.request_id, allowed))
    await exchange.finish()


def _exception_frame(error: Exception, identifier: str, allowed: frozenset[str]) -> bytes:
    if not isinstance(error, GatewayError):
        _log.exception("unexpected error", extra={"request_id": identifier})
        error = InternalError(f"the gateway failed; its log says more under request id {identifier}")
    name, _ = aws_exception(error)
    if name not in allowed:
        name = _IN_STREAM.get(name, _OTHERWISE)
    return encode_exception(name[0].lower() + name[1:], aws_members(name, error))
