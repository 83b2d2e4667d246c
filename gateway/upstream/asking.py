"""One JSON request to LiteLLM, and the reading of its answer: whole, in events, or as an error."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from gateway.codecs.json_text import request_json
from gateway.codecs.sse import Event, EventTooLarge, SSEDecoder
from gateway.errors import UpstreamBroken, UpstreamRefusal
from gateway.units import MIB
from gateway.upstream.caller import Caller
from gateway.upstream.litellm import LiteLLM, upstream_errors

MAX_ANSWER = 64 * MIB
MAX_ERROR = 1 * MIB

UNAUTHORIZED = 401
# LiteLLM's types of errors about the key itself.
_OF_KEYS = frozenset({"token_not_found_in_db", "expired_key"})
# How its messages describe a key: the last characters, the hash.
_DESCRIPTION = re.compile(r"Received API Key|Key Hash|sk-\.\.\.|Key is blocked")

RawHeaderList = list[tuple[bytes, bytes]]

# What LiteLLM tells of a call: its id, cost and model, the limits that remain.
_USEFUL_PREFIXES = (b"x-litellm-", b"x-ratelimit-", b"llm_provider-")


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer of LiteLLM, and of its headers those that are of use to the client."""

    body: dict[str, Any]
    headers: RawHeaderList


@asynccontextmanager
async def asked(
    litellm: LiteLLM, target: str, body: dict[str, Any], caller: Caller, *, headers: list[tuple[str, str]] | None = None
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The response to a POST, with status 200 and unread; `headers` go with those of the caller.

    Raises UpstreamRefusal with LiteLLM's own status, or another UpstreamError; MalformedBody for what is too deep.
    """
    # The answer is read here, not relayed: asked for uncompressed, it needs no decoding.
    sent = [*caller.upstream_headers(), *(headers or ()), ("accept-encoding", "identity")]
    async with litellm.request("POST", target, headers=sent, body=request_json(body)) as response:
        if response.status < 400 and response.status != 200:
            raise UpstreamBroken(f"LiteLLM answered with status {response.status}")
        if response.status != 200:
            raise refusal(response.status, await read(response, MAX_ERROR), response.headers.get("retry-after"))
        yield response


async def whole(response: aiohttp.ClientResponse) -> Answer:
    """The answer, once it has come; raises UpstreamBroken when it is none."""
    return Answer(json_object(await read(response, MAX_ANSWER)), useful_headers(response))


async def events(response: aiohttp.ClientResponse) -> AsyncGenerator[list[Event], None]:
    """The server-sent events as they come, in lists of what came at once. Raises an UpstreamError."""
    decoder = SSEDecoder()
    with upstream_errors():
        async for data in response.content.iter_any():
            try:
                yield decoder.feed(data)
            except EventTooLarge:
                raise UpstreamBroken("an event of LiteLLM's stream is too large") from None


def refusal(status: int, raw: bytes, retry_after: str | None) -> UpstreamRefusal:
    """LiteLLM's error answer, in OpenAI's shape or Anthropic's; where it is in neither, what can be said without it."""
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        parsed = None
    return refusal_of(status, _told(parsed) if isinstance(parsed, dict) else None, retry_after)


def _told(answer: dict[str, Any]) -> object:
    """The error object; FastAPI's own errors, of which LiteLLM has some, have a `detail` in its place."""
    if "error" in answer:
        return answer["error"]
    detail = answer.get("detail")
    if isinstance(detail, dict):
        detail = detail.get("error") or detail.get("message")
    return {"message": detail, "type": "refused"} if isinstance(detail, str) else None


def is_about_key(error: UpstreamRefusal) -> bool:
    """Whether LiteLLM refuses the key, rather than what its holder asks for: its status for either is 401."""
    return error.status == UNAUTHORIZED and (error.code in _OF_KEYS or _DESCRIPTION.search(error.message) is not None)


def refusal_of(status: int, error: object, retry_after: str | None) -> UpstreamRefusal:
    """The same for the error object alone."""
    told = error if isinstance(error, dict) else {}
    message, code = told.get("message"), told.get("type") or told.get("code")
    if not isinstance(message, str):
        return UpstreamRefusal(
            status, f"LiteLLM answered with status {status}", code="upstream_error", retry_after=retry_after
        )
    return UpstreamRefusal(status, message, code=str(code), retry_after=retry_after)


def json_object(raw: bytes) -> dict[str, Any]:
    """Raises UpstreamBroken when the bytes are not a JSON object."""
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise UpstreamBroken("LiteLLM's answer is not valid JSON") from None
    if not isinstance(parsed, dict):
        raise UpstreamBroken("LiteLLM's answer is not a JSON object")
    return parsed


def useful_headers(response: aiohttp.ClientResponse) -> RawHeaderList:
    """Those that tell the client of its call."""
    lowered = ((name.lower(), value) for name, value in response.raw_headers)
    return [(name, value) for name, value in lowered if name.startswith(_USEFUL_PREFIXES)]


async def read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The whole body. Raises UpstreamBroken when it is larger than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > limit:
            raise UpstreamBroken(f"LiteLLM's answer is larger than {limit} bytes")
        parts.append(part)
    return b"".join(parts)
