"""What chat history costs: a turn of a session, beside the same conversation sent whole by a client without history."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.table import Table

from tests.support.postgres import Postgres
from tests.support.processes import FakeLLM, Gateway

WARM_UP = 30
PAIRS = 300
MILLISECONDS = 1000

HEADERS = {"authorization": "Bearer sk-bench", "content-type": "application/json"}
QUESTION = {"role": "user", "content": "say: " + "word " * 50}
ANSWER = {"role": "assistant", "content": ("word " * 50).strip()}

Call = Callable[[dict[str, Any]], dict[str, Any]]


def caller(url: str) -> Call:
    """A function that asks for a completion over a connection of its own."""
    address = urlsplit(url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port)

    def call(fields: dict[str, Any]) -> dict[str, Any]:
        connection.request("POST", "/v1/chat/completions", json.dumps({"model": "demo", **fields}).encode(), HEADERS)
        response = connection.getresponse()
        content = response.read()
        assert response.status == 200, content
        return dict(json.loads(content))

    return call


def session_of(call: Call, turns: int) -> str:
    """A session of so many turns."""
    session_id = str(call({"messages": [QUESTION], "enable_history": True})["session_id"])
    for _ in range(turns - 1):
        call({"messages": [QUESTION], "session_id": session_id})
    return session_id


def added(call: Call, sessions: Iterator[str], turns: int) -> tuple[float, float]:
    """Medians in milliseconds: without history, and what history adds within each pair."""
    whole = {"messages": [QUESTION, ANSWER] * turns + [QUESTION]}
    pairs = []
    for _ in range(WARM_UP + PAIRS):
        begin = time.perf_counter()
        call(whole)
        middle = time.perf_counter()
        call({"messages": [QUESTION], "session_id": next(sessions)})
        pairs.append((middle - begin, time.perf_counter() - middle))
    without = statistics.median(a for a, _ in pairs[WARM_UP:]) * MILLISECONDS
    return without, statistics.median(b - a for a, b in pairs[WARM_UP:]) * MILLISECONDS


def history_table(fake_llm: FakeLLM, folder: Path) -> Table:
    """On Postgres, one worker."""
    table = Table(title=f"a turn with history, Postgres, {PAIRS} pairs, medians")
    for column in ("turn", "without ms", "added ms", "written bytes"):
        table.add_column(column, justify="right")
    with Postgres() as server:
        database = server.create_database("history")
        with Gateway(folder, GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_DATABASE_URL=database) as gateway:
            call = caller(gateway.url)
            early = [session_of(call, 4) for _ in range(WARM_UP + PAIRS)]
            # It grows while it is measured: by as many turns as there are pairs.
            late = session_of(call, 500 - PAIRS // 2)
            for turn, sessions in ((5, iter(early)), (500, cycle([late]))):
                without, more = added(call, sessions, turn - 1)
                written = written_bytes(server, call, early[0] if turn == 5 else late)
                table.add_row(str(turn), f"{without:.2f}", f"{more:.2f}", str(written))
    return table


def written_bytes(server: Postgres, call: Call, session_id: str) -> int:
    """What Postgres writes to its log for a turn: the mean of ten."""
    before = server.execute("SELECT pg_current_wal_insert_lsn()", "history")
    for _ in range(10):
        call({"messages": [QUESTION], "session_id": session_id})
    difference = f"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{before}')::bigint / 10"
    return int(server.execute(difference, "history"))
