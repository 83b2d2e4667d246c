"""What the gateway costs: `make bench`.

Latencies are paired: each request is sent once to the upstream itself and once through the gateway, in turn, over
connections that are kept, so that whatever else the machine does falls on both. Figures are for reading; no test
asserts them.
"""

from __future__ import annotations

import http.client
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.access import access_table  # noqa: E402
from tests.bench.history import history_table  # noqa: E402
from tests.bench.translation import translation_table  # noqa: E402
from tests.support.processes import FakeLLM, Gateway  # noqa: E402

WARM_UP = 200
PAIRS = 1000
STARTS = 5
MILLISECONDS = 1000

HEADERS = {"authorization": "Bearer sk-bench", "content-type": "application/json"}
QUESTION = "say: " + "word " * 50
CHAT = {"model": "demo", "messages": [{"role": "user", "content": QUESTION}]}
CONVERSE = {"messages": [{"role": "user", "content": [{"text": QUESTION}]}]}


def caller(url: str, path: str, body: object) -> Callable[[], None]:
    """A function that sends one request over a connection of its own and reads the whole answer."""
    address = urlsplit(url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port)
    payload = json.dumps(body).encode()

    def call() -> None:
        connection.request("POST", path, payload, HEADERS)
        response = connection.getresponse()
        content = response.read()
        assert response.status == 200, content

    return call


def seconds(call: Callable[[], None]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def paired(direct: Callable[[], None], through: Callable[[], None]) -> tuple[float, float, float]:
    """Medians in milliseconds: the direct call, the call through the gateway, the difference within each pair."""
    for _ in range(WARM_UP):
        direct()
        through()
    pairs = [(seconds(direct), seconds(through)) for _ in range(PAIRS)]
    return (
        statistics.median(a for a, _ in pairs) * MILLISECONDS,
        statistics.median(b for _, b in pairs) * MILLISECONDS,
        statistics.median(b - a for a, b in pairs) * MILLISECONDS,
    )


def latency_table(upstream: str, gateway: str) -> Table:
    table = Table(title=f"one connection, {PAIRS} pairs, medians")
    for column in ("what", "direct ms", "through ms", "added ms", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    direct, stream = "/v1/chat/completions", {"stream": True, "stream_options": {"include_usage": True}}
    rows = [
        ("relay of a completion", direct, CHAT, CHAT),
        ("relay of a stream (53 events)", direct, CHAT | stream, CHAT | stream),
        ("Converse", "/bedrock/model/demo/converse", CHAT, CONVERSE),
        ("ConverseStream (53 events)", "/bedrock/model/demo/converse-stream", CHAT | stream, CONVERSE),
    ]
    for what, path, direct_body, body in rows:
        a, b, added = paired(caller(upstream, direct, direct_body), caller(gateway, path, body))
        table.add_row(what, f"{a:.2f}", f"{b:.2f}", f"{added:.2f}", f"{b / a:.2f}")
    return table


def start_seconds(folder: Path) -> float:
    """Median time from the start of the process until it serves."""
    times = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        with Gateway(folder):
            times.append(time.perf_counter() - begin)
    return statistics.median(times)


def throughput(url: str, folder: Path) -> str:
    """Requests a second over 32 connections, by wrk where it is installed."""
    if not (wrk := shutil.which("wrk")):
        return "wrk is not installed"
    script = folder / "chat.lua"
    headers = "".join(f'wrk.headers["{name}"]="{value}"\n' for name, value in HEADERS.items())
    script.write_text(f"wrk.method='POST'\nwrk.body=[==[{json.dumps(CHAT)}]==]\n{headers}")
    command = [wrk, "-t1", "-c32", "-d5s", "-s", str(script), f"{url}/v1/chat/completions"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return next(line.split()[1] for line in output.splitlines() if line.startswith("Requests/sec"))


def main() -> None:
    console = Console()
    console.print(translation_table())
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    console.print(f"start until it serves: {start_seconds(folder):.2f} s (median of {STARTS})")
    with FakeLLM() as fake_llm, Gateway(folder, GATEWAY_LITELLM_URL=fake_llm.url) as gateway:
        console.print(latency_table(fake_llm.url, gateway.url))
        console.print(f"completions a second, 32 connections, direct: {throughput(fake_llm.url, folder)}")
        console.print(f"completions a second, 32 connections, through: {throughput(gateway.url, folder)}")
        console.print(history_table(fake_llm, folder))
        console.print(access_table(folder))
        resident = psutil.Process(gateway.process.pid).memory_info().rss / 1024**2
        console.print(f"memory after all that: {resident:.0f} MB")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
