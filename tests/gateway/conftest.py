"""Gateways as real processes, in front of the fake LLM or of a server that echoes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.certificates import write_certificate
from tests.support.local_stack import LocalStack
from tests.support.processes import FakeLLM, Gateway, Service

ROOT = Path(__file__).parents[2]
KEY = {"authorization": "Bearer sk-test-0123456789"}

# Seconds; short, so that a test can wait for one to end.
LEASE = "2"

StartGateway = Callable[..., Gateway]
NewKey = Callable[..., str]


@pytest.fixture(scope="session")
def start_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartGateway]:
    """Starts a gateway with the given settings; all are stopped at the end."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(Gateway(tmp_path_factory.mktemp("gateway"), **settings))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """For https on loopback: the file to trust and serve, and its key."""
    return write_certificate(tmp_path_factory.mktemp("certificate"), "server")


@pytest.fixture(scope="session")
def fake_llm() -> Iterator[FakeLLM]:
    with FakeLLM() as server:
        yield server


@pytest.fixture(scope="session")
def gateway(start_gateway: StartGateway, fake_llm: FakeLLM) -> Gateway:
    """A gateway whose upstream is the fake LLM itself."""
    return start_gateway(GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_BODY_LIMIT="1MiB")


@pytest.fixture(scope="session")
def echo() -> Iterator[str]:
    """The address of a server that answers with what it was sent."""
    command = [sys.executable, "-m", "tests.support.echo"]
    with Service(command, env={}, ready=r"listening on (http://\S+)", cwd=ROOT) as server:
        yield server.found[0]


@pytest.fixture(scope="session")
def echoing(start_gateway: StartGateway, echo: str) -> Gateway:
    """A gateway whose upstream is the echo."""
    return start_gateway(GATEWAY_LITELLM_URL=echo)


@pytest.fixture
def http(gateway: Gateway) -> Iterator[httpx.Client]:
    """A client of `gateway`, with a key."""
    with httpx.Client(base_url=gateway.url, headers=KEY, timeout=30) as client:
        yield client


@pytest.fixture
def echoed(echoing: Gateway) -> Iterator[httpx.Client]:
    """A client of `echoing`."""
    with httpx.Client(base_url=echoing.url, timeout=30) as client:
        yield client


# --- in front of the real LiteLLM -----------------------------------------------------


@pytest.fixture(scope="session")
def start_replica(
    start_gateway: StartGateway, stack: LocalStack, certificate: tuple[str, str]
) -> Callable[..., Gateway]:
    """Starts a gateway in front of the stack's LiteLLM."""

    def started(**settings: str) -> Gateway:
        defaults = {
            "GATEWAY_LITELLM_URL": stack.litellm_url,
            "GATEWAY_MASTER_KEY": stack.master_key,
            "GATEWAY_TLS_CERTIFICATE": certificate[0],
            "GATEWAY_TLS_KEY": certificate[1],
            "GATEWAY_HISTORY_LEASE": LEASE,
        }
        return start_gateway(**defaults | settings)

    return started


@pytest.fixture(scope="session")
def admin(stack: LocalStack) -> Iterator[httpx.Client]:
    """LiteLLM itself, with the master key."""
    headers = {"authorization": f"Bearer {stack.master_key}"}
    with httpx.Client(base_url=stack.litellm_url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def new_key(admin: httpx.Client) -> NewKey:
    """Makes a key, with a user where one is named."""

    def made(**settings: Any) -> str:
        response = admin.post("/key/generate", json=settings)
        assert response.status_code == 200, response.text
        return str(response.json()["key"])

    return made


@pytest.fixture(scope="session")
def new_user(admin: httpx.Client) -> Callable[..., str]:
    """Makes a user and gives their id."""

    def made(**settings: Any) -> str:
        user_id = f"user-{uuid4().hex[:8]}"
        response = admin.post("/user/new", json={"user_id": user_id, "auto_create_key": False} | settings)
        assert response.status_code == 200, response.text
        return user_id

    return made


def client_of(gateway: Gateway, key: str) -> httpx.Client:
    return httpx.Client(base_url=gateway.url, headers={"authorization": f"Bearer {key}"}, timeout=60)
