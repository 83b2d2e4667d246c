"""Chat completions that go on with a session: LiteLLM's own answer, with what is told of the session put in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from gateway.codecs.json_text import request_json
from gateway.codecs.sse import Event
from gateway.errors import MalformedBody, UpstreamBroken
from gateway.services.history import ChatRequest, Headers, History, OpenTurn
from gateway.services.history_request import ENABLE_HEADER, SESSION_HEADER, AskedHistory
from gateway.translation.replies import StreamedReply, reply_of
from gateway.upstream.asking import MAX_ANSWER, events, json_object, read
from gateway.upstream.caller import Caller
from gateway.upstream.headers import response_headers
from gateway.upstream.litellm import LiteLLM, upstream_errors

EVENT_STREAM = "text/event-stream"
_DONE = b"[DONE]"

# The answer is read here: as it is, and of another length in the end.
_NOT_FORWARDED = {"accept-encoding", "content-length", ENABLE_HEADER, SESSION_HEADER}
_NOT_RETURNED = {b"content-length", b"content-encoding"}


@dataclass(frozen=True, slots=True)
class CompletionAnswer:
    """`pieces` of the body; of an answer that is complete, the last one comes when the turn has been stored."""

    status: int
    headers: Headers
    is_stream: bool
    pieces: AsyncIterator[bytes]


class RememberedCompletions:
    def __init__(self, litellm: LiteLLM, history: History) -> None:
        self._litellm = litellm
        self._history = history

    @asynccontextmanager
    async def answer(
        self, asked: AskedHistory, chat: ChatRequest, caller: Caller, target: str, headers: list[tuple[str, str]]
    ) -> AsyncIterator[CompletionAnswer]:
        """`target`, `headers`: of the request to LiteLLM. Raises what `History.turn` does, and an UpstreamError."""
        wants_usage = _wants_usage(chat)
        if chat.get("stream"):
            chat = chat | {"stream_options": (chat.get("stream_options") or {}) | {"include_usage": True}}
        sent = [(name, value) for name, value in headers if name not in _NOT_FORWARDED]
        sent.append(("accept-encoding", "identity"))
        async with (
            self._history.turn(asked, chat, caller) as turn,
            self._litellm.request("POST", target, headers=sent, body=request_json(turn.chat)) as response,
        ):
            is_stream = response.content_type == EVENT_STREAM
            kept = [pair for pair in response_headers(response.raw_headers) if pair[0] not in _NOT_RETURNED]
            if response.status != 200:
                yield CompletionAnswer(response.status, kept, is_stream, _as_it_is(response))
            elif is_stream:
                pieces = _streamed(response, turn, wants_usage=wants_usage)
                yield CompletionAnswer(200, [*kept, *turn.headers], is_stream, pieces)
            else:
                body = await _whole(response, turn)
                yield CompletionAnswer(200, [*kept, *(turn.headers if turn.is_stored else [])], is_stream, _only(body))


def _wants_usage(chat: ChatRequest) -> bool:
    options = chat.get("stream_options")
    if not isinstance(options, dict | None):
        raise MalformedBody("stream_options: must be an object", param="stream_options")
    return bool(options and options.get("include_usage"))


async def _as_it_is(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    with upstream_errors():
        async for piece in response.content.iter_any():
            yield piece


async def _only(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def _whole(response: aiohttp.ClientResponse, turn: OpenTurn) -> bytes:
    raw = await read(response, MAX_ANSWER)
    completion = json_object(raw)
    if "choices" not in completion:
        return raw  # LiteLLM answers some failures of the model with status 200
    await turn.store(reply_of(completion))
    return _with_fields(raw, turn)


async def _streamed(response: aiohttp.ClientResponse, turn: OpenTurn, *, wants_usage: bool) -> AsyncIterator[bytes]:
    """The chunks as they come, but those that tell that the answer is complete: they wait until it is stored.

    An error ends the stream: what was to be told of a complete answer is not told then.
    """
    stream = _Stream(turn, wants_usage=wants_usage)
    size = 0
    async for batch in events(response):
        passing: list[bytes] = []
        for event in batch:
            size += len(event.data)
            if size > MAX_ANSWER:
                raise UpstreamBroken(f"LiteLLM's answer is larger than {MAX_ANSWER} bytes")
            if event.data == _DONE:
                yield b"".join(passing)
                await turn.store(stream.reply.reply())
                yield b"".join([*stream.held, _event(event)])
                return
            if event.data.strip():
                passing += stream.passed(event)
            if stream.has_failed:
                yield b"".join(passing)
                return
        yield b"".join(passing)
    raise UpstreamBroken("the model's answer broke off before it was complete")


class _Stream:
    """What of a stream has been seen, and what of it is `held` until the turn is stored."""

    def __init__(self, turn: OpenTurn, *, wants_usage: bool) -> None:
        self.reply = StreamedReply()
        self.held: list[bytes] = []
        self.has_failed = False
        self._turn = turn
        self._wants_usage = wants_usage
        self._is_first = True

    def passed(self, event: Event) -> list[bytes]:
        """What goes to the client at once. Raises UpstreamBroken for what is no chunk."""
        chunk = json_object(event.data)
        if chunk.get("error") is not None:
            self.has_failed = True
            return [_event(event)]
        self.reply.feed(chunk)
        data = event.data if self._wants_usage else _without_usage(event.data, chunk)
        if self._is_first:
            data, self._is_first = _with_fields(data or event.data, self._turn), False
        if data is None:
            return []
        told = _event(Event(data, event.name))
        if self.reply.complete:
            self.held.append(told)
            return []
        return [told]


def _with_fields(data: bytes, turn: OpenTurn) -> bytes:
    """The JSON object as it was written, the session's fields behind its own: of two of a name, the last counts."""
    fields, own = orjson.dumps(turn.fields), data.rstrip()[:-1].rstrip()
    return own + (b"" if own.endswith(b"{") else b",") + fields[1:]


def _without_usage(data: bytes, chunk: dict[str, Any]) -> bytes | None:
    """What a client sees that has not asked for usage: LiteLLM is asked for it all the same, so that it is stored."""
    if chunk.get("usage") is None:
        return data
    if not any(_says_something(choice) for choice in chunk.get("choices") or []):
        return None
    return orjson.dumps({name: value for name, value in chunk.items() if name != "usage"})


def _says_something(choice: Any) -> bool:
    if not isinstance(choice, dict):
        return True
    delta = choice.get("delta") or {}
    return bool(choice.get("finish_reason") or not isinstance(delta, dict) or any(delta.values()))


def _event(event: Event) -> bytes:
    name = b"" if event.name == "message" else b"event: " + event.name.encode() + b"\n"
    lines = b"".join(b"data: " + line + b"\n" for line in event.data.split(b"\n"))
    return name + lines + b"\n"
