"""The process itself: its log, its start, its end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from gateway.telemetry.logs import redact
from tests.gateway.conftest import KEY, StartGateway
from tests.support.certificates import write_certificate
from tests.support.processes import FakeLLM, Gateway

HELLO = {"model": "demo", "messages": [{"role": "user", "content": "a very private question"}]}


def access_lines(gateway: Gateway) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in gateway.output.splitlines()]
    return [line for line in lines if "request_id" in line and "method" in line]


def test_every_line_is_json_and_says_who_asked_for_what(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url)
    httpx.post(f"{gateway.url}/v1/chat/completions", json=HELLO, headers=KEY | {"x-request-id": "mine-1"})
    httpx.get(f"{gateway.url}/key/info?key=sk-secret-in-a-query")
    gateway.stop()
    chat, info = access_lines(gateway)
    assert (chat["request_id"], chat["method"], chat["path"], chat["status"]) == (
        "mine-1",
        "POST",
        "/v1/chat/completions",
        200,
    )
    assert chat["bytes"] > 0
    assert chat["ms"] > 0
    assert chat["client"] == "127.0.0.1"
    assert info["path"] == "/key/info"


def test_no_key_and_no_word_of_a_body_is_logged(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(
        GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_LOG_LEVEL="DEBUG", GATEWAY_MASTER_KEY="sk-master-key"
    )
    for path in ("/v1/chat/completions", "/bedrock/model/demo/converse", "/other/sk-key-in-a-path"):
        httpx.post(gateway.url + path, json=HELLO, headers=KEY)
        httpx.post(gateway.url + path, content=b"{broken", headers=KEY | {"content-type": "application/json"})
    httpx.get(f"{gateway.url}/key/info?key=sk-secret-in-a-query")
    gateway.stop()
    for secret in ("sk-", "private", "broken", "Bearer"):
        assert secret not in gateway.output


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("key sk-abc_DEF-123 here", "key [redacted] here"),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln", "[redacted]"),
        ("postgresql://gateway:pass@host/db", "postgresql://[redacted]@host/db"),
        ("redis://:pass@host/0", "redis://[redacted]@host/0"),
        ("http://host/risk-free", "http://host/risk-free"),
    ],
)
def test_secrets_are_redacted(text, redacted):
    assert redact(text) == redacted


@pytest.mark.parametrize("given", ["", "a b", "x" * 200, "née"])
def test_a_strange_request_id_is_replaced(echoing: Gateway, given):
    response = httpx.get(f"{echoing.url}/x", headers=[(b"x-request-id", given.encode())])
    assert len(response.headers["x-request-id"]) == 32
    assert ["x-request-id", response.headers["x-request-id"]] in response.json()["headers"]


def test_a_stream_under_way_is_finished_before_the_end(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url)
    body = HELLO | {"stream": True, "fake": {"tokens_per_second": 20}}
    with httpx.stream("POST", f"{gateway.url}/v1/chat/completions", json=body, headers=KEY, timeout=30) as response:
        lines = response.iter_lines()
        next(lines)
        gateway.process.send_signal(signal.SIGTERM)
        assert "data: [DONE]" in list(lines)
    assert gateway.process.wait(30) == 0


def test_idle_connections_do_not_hold_up_the_end(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url)
    with httpx.Client() as client:
        client.get(f"{gateway.url}/bedrock/health/liveliness")
        begin = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - begin < 5


def test_a_stream_that_does_not_end_is_cut_after_the_time_allowed(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_SHUTDOWN_TIMEOUT="0.5")
    body = HELLO | {"model": "hang-mid-stream", "stream": True}
    begun = threading.Event()

    def read() -> None:
        with httpx.stream("POST", f"{gateway.url}/v1/chat/completions", json=body, headers=KEY, timeout=30) as response:
            try:
                for _ in response.iter_raw():
                    begun.set()
            except httpx.HTTPError:
                pass

    reader = threading.Thread(target=read)
    reader.start()
    assert begun.wait(20)
    begin = time.monotonic()
    gateway.stop()
    assert time.monotonic() - begin < 10
    reader.join(20)
    assert not reader.is_alive()


def test_several_workers_share_one_address(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_WORKERS="2")
    for _ in range(4):
        assert httpx.post(f"{gateway.url}/v1/chat/completions", json=HELLO, headers=KEY).status_code == 200
    assert gateway.stop() == 0


def test_several_workers_finish_what_is_under_way(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_WORKERS="2")
    body = HELLO | {"stream": True, "fake": {"tokens_per_second": 20}}
    with httpx.stream("POST", f"{gateway.url}/v1/chat/completions", json=body, headers=KEY, timeout=30) as response:
        lines = response.iter_lines()
        next(lines)
        gateway.process.terminate()
        assert "data: [DONE]" in list(lines)
    assert gateway.process.wait(30) == 0
    assert [line for line in access_lines(gateway) if line["status"] == 200]


def worker_pids(gateway: Gateway) -> set[int]:
    pids = set()
    for child in psutil.Process(gateway.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended while it was looked at
            if "spawn_main" in " ".join(child.cmdline()):
                pids.add(child.pid)
    return pids


def wait_for_workers(gateway: Gateway, wanted: Callable[[set[int]], bool]) -> set[int]:
    deadline = time.monotonic() + 30
    while not wanted(pids := worker_pids(gateway)):
        assert time.monotonic() < deadline, pids
    return pids


def test_a_worker_that_is_killed_is_replaced(start_gateway: StartGateway, fake_llm: FakeLLM):
    gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_WORKERS="2")
    killed = psutil.Process(min(wait_for_workers(gateway, lambda pids: len(pids) == 2)))
    killed.kill()
    wait_for_workers(gateway, lambda pids: len(pids) == 2 and killed.pid not in pids)
    assert httpx.get(f"{gateway.url}/bedrock/health/liveliness", timeout=30).status_code == 200
    assert gateway.stop() == 0
    assert f"worker {killed.pid} ended with -9" in gateway.output


def test_an_idle_client_does_not_hold_up_the_end_of_https(
    start_gateway: StartGateway, fake_llm: FakeLLM, tmp_path: Path
):
    """It answers nothing, not even the end of TLS."""
    certificate, key = write_certificate(tmp_path, "server")
    gateway = start_gateway(
        GATEWAY_LITELLM_URL=fake_llm.url,
        GATEWAY_TLS_CERTIFICATE=certificate,
        GATEWAY_TLS_KEY=key,
        GATEWAY_SHUTDOWN_TIMEOUT="1",
    )
    address = urlsplit(gateway.tls_url)
    context = ssl.create_default_context(cafile=certificate)
    with socket.create_connection((address.hostname, address.port)) as plain:
        secured = context.wrap_socket(plain, server_hostname="localhost")
        secured.sendall(b"GET /bedrock/health/liveliness HTTP/1.1\r\nhost: x\r\n\r\n")
        assert secured.recv(100).startswith(b"HTTP/1.1 200")
        begin = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - begin < 10
        secured.detach()


def test_an_address_in_use_is_said(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "gateway"],
            env={"GATEWAY_BIND": address, "PATH": os.environ["PATH"]},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"gateway: cannot serve on {address}: Address already in use"
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_opened_does_not_hold_up_the_end(start_gateway: StartGateway, tmp_path: Path):
    gateway = start_gateway(GATEWAY_DATABASE_URL=f"sqlite://{tmp_path}")
    gateway.lines_with("sessions could not be purged")
    said = httpx.get(f"{gateway.url}/bedrock/health/readiness", timeout=20).json()
    assert said["checks"]["database"].startswith("cannot be used")
    assert gateway.stop() == 0


def test_an_unknown_setting_is_a_warning(start_gateway: StartGateway):
    gateway = start_gateway(GATEWAY_LITELM_URL="http://x")
    gateway.stop()
    assert "did you mean GATEWAY_LITELLM_URL?" in gateway.output
