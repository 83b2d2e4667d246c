"""Two gateways as replicas: in front of the real LiteLLM with its database, over one Postgres of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import openai
import pytest

from tests.gateway.conftest import StartGateway
from tests.support.bedrock_client import runtime_client
from tests.support.local_stack import LocalStack
from tests.support.postgres import Postgres
from tests.support.processes import Gateway

LEASE = "2"


@pytest.fixture(scope="session")
def history_postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


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
def replicas(start_replica: Callable[..., Gateway], history_postgres: Postgres) -> tuple[Gateway, Gateway]:
    url = history_postgres.url("history")  # made by them
    first, second = start_replica(GATEWAY_DATABASE_URL=url), start_replica(GATEWAY_DATABASE_URL=url)
    return first, second


@pytest.fixture(scope="session")
def replica(replicas: tuple[Gateway, Gateway]) -> Gateway:
    return replicas[0]


@pytest.fixture(scope="session")
def admin(stack: LocalStack) -> Iterator[httpx.Client]:
    """LiteLLM itself, with the master key."""
    headers = {"authorization": f"Bearer {stack.master_key}"}
    with httpx.Client(base_url=stack.litellm_url, headers=headers, timeout=60) as client:
        yield client


NewKey = Callable[..., str]


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


def client_of(gateway: Gateway, key: str) -> httpx.Client:
    return httpx.Client(base_url=gateway.url, headers={"authorization": f"Bearer {key}"}, timeout=60)


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
