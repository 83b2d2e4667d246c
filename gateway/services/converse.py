"""Bedrock's Converse over any model of LiteLLM."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gateway.errors import UpstreamError
from gateway.schemas.bedrock import ConverseResponse, StreamEvent
from gateway.services.managed_prompts import ManagedPrompts, prompt_of
from gateway.translation.converse_request import ChatRequest, chat_request, response_pointers
from gateway.translation.converse_response import converse_response
from gateway.translation.converse_stream import ConverseStream
from gateway.upstream.caller import Caller
from gateway.upstream.chat import Chat, ChunkStream

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class EventStream:
    """Lists of events, each what became known at once; raises a GatewayError where the model or LiteLLM fails."""

    events: AsyncIterator[list[StreamEvent]]
    headers: Headers


class Converse:
    """`clock` gives seconds; latencies are counted with it."""

    def __init__(self, chat: Chat, prompts: ManagedPrompts, clock: Callable[[], float] = time.perf_counter) -> None:
        self._chat = chat
        self._prompts = prompts
        self._clock = clock

    async def converse(self, model: str, request: dict[str, Any], caller: Caller) -> tuple[ConverseResponse, Headers]:
        begin = self._clock()
        pointers = response_pointers(request)
        answer = await self._chat.complete(await self._request(model, request, caller, stream=False), caller)
        response = converse_response(answer.body, latency_ms=self._since(begin), pointers=pointers)
        return response, answer.headers

    @asynccontextmanager
    async def stream(self, model: str, request: dict[str, Any], caller: Caller) -> AsyncIterator[EventStream]:
        begin = self._clock()
        translation = ConverseStream(response_pointers(request))
        chat = await self._request(model, request, caller, stream=True)
        async with self._chat.stream(chat, caller) as answer:
            yield EventStream(self._events(answer, translation, begin), answer.headers)

    async def _request(self, model: str, request: dict[str, Any], caller: Caller, *, stream: bool) -> ChatRequest:
        """`model`: a name at LiteLLM, or the ARN of a managed prompt."""
        arn = prompt_of(model)
        if arn is None:
            return chat_request(model, request, stream=stream)
        return await self._prompts.chat_request(arn, request, caller, stream=stream)

    async def _events(
        self, answer: ChunkStream, translation: ConverseStream, begin: float
    ) -> AsyncIterator[list[StreamEvent]]:
        async for chunks in answer.chunks:
            events: list[StreamEvent] = []
            try:
                for chunk in chunks:
                    for event in translation.feed(chunk):
                        events.append(event)  # one by one: what came before a failure stays
            except UpstreamError:
                # What came before the failure has been said.
                yield events
                raise
            yield events
        yield translation.finish(latency_ms=self._since(begin))

    def _since(self, begin: float) -> int:
        return round((self._clock() - begin) * 1000)
