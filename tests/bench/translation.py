"""What translating costs the processor: a request of twenty turns, and an event of a stream.

Each is paired with reading and writing the same JSON, in turn, so that the ratio holds on any machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import orjson
from rich.table import Table

from gateway.codecs.eventstream import encode_event
from gateway.translation.converse_request import chat_request
from gateway.translation.converse_stream import ConverseStream

ROUNDS = 300
TURNS = 20
MICROSECONDS = 1_000_000

_TURN = [
    {"role": "user", "content": [{"text": "word " * 40}]},
    {"role": "assistant", "content": [{"text": "word " * 40}]},
]
_TOOL = {"name": "get_weather", "description": "of a city", "inputSchema": {"json": {"type": "object"}}}
CONVERSATION: dict[str, Any] = {
    "system": [{"text": "be brief"}],
    "messages": [*_TURN * TURNS, {"role": "user", "content": [{"text": "and now?"}]}],
    "inferenceConfig": {"maxTokens": 100, "temperature": 0.5},
    "toolConfig": {"tools": [{"toolSpec": _TOOL}] * 5},
}
CHUNK: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "demo",
    "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}],
}


def _event(stream: ConverseStream) -> None:
    for name, payload in stream.feed(CHUNK):
        encode_event(name, payload)


def _microseconds(call: Callable[[], object], times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - begin) / times * MICROSECONDS


def _row(table: Table, what: str, call: Callable[[], object], document: object, times: int) -> None:
    raw = orjson.dumps(document)
    pairs = [
        (_microseconds(lambda: orjson.dumps(orjson.loads(raw)), times), _microseconds(call, times))
        for _ in range(ROUNDS)
    ]
    plain, translated = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(cost / json for json, cost in pairs)
    table.add_row(what, f"{plain:.1f}", f"{translated:.1f}", f"{ratio:.1f}")


def translation_table() -> Table:
    """A table of microseconds, medians."""
    table = Table(title=f"translation, {ROUNDS} pairs, medians")
    for column in ("what", "its JSON read and written, µs", "translated, µs", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    stream = ConverseStream()
    _event(stream)
    ask = f"a Converse request of {TURNS} turns and 5 tools"
    _row(table, ask, lambda: chat_request("demo", CONVERSATION, stream=False), CONVERSATION, 5)
    _row(table, "an event of a stream, with its frame", lambda: _event(stream), CHUNK, 100)
    return table
