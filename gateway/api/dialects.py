"""How an error looks on the wire: OpenAI's error object, or AWS's message with its `x-amzn-errortype`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.errors import (
    BodyTooLarge,
    GatewayError,
    MissingCredentials,
    RequestError,
    RequestTimeout,
    SessionBusy,
    TurnInDoubt,
    UpstreamBroken,
    UpstreamRefusal,
    UpstreamTimeout,
    UpstreamUnavailable,
)

JSON = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A complete answer; `headers` without content-length."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


# --- OpenAI -------------------------------------------------------------------

_OPENAI_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    429: "rate_limit_error",
    504: "timeout_error",
}


def openai_error(error: GatewayError) -> bytes:
    """The JSON of OpenAI's error object; the events of a stream carry it too."""
    default = "api_error" if error.status >= 500 else "invalid_request_error"
    kind = _OPENAI_TYPES.get(error.status, default)
    return orjson.dumps({"error": {"message": error.message, "type": kind, "param": error.param, "code": error.code}})


def openai_error_event(error: GatewayError) -> bytes:
    """An event of its own, wherever the stream broke off; OpenAI's clients raise what is in `error`."""
    return b"\n\ndata: " + openai_error(error) + b"\n\n"


def render_openai(error: GatewayError, request_id: str) -> Rendered:  # noqa: ARG001 - a Dialect; the id is in a header
    """https://platform.openai.com/docs/guides/error-codes; every answer carries `x-request-id`, as OpenAI's do."""
    headers = [JSON, *_retry_after(error)]
    if isinstance(error, TurnInDoubt):
        headers.append((b"x-should-retry", b"false"))  # OpenAI's clients would, by the status
    return Rendered(error.status, headers, openai_error(error))


# --- AWS ----------------------------------------------------------------------

# The exceptions of bedrock-runtime's service model, by the status its model gives them.
_AWS_BY_STATUS = {
    400: ("ValidationException", 400),
    401: ("AccessDeniedException", 403),
    402: ("ServiceQuotaExceededException", 400),
    403: ("AccessDeniedException", 403),
    404: ("ResourceNotFoundException", 404),
    408: ("ModelTimeoutException", 408),
    424: ("ModelErrorException", 424),
    429: ("ThrottlingException", 429),
    500: ("InternalServerException", 500),
    502: ("ServiceUnavailableException", 503),
    503: ("ServiceUnavailableException", 503),
    504: ("ModelTimeoutException", 408),
    529: ("ServiceUnavailableException", 503),  # Anthropic's "overloaded"
}
_AWS_BY_CLASS: dict[type[GatewayError], tuple[str, int]] = {
    MissingCredentials: ("AccessDeniedException", 403),
    # Of those that are not sent again by themselves.
    TurnInDoubt: ("ModelErrorException", 424),
    # The service model has 400: Bedrock has no sessions that are busy. The status is HTTP's own, as `Retry-After` is.
    SessionBusy: ("ConflictException", 409),
    RequestTimeout: ("ValidationException", 400),
    BodyTooLarge: ("ValidationException", 400),
    UpstreamUnavailable: ("ServiceUnavailableException", 503),
    UpstreamBroken: ("ModelErrorException", 424),
    UpstreamTimeout: ("ModelTimeoutException", 408),
}
_AWS_BY_CODE = {
    # LiteLLM's code for a spent budget, whatever the status it comes with.
    "budget_exceeded": ("ServiceQuotaExceededException", 400),
    # Of every service of AWS, so in none's service model.
    "unknown_operation": ("UnknownOperationException", 404),
}


def aws_exception(error: GatewayError) -> tuple[str, int]:
    """Name and status of the exception, of those that boto3 knows as typed ones."""
    found = _AWS_BY_CODE.get(error.code) or _AWS_BY_CLASS.get(type(error)) or _AWS_BY_STATUS.get(error.status)
    if found:
        return found
    if isinstance(error, RequestError) or 400 <= error.status < 500:
        return "ValidationException", 400
    return "InternalServerException", 500


def aws_members(name: str, error: GatewayError) -> dict[str, Any]:
    """The members of an exception's shape: the message, and what LiteLLM said where the shape has room for it."""
    members: dict[str, Any] = {"message": error.message}
    if isinstance(error, UpstreamRefusal) and name in _WITH_ORIGINAL:
        members["originalStatusCode"] = error.status
        if name == "ModelStreamErrorException":
            members["originalMessage"] = error.message
    return members


_WITH_ORIGINAL = frozenset({"ModelErrorException", "ModelStreamErrorException"})


def render_aws(error: GatewayError, request_id: str) -> Rendered:
    """rest-json: the name in a header, the message in the body, the id where boto3 looks for it."""
    name, status = aws_exception(error)
    headers = [JSON, (b"x-amzn-errortype", name.encode()), (b"x-amzn-requestid", request_id.encode())]
    return Rendered(status, headers + _retry_after(error), orjson.dumps(aws_members(name, error)))


Dialect = Callable[[GatewayError, str], Rendered]


def dialect_of(path: str) -> Dialect:
    """Whose clients ask under a path."""
    return render_aws if is_bedrock(path) else render_openai


def is_bedrock(path: str) -> bool:
    """Whether a decoded path is within the Bedrock interface, all of which is the gateway's."""
    return path == "/bedrock" or path.startswith("/bedrock/")


# Seconds, or an HTTP date.
_RETRY_AFTER = re.compile(r"\d{1,9}|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)


def _retry_after(error: GatewayError) -> list[tuple[bytes, bytes]]:
    if error.retry_after is None or not _RETRY_AFTER.fullmatch(error.retry_after):
        return []
    return [(b"retry-after", error.retry_after.encode("ascii"))]
