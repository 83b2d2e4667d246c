"""A gateway over https in front of the fake LLM, and each client as a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx
import pytest

from tests.clients.clients import CLIENTS, Client, Outcome, call, environment, prepare
from tests.support.certificates import write_certificate
from tests.support.processes import FakeLLM, Gateway

Call = Callable[..., Outcome]


@dataclass(frozen=True)
class Bedrock:
    """A gateway as clients see it, and the model behind it."""

    env: Mapping[str, str]
    model: FakeLLM

    def requests(self) -> int:
        """How many requests the model had so far."""
        return int(httpx.get(f"{self.model.url}/fake/requests").json()["total"])


@pytest.fixture(scope="session")
def bedrock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bedrock]:
    folder, home = tmp_path_factory.mktemp("gateway"), tmp_path_factory.mktemp("home")
    prepare(home)
    certificate, key = write_certificate(folder, "server")
    with (
        FakeLLM() as model,
        Gateway(
            folder, GATEWAY_LITELLM_URL=model.url, GATEWAY_TLS_CERTIFICATE=certificate, GATEWAY_TLS_KEY=key
        ) as gateway,
    ):
        address = f"{gateway.tls_url}/bedrock"
        yield Bedrock(environment(home, address, certificate, "sk-test-0123456789"), model)


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest, bedrock: Bedrock) -> Call:
    """Each client in turn: client("converse", modelId=…) returns what it gave its user."""
    return caller(request.param, bedrock)


@pytest.fixture(params=[each for each in CLIENTS if each.sdk], ids=lambda client: client.name)
def sdk(request: pytest.FixtureRequest, bedrock: Bedrock) -> Call:
    """Each in turn that is a library: it reads event streams and sends any bytes."""
    return caller(request.param, bedrock)


def caller(client: Client, bedrock: Bedrock) -> Call:
    """`client`, in the environment of `bedrock` with what `env` adds."""

    def make(operation: str, *, env: Mapping[str, str] | None = None, **parameters: object) -> Outcome:
        return call(client, {**bedrock.env, **(env or {})}, operation, parameters)

    return make
