"""Streams of odd upstreams: what goes to the client, and what is held until the turn is stored."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from gateway.errors import UpstreamBroken
from gateway.services.history import OpenTurn
from gateway.services.remembered_completions import _streamed, _with_fields
from gateway.translation.replies import Reply

SESSION = UUID(int=7)


class Upstream:
    """A response whose body comes in these pieces."""

    def __init__(self, *events: Any) -> None:
        self._events = events
        self.content = self

    async def iter_any(self) -> AsyncIterator[bytes]:
        for event in self._events:
            data = event if isinstance(event, str) else json.dumps(event)
            yield f"data: {data}\n\n".encode()


def chunk(content: str | None = None, finish_reason: str | None = None) -> dict[str, Any]:
    delta = {"content": content} if content else {}
    return {"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


ERROR = {"error": {"message": "no", "code": "500"}}


async def sent(*events: Any) -> tuple[str, list[Reply], Exception | None]:
    """What the client was sent, what was stored, and what was raised at the end."""
    stored: list[Reply] = []

    async def store(reply: Reply) -> None:
        stored.append(reply)

    turn = OpenTurn({}, SESSION, _store=store)
    pieces: list[bytes] = []
    try:
        async for piece in _streamed(Upstream(*events), turn, wants_usage=False):  # type: ignore[arg-type]
            pieces.append(piece)
    except UpstreamBroken as error:
        return b"".join(pieces).decode(), stored, error
    return b"".join(pieces).decode(), stored, None


async def test_an_error_after_the_finish_reason_ends_the_stream_without_it():
    text, stored, raised = await sent(chunk("hello"), chunk(finish_reason="stop"), ERROR, "[DONE]")
    assert "hello" in text
    assert "error" in text
    assert '"stop"' not in text
    assert "[DONE]" not in text
    assert (stored, raised) == ([], None)


async def test_an_empty_event_is_none():
    text, stored, raised = await sent(chunk("hello"), "", chunk(finish_reason="stop"), "[DONE]")
    assert text.endswith("data: [DONE]\n\n")
    assert [reply.message["content"] for reply in stored] == ["hello"]
    assert raised is None


@pytest.mark.parametrize("events", [[chunk("a")], [chunk("a"), "[DONE]"], [chunk("a", "stop")], ["{"]])
async def test_a_stream_that_breaks_off_is_not_stored(events: list[Any]):
    text, stored, raised = await sent(*events)
    assert (stored, type(raised)) == ([], UpstreamBroken)
    assert "[DONE]" not in text
    assert '"stop"' not in text


async def test_odd_choices_beside_usage_are_passed_on():
    odd = {"choices": [{"index": 1, "delta": "odd"}], "usage": {"prompt_tokens": 3}}
    text, _, _ = await sent(odd, chunk("a"), chunk(finish_reason="stop"), "[DONE]")
    assert '"odd"' in text
    assert "prompt_tokens" not in text


@pytest.mark.parametrize("data", [b"{}", b" { } \n", b'{"a":1}', b'{"session_id":"theirs"}'])
def test_the_session_is_the_gateways_to_tell(data: bytes):
    told = json.loads(_with_fields(data, OpenTurn({}, SESSION)))
    assert told["session_id"] == str(SESSION)
    assert told.keys() - {"session_id"} == json.loads(data).keys() - {"session_id"}
