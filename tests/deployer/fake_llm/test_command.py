import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deployer.cli import app
from tests.support.processes import FakeLLM

ROOT = Path(__file__).parents[3]
MODULE = (sys.executable, "-m", "deployer.fake_llm")
CLI = (sys.executable, "-m", "deployer.cli", "fake-llm")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    with FakeLLM() as service:
        assert httpx.get(f"{service.url}/health").json() == {"status": "ok"}
        assert service.output == f"listening on {service.url}\n"
        service.process.send_signal(number)
        assert service.process.wait(timeout=5) == 0


def test_a_signal_ends_it_while_an_answer_hangs() -> None:
    body = {"model": "hang", "messages": [{"role": "user", "content": "hi"}]}
    with FakeLLM() as service, socket.create_connection(_address(service.url)) as connection:
        request = httpx.Request("POST", f"{service.url}/v1/chat/completions", json=body)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(request.content)}\r\n\r\n"
        connection.sendall(head.encode() + request.content)
        deadline = time.monotonic() + 5
        with httpx.Client() as client:
            while client.get(f"{service.url}/fake/requests").json()["in_flight"] == 0:
                assert time.monotonic() < deadline
        assert service.stop() == 0


def test_the_options_set_the_pace() -> None:
    body = {"model": "demo", "messages": [{"role": "user", "content": "say: a b c"}]}
    options = ("--tokens-per-second", "20", "--time-to-first-token", "0.2")
    with FakeLLM(*options) as service:
        started = time.monotonic()
        httpx.post(f"{service.url}/v1/chat/completions", json=body)
        assert time.monotonic() - started >= 0.2 + 2 / 20


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--port", "70000"),
        ("--port", "many"),
        ("--tokens-per-second", "-1"),
        ("--tokens-per-second", "nan"),
        ("--time-to-first-token", "inf"),
    ],
)
def test_a_bad_option_is_named(option: str, value: str) -> None:
    finished = CliRunner().invoke(app, ["fake-llm", option, value])
    assert finished.exit_code == 2
    assert option in finished.stderr


def test_a_bad_option_ends_the_module_like_the_command() -> None:
    finished = run(*MODULE, "--port", "70000")
    assert finished.returncode == 2
    assert "--port" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("command", [MODULE, CLI])
def test_a_port_in_use_is_named(command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = run(*command, "--port", str(port))
    assert finished.returncode == 1
    assert finished.stderr == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def _address(url: str) -> tuple[str, int]:
    parsed = httpx.URL(url)
    assert parsed.port is not None
    return parsed.host, parsed.port
