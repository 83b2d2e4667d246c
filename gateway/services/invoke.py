"""Bedrock's InvokeModel over any model of LiteLLM, with bodies as Anthropic and OpenAI write them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gateway.errors import UpstreamError
from gateway.services.invocation_metrics import metric_headers, token_counts
from gateway.services.invoke_bodies import ChatRequest, MessagesRequest, upstream_request
from gateway.services.invoke_options import Options
from gateway.services.invoke_stream import ChatInvocation, Chunk, InvocationStream, MessagesInvocation
from gateway.upstream.caller import Caller
from gateway.upstream.chat import Chat
from gateway.upstream.messages import Messages

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Invocation:
    """The model's own answer; the headers tell its tokens, its latency and what LiteLLM says of the call."""

    body: dict[str, Any]
    headers: Headers


@dataclass(frozen=True, slots=True)
class ChunkBatches:
    """Lists of the model's own events, each what became known at once; raises a GatewayError where it fails."""

    batches: AsyncIterator[list[Chunk]]
    headers: Headers


class InvokeModel:
    """Both calls raise MalformedBody, UnsupportedField or an UpstreamError; `clock` gives seconds."""

    def __init__(self, chat: Chat, messages: Messages, clock: Callable[[], float] = time.perf_counter) -> None:
        self._chat = chat
        self._messages = messages
        self._clock = clock

    async def invoke(self, model: str, body: dict[str, Any], options: Options, caller: Caller) -> Invocation:
        begin = self._clock()
        request = upstream_request(model, body, options, stream=False)
        if isinstance(request, MessagesRequest):
            answer = await self._messages.create(request.body, request.betas, caller)
        else:
            answer = await self._chat.complete(request.body, caller)
        metrics = token_counts(answer.body.get("usage")) | {"invocationLatency": self._since(begin)}
        return Invocation(answer.body, [*metric_headers(metrics), *answer.headers])

    @asynccontextmanager
    async def stream(
        self, model: str, body: dict[str, Any], options: Options, caller: Caller
    ) -> AsyncIterator[ChunkBatches]:
        begin = self._clock()
        request = upstream_request(model, body, options, stream=True)
        async with self._events(request, caller) as (events, headers):
            yield ChunkBatches(self._batches(events, _translation(request), begin), headers)

    @asynccontextmanager
    async def _events(
        self, request: MessagesRequest | ChatRequest, caller: Caller
    ) -> AsyncIterator[tuple[AsyncIterator[list[Chunk]], Headers]]:
        if isinstance(request, MessagesRequest):
            async with self._messages.stream(request.body, request.betas, caller) as message:
                yield message.events, message.headers
        else:
            async with self._chat.stream(request.body, caller) as completion:
                yield completion.chunks, completion.headers

    async def _batches(
        self, events: AsyncIterator[list[Chunk]], translation: InvocationStream, begin: float
    ) -> AsyncIterator[list[Chunk]]:
        first: int | None = None
        async for batch in events:
            if batch and first is None:
                first = self._since(begin)
            chunks: list[Chunk] = []
            try:
                for event in batch:
                    chunks += translation.feed(event)
            except UpstreamError:
                # What came before the failure has been said.
                yield chunks
                raise
            yield chunks
        total = self._since(begin)
        yield translation.finish({"invocationLatency": total, "firstByteLatency": total if first is None else first})

    def _since(self, begin: float) -> int:
        return round((self._clock() - begin) * 1000)


def _translation(request: MessagesRequest | ChatRequest) -> InvocationStream:
    return (
        MessagesInvocation()
        if isinstance(request, MessagesRequest)
        else ChatInvocation(usage_asked=request.usage_asked)
    )
