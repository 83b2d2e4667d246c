"""What every operation of the runtime reads from its request, and writes to its response."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from gateway.api.exchange import Exchange
from gateway.errors import MalformedRequest, SignedRequest
from gateway.upstream.caller import Caller


def model_id(raw: bytes) -> str:
    """The modelId of a path; raises MalformedRequest where it is no text."""
    try:
        model = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise MalformedRequest("the model id is not percent-encoded UTF-8") from None
    if not model.strip() or not model.isprintable():
        raise MalformedRequest("the model id is blank, or holds characters that cannot be printed")
    return model


def refuse_signature(exchange: Exchange) -> None:
    """Raises SignedRequest for AWS's signature, in the header or, of a presigned URL, in the query."""
    given = [value for name, value in exchange.headers if name == b"authorization"]
    signed = any(value.strip().lower().startswith(b"aws4-") for value in given)
    if signed or b"x-amz-signature=" in unquote_to_bytes(exchange.scope["query_string"]).lower():
        raise SignedRequest(
            "this request is signed with AWS keys; send a key of the gateway instead: "
            "set AWS_BEARER_TOKEN_BEDROCK, or the header Authorization: Bearer <key>"
        )


def caller_of(exchange: Exchange) -> Caller:
    """On whose behalf LiteLLM is asked."""
    return Caller(exchange.headers, exchange.request_id)


def request_id(exchange: Exchange) -> tuple[bytes, bytes]:
    """The header in which AWS's clients look for it."""
    return b"x-amzn-requestid", exchange.request_id.encode()
