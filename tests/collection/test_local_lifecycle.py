"""A LOCAL stack is stopped, broken, changed, and deployed again."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.stack_processes import has_ended

from tests.support.local_stack import LocalStack

SERVICES = ("postgres", "fake-llm", "litellm", "gateway")


@pytest.fixture(scope="module")
def own() -> Iterator[LocalStack]:
    """A stack that may be broken; each test deploys it first, so that it is whole whatever came before."""
    with LocalStack() as stack:
        yield stack


def call(url: str, key: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, None
    except OSError:
        return 0, None


def ask(stack: LocalStack, key: str) -> int:
    body = {"model": "demo", "messages": [{"role": "user", "content": "Hello!"}]}
    return call(f"{stack.gateway_url}/v1/chat/completions", key, body)[0]


def wait_for(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


def pids(stack: LocalStack) -> dict[str, int]:
    return {service: stack.pid(service) for service in SERVICES}


def test_a_killed_service_comes_back_by_itself(own: LocalStack) -> None:
    own.deploy()
    before = own.pid("litellm")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: own.pid("litellm") != before and ask(own, own.master_key) == 200)


def test_data_outlives_a_killed_supervisor_and_an_undeploy(own: LocalStack) -> None:
    own.deploy()
    _, made = call(f"{own.litellm_url}/key/generate", own.master_key, {"models": ["demo"]})
    master_key = own.master_key
    processes = list(own.processes())
    os.kill(own.pid("supervisord"), signal.SIGKILL)

    assert own.undeploy().changed == 1
    assert [process for process in processes if not has_ended(process)] == []
    assert list((own.dir / "run").iterdir()) == []
    assert own.undeploy().changed == 0

    own.deploy()
    assert own.master_key == master_key
    assert ask(own, made["key"]) == 200
    assert ask(own, "sk-unknown") == 401


def test_a_new_certificate_restarts_the_gateway_and_nothing_else(own: LocalStack) -> None:
    own.deploy()
    before = pids(own)
    (own.dir / "tls" / "gateway.crt").unlink()

    own.deploy()
    assert {service for service, pid in pids(own).items() if pid != before[service]} == {"gateway"}
