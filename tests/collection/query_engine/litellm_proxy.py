"""A LiteLLM proxy as platform LOCAL runs it: with its database, on the stand-in engine, its models mocked."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from ansible_collections.genai.gateway.plugins.module_utils.prisma_client import (
    Engine,
    process_environment,
    process_path,
)
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import Toolchain

from tests.support.postgres import free_port

MASTER_KEY = "sk-master"
PRICE = 0.001  # of a token, in or out
START_SECONDS = 120
POLL_SECONDS = 0.3
HELLO = "hello from the mock"

CONFIG = {
    "model_list": [
        {
            "model_name": name,
            "litellm_params": {
                "model": f"openai/{name}",
                "api_key": "none",
                "mock_response": HELLO,
                "input_cost_per_token": PRICE,
                "output_cost_per_token": PRICE,
            },
        }
        for name in ("fake", "other")
    ],
    "general_settings": {
        "master_key": MASTER_KEY,
        # Spend is written in the background; the defaults make a test wait for a minute.
        "proxy_batch_write_at": 1,
    },
}


@dataclass(frozen=True)
class Proxy:
    """A running proxy."""

    http: httpx.Client

    def call(self, path: str, body: dict[str, Any] | None = None, key: str = MASTER_KEY) -> tuple[int, Any]:
        """Status and parsed body; a body makes it a POST."""
        method = "GET" if body is None else "POST"
        reply = self.http.request(method, path, json=body, headers={"Authorization": f"Bearer {key}"})
        return reply.status_code, reply.json()

    def ok(self, path: str, body: dict[str, Any] | None = None, key: str = MASTER_KEY) -> Any:
        """The parsed body of an answer that has to be a 200."""
        status, answer = self.call(path, body, key)
        assert status == 200, answer
        return answer

    def chat(self, key: str, model: str = "fake") -> tuple[int, Any]:
        return self.call("/chat/completions", {"model": model, "messages": [{"role": "user", "content": "hi"}]}, key)

    def eventually(self, path: str, done: Callable[[Any], bool], seconds: float = 60) -> Any:
        """Ask again until the answer is as wanted: LiteLLM writes spend in the background."""
        deadline = time.monotonic() + seconds
        while True:
            status, answer = self.call(path)
            if status == 200 and done(answer):
                return answer
            assert time.monotonic() < deadline, f"{path} still answers {status} {answer}"
            time.sleep(POLL_SECONDS)


@contextmanager
def running_proxy(
    database_url: str, engine: Engine, engine_dir: Path, toolchain: Toolchain, directory: Path
) -> Iterator[Proxy]:
    """Start a proxy on a free port; stop it, and see its engine gone with it."""
    config = directory / "litellm.yaml"
    config.write_text(json.dumps(CONFIG))  # which is YAML
    port = free_port()
    environment = {
        **os.environ,
        **process_environment(engine),
        "PATH": os.pathsep.join([*process_path(engine_dir), str(toolchain.programs), os.environ["PATH"]]),
        "DATABASE_URL": database_url,
        "DISABLE_SCHEMA_UPDATE": "true",
        "LITELLM_SALT_KEY": "sk-salt",
        "STORE_MODEL_IN_DB": "True",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    command = [str(toolchain.programs / "litellm"), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    log = directory / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--telemetry", "False"], cwd=directory, env=environment, stdout=output, stderr=output
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            _wait_until_ready(http, process, log)
            yield Proxy(http)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(http: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if http.get("/health/readiness").json().get("db") == "connected":
                return
        except httpx.TransportError:
            pass
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"LiteLLM did not come up:\n{log.read_text()[-4000:]}")
