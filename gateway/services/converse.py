"""Bedrock's Converse over any model of LiteLLM."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gateway.errors import UpstreamError
from gateway.schemas.bedrock import ConverseResponse, StreamEvent
from gateway.services.history import Headers, History, OpenTurn
from gateway.services.history_request import asked_history, without_history_fields
from gateway.services.managed_prompts import ManagedPrompts, prompt_of
from gateway.translation.converse_request import ChatRequest, chat_request, response_pointers
from gateway.translation.converse_response import converse_response
from gateway.translation.converse_stream import ConverseStream
from gateway.translation.replies import StreamedReply, reply_of
from gateway.upstream.caller import Caller
from gateway.upstream.chat import Chat

# Where a client of Bedrock can say what Bedrock does not know.
ADDITIONAL = "additionalModelRequestFields"


@dataclass(frozen=True, slots=True)
class EventStream:
    """Lists of events, each what became known at once; raises a GatewayError where the model or LiteLLM fails."""

    events: AsyncIterator[list[StreamEvent]]
    headers: Headers


class Converse:
    """`clock` gives seconds; latencies are counted with it."""

    def __init__(
        self, chat: Chat, prompts: ManagedPrompts, history: History, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._chat = chat
        self._prompts = prompts
        self._history = history
        self._clock = clock

    async def converse(self, model: str, request: dict[str, Any], caller: Caller) -> tuple[ConverseResponse, Headers]:
        begin = self._clock()
        pointers = response_pointers(request)
        async with self._turn(model, request, caller, stream=False) as turn:
            answer = await self._chat.complete(turn.chat, caller)
            response = converse_response(answer.body, latency_ms=self._since(begin), pointers=pointers)
            if turn.session_id is not None:
                await turn.store(reply_of(answer.body))
            return response, [*answer.headers, *turn.headers]

    @asynccontextmanager
    async def stream(self, model: str, request: dict[str, Any], caller: Caller) -> AsyncIterator[EventStream]:
        begin = self._clock()
        translation = ConverseStream(response_pointers(request))
        async with (
            self._turn(model, request, caller, stream=True) as turn,
            self._chat.stream(turn.chat, caller) as answer,
        ):
            events = self._events(_remembering(answer.chunks, turn), translation, begin)
            yield EventStream(events, [*answer.headers, *turn.headers])

    @asynccontextmanager
    async def _turn(
        self, model: str, request: dict[str, Any], caller: Caller, *, stream: bool
    ) -> AsyncIterator[OpenTurn]:
        """The request as a turn, of a session where it asks for one."""
        additional = request.get(ADDITIONAL)
        fields = additional if isinstance(additional, dict) else {}
        asked = asked_history(fields, caller, f"{ADDITIONAL}.")
        if isinstance(additional, dict):
            request = request | {ADDITIONAL: without_history_fields(fields) or None}
        chat = await self._request(model, request, caller, stream=stream)
        async with self._history.turn(asked, chat, caller) as turn:
            yield turn

    async def _request(self, model: str, request: dict[str, Any], caller: Caller, *, stream: bool) -> ChatRequest:
        """`model`: a name at LiteLLM, or the ARN of a managed prompt."""
        arn = prompt_of(model)
        if arn is None:
            return chat_request(model, request, stream=stream)
        return await self._prompts.chat_request(arn, request, caller, stream=stream)

    async def _events(
        self, batches: AsyncIterator[list[dict[str, Any]]], translation: ConverseStream, begin: float
    ) -> AsyncIterator[list[StreamEvent]]:
        async for chunks in batches:
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


async def _remembering(
    batches: AsyncIterator[list[dict[str, Any]]], turn: OpenTurn
) -> AsyncIterator[list[dict[str, Any]]]:
    """The same chunks; the turn is stored after the last, and before the client is told that it was the last."""
    if turn.session_id is None:
        async for chunks in batches:
            yield chunks
        return
    reply = StreamedReply()
    async for chunks in batches:
        for chunk in chunks:
            reply.feed(chunk)
        yield chunks
    await turn.store(reply.reply())
