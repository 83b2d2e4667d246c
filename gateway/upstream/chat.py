"""Chat completions asked of LiteLLM by the gateway itself, for requests that it has translated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from gateway.errors import UpstreamBroken, UpstreamError
from gateway.upstream.asking import Answer, RawHeaderList, asked, events, json_object, refusal_of, useful_headers, whole
from gateway.upstream.caller import Caller
from gateway.upstream.litellm import LiteLLM

TARGET = "/v1/chat/completions"

_ERROR_STATUSES = frozenset(map(str, range(400, 600)))


@dataclass(frozen=True, slots=True)
class ChunkStream:
    """A streamed answer: lists of chat.completion.chunk objects, each what came at once, up to `[DONE]`."""

    chunks: AsyncIterator[list[dict[str, Any]]]
    headers: RawHeaderList


class Chat:
    """Both calls raise UpstreamRefusal with LiteLLM's own status, or another UpstreamError."""

    def __init__(self, litellm: LiteLLM) -> None:
        self._litellm = litellm

    async def complete(self, body: dict[str, Any], caller: Caller) -> Answer:
        async with asked(self._litellm, TARGET, body, caller) as response:
            answer = await whole(response)
        if "choices" not in answer.body:
            raise_error(answer.body)  # LiteLLM answers some failures of the model with status 200
        return answer

    @asynccontextmanager
    async def stream(self, body: dict[str, Any], caller: Caller) -> AsyncIterator[ChunkStream]:
        async with asked(self._litellm, TARGET, body, caller) as response:
            yield ChunkStream(_chunks(response), useful_headers(response))


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[list[dict[str, Any]]]:
    async with aclosing(events(response)) as batches:
        async for batch in batches:
            chunks: list[dict[str, Any]] = []
            try:
                for event in batch:
                    if event.data == b"[DONE]":
                        yield chunks
                        return
                    chunks.append(_chunk(event.data))
            except UpstreamError:
                # What came before the failure has been said.
                yield chunks
                raise
            yield chunks
    raise UpstreamBroken("the model's answer broke off before it was complete")


def _chunk(data: bytes) -> dict[str, Any]:
    chunk = json_object(data)
    raise_error(chunk)
    return chunk


def raise_error(answer: dict[str, Any]) -> None:
    """Raises UpstreamRefusal where the answer is an error."""
    error = answer.get("error")
    if error is not None:
        raise refusal_of(_status(error), error, None)


def _status(error: Any) -> int:
    """LiteLLM writes the status of an error within a stream as its `code`, a number or a string of digits."""
    code = str(error.get("code")) if isinstance(error, dict) else ""
    return int(code) if code in _ERROR_STATUSES else 500
