"""Two gateways as replicas: in front of the real LiteLLM with its database, over one Postgres of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openai
import pytest

from tests.gateway.conftest import NewKey, client_of
from tests.support.bedrock_client import runtime_client
from tests.support.local_stack import LocalStack
from tests.support.postgres import Postgres
from tests.support.processes import Gateway


@pytest.fixture(scope="session")
def history_postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def replicas(start_replica: Callable[..., Gateway], history_postgres: Postgres) -> tuple[Gateway, Gateway]:
    url = history_postgres.url("history")  # made by them
    first, second = start_replica(GATEWAY_DATABASE_URL=url), start_replica(GATEWAY_DATABASE_URL=url)
    return first, second


@pytest.fixture(scope="session")
def replica(replicas: tuple[Gateway, Gateway]) -> Gateway:
    return replicas[0]


@pytest.fixture
def key(new_key: NewKey) -> str:
    """A key without a user, whose sessions are nobody else's."""
    return new_key()


@pytest.fixture
def http(replica: Gateway, key: str) -> Iterator[httpx.Client]:
    with client_of(replica, key) as client:
        yield client


@pytest.fixture
def sdk(replica: Gateway, key: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{replica.url}/v1", api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
def bedrock(replica: Gateway, key: str, certificate: tuple[str, str]) -> Iterator[Any]:
    with runtime_client(replica.tls_url, certificate[0], key) as client:
        yield client


# --- turns over plain HTTP ----------------------------------------------------------


def ask(client: httpx.Client, text: str, **fields: Any) -> httpx.Response:
    """A turn; without a session it begins one."""
    history = {} if "session_id" in fields else {"enable_history": True}
    body = {"model": "demo", "messages": [{"role": "user", "content": text}], **history, **fields}
    return client.post("/v1/chat/completions", json=body)


def begin(client: httpx.Client, text: str = "hello", **fields: Any) -> str:
    """A session of one turn."""
    response = ask(client, text, **fields)
    assert response.status_code == 200, response.text
    return str(response.json()["session_id"])


def history(client: httpx.Client, session_id: str) -> list[dict[str, Any]]:
    response = client.post("/chat-history", json={"session_id": session_id})
    assert response.status_code == 200, response.text
    return list(response.json()["messages"])


def seen(answer: str) -> dict[str, Any]:
    """What the fake LLM says that it saw."""
    return dict(json.loads(answer.splitlines()[-1]))


def events(raw: str) -> list[Any]:
    """The data of server-sent events, parsed but for [DONE]."""
    data = [line.removeprefix("data: ") for line in raw.splitlines() if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in data]


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="session")
def fake_llm_in_flight(stack: LocalStack) -> Callable[[], int]:
    """How many requests are with the model."""
    return lambda: int(httpx.get(f"{stack.fake_llm_url}/fake/requests").json()["in_flight"])


@pytest.fixture
def start_turn() -> Callable[..., Any]:
    """A turn that is under way as long as the block lasts: its answer has begun, and does not go on."""

    @contextmanager
    def started(client: httpx.Client, session_id: str | None = None, **fields: Any) -> Iterator[httpx.Response]:
        history = {"session_id": session_id} if session_id else {"enable_history": True}
        body = {"model": "fake/hang-mid-stream", "messages": [{"role": "user", "content": "wait"}], "stream": True}
        with client.stream("POST", "/v1/chat/completions", json=body | history | fields) as response:
            answer = response.iter_raw()
            next(answer)
            yield response
            answer.close()

    return started
