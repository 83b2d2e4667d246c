"""Bedrock's Converse over any model of LiteLLM."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gateway.schemas.bedrock import ConverseResponse, StreamEvent
from gateway.translation.converse_request import chat_request
from gateway.translation.converse_response import converse_response
from gateway.translation.converse_stream import ConverseStream
from gateway.upstream.chat import Caller, Chat

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class EventStream:
    """`events` raises a GatewayError where the model or LiteLLM fails on the way."""

    events: AsyncIterator[StreamEvent]
    headers: Headers


class Converse:
    """`clock` gives seconds; latencies are counted with it."""

    def __init__(self, chat: Chat, clock: Callable[[], float] = time.perf_counter) -> None:
        self._chat = chat
        self._clock = clock

    async def converse(self, model: str, request: dict[str, Any], caller: Caller) -> tuple[ConverseResponse, Headers]:
        begin = self._clock()
        answer = await self._chat.complete(chat_request(model, request, stream=False), caller)
        return converse_response(answer.body, latency_ms=self._since(begin)), answer.headers

    @asynccontextmanager
    async def stream(self, model: str, request: dict[str, Any], caller: Caller) -> AsyncIterator[EventStream]:
        begin = self._clock()
        async with self._chat.stream(chat_request(model, request, stream=True), caller) as answer:
            yield EventStream(self._events(answer.chunks, begin), answer.headers)

    async def _events(self, chunks: AsyncIterator[dict[str, Any]], begin: float) -> AsyncIterator[StreamEvent]:
        translation = ConverseStream()
        async for chunk in chunks:
            for event in translation.feed(chunk):
                yield event
        for event in translation.finish(latency_ms=self._since(begin)):
            yield event

    def _since(self, begin: float) -> int:
        return round((self._clock() - begin) * 1000)
