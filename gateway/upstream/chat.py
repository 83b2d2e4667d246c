"""Chat completions asked of LiteLLM by the gateway itself, for requests that it has translated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from gateway.codecs.sse import EventTooLarge, SSEDecoder
from gateway.errors import UpstreamBroken, UpstreamError, UpstreamRefusal
from gateway.units import MIB
from gateway.upstream.headers import CREDENTIAL_HEADERS, RawHeaders
from gateway.upstream.litellm import LiteLLM, upstream_errors

TARGET = "/v1/chat/completions"
MAX_ANSWER = 64 * MIB
MAX_ERROR = 1 * MIB

_ERROR_STATUSES = frozenset(map(str, range(400, 600)))

_FORWARDED = CREDENTIAL_HEADERS | {b"user-agent", b"traceparent", b"tracestate"}
_FORWARDED_PREFIX = b"x-litellm-"
# What LiteLLM tells of a call: its id, cost and model, the limits that remain.
_USEFUL_PREFIXES = (b"x-litellm-", b"x-ratelimit-", b"llm_provider-")


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf LiteLLM is asked: the client's own headers, key included."""

    headers: RawHeaders
    request_id: str

    def upstream_headers(self) -> list[tuple[str, str]]:
        sent = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in self.headers
            if name in _FORWARDED or name.startswith(_FORWARDED_PREFIX)
        ]
        return [*sent, ("content-type", "application/json"), ("x-request-id", self.request_id)]


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer of LiteLLM, and of its headers those that are of use to the client."""

    body: dict[str, Any]
    headers: list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class ChunkStream:
    """A streamed answer: lists of chat.completion.chunk objects, each what came at once, up to `[DONE]`."""

    chunks: AsyncIterator[list[dict[str, Any]]]
    headers: list[tuple[bytes, bytes]]


class Chat:
    """Both calls raise UpstreamRefusal with LiteLLM's own status, or another UpstreamError."""

    def __init__(self, litellm: LiteLLM) -> None:
        self._litellm = litellm

    async def complete(self, body: dict[str, Any], caller: Caller) -> Answer:
        async with self._ask(body, caller) as response:
            return Answer(_json_object(await _read(response, MAX_ANSWER)), _useful(response))

    @asynccontextmanager
    async def stream(self, body: dict[str, Any], caller: Caller) -> AsyncIterator[ChunkStream]:
        async with self._ask(body, caller) as response:
            yield ChunkStream(_chunks(response), _useful(response))

    @asynccontextmanager
    async def _ask(self, body: dict[str, Any], caller: Caller) -> AsyncIterator[aiohttp.ClientResponse]:
        # The answer is read here, not relayed: asked for uncompressed, it needs no decoding.
        headers = [*caller.upstream_headers(), ("accept-encoding", "identity")]
        async with self._litellm.request("POST", TARGET, headers=headers, body=orjson.dumps(body)) as response:
            if response.status < 400 and response.status != 200:
                raise UpstreamBroken(f"LiteLLM answered with status {response.status}")
            if response.status != 200:
                raise refusal(response.status, await _read(response, MAX_ERROR), response.headers.get("retry-after"))
            yield response


def refusal(status: int, raw: bytes, retry_after: str | None) -> UpstreamRefusal:
    """LiteLLM's error answer; where its body is none of its own, what can be said without it."""
    try:
        error = orjson.loads(raw)["error"]
        message, code = str(error["message"]), str(error.get("type") or error.get("code"))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        message, code = f"LiteLLM answered with status {status}", "upstream_error"
    return UpstreamRefusal(status, message, code=code, retry_after=retry_after)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > limit:
            raise UpstreamBroken(f"LiteLLM's answer is larger than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise UpstreamBroken("LiteLLM's answer is not valid JSON") from None
    if not isinstance(parsed, dict):
        raise UpstreamBroken("LiteLLM's answer is not a JSON object")
    return parsed


def _useful(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    lowered = ((name.lower(), value) for name, value in response.raw_headers)
    return [(name, value) for name, value in lowered if name.startswith(_USEFUL_PREFIXES)]


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[list[dict[str, Any]]]:
    decoder = SSEDecoder()
    with upstream_errors():
        async for data in response.content.iter_any():
            chunks: list[dict[str, Any]] = []
            try:
                for event in decoder.feed(data):
                    if event.data == b"[DONE]":
                        yield chunks
                        return
                    chunks.append(_chunk(event.data))
            except EventTooLarge:
                raise UpstreamBroken("an event of LiteLLM's stream is too large") from None
            except UpstreamError:
                # What came before the failure has been said.
                yield chunks
                raise
            yield chunks


def _chunk(data: bytes) -> dict[str, Any]:
    chunk = _json_object(data)
    error = chunk.get("error")
    if error is None:
        return chunk
    status = _status(error)
    raise refusal(status, data, None)


def _status(error: Any) -> int:
    """LiteLLM writes the status of an error within a stream as its `code`, a number or a string of digits."""
    code = str(error.get("code")) if isinstance(error, dict) else ""
    return int(code) if code in _ERROR_STATUSES else 500
