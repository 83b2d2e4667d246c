"""Unmodified boto3 clients over https, of gateways in front of what answers as asked and of the fake LLM."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.gateway.conftest import ROOT, StartGateway
from tests.support.bedrock_client import runtime_client
from tests.support.processes import FakeLLM, Gateway, Service


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    """The address of a server that answers as it is told by the last message."""
    command = [sys.executable, "-m", "tests.support.messages_upstream"]
    with Service(command, env={}, ready=r"listening on (http://\S+)", cwd=ROOT) as server:
        yield server.found[0]


@pytest.fixture(scope="session")
def tls(certificate: tuple[str, str]) -> dict[str, str]:
    """The settings with which a gateway serves https; the certificate is its own authority."""
    return {"GATEWAY_TLS_CERTIFICATE": certificate[0], "GATEWAY_TLS_KEY": certificate[1]}


@pytest.fixture(scope="session")
def gateways(start_gateway: StartGateway, tls: dict[str, str], upstream: str, fake_llm: FakeLLM) -> dict[str, Gateway]:
    """Gateways, by what is behind each."""
    urls = {"script": upstream, "fake": fake_llm.url}
    return {
        name: start_gateway(GATEWAY_LITELLM_URL=url, GATEWAY_UPSTREAM_TIMEOUT="1", **tls) for name, url in urls.items()
    }


@pytest.fixture(scope="module")
def clients(gateways: dict[str, Gateway], tls: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A client of each gateway; not for longer than a module, as they need a variable in the environment."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                runtime_client(gateway.tls_url, tls["GATEWAY_TLS_CERTIFICATE"], "sk-test-0123456789")
            )
            for name, gateway in gateways.items()
        }


@pytest.fixture
def scripted(clients: dict[str, Any]) -> Any:
    """A client of a gateway whose upstream answers as it is told."""
    return clients["script"]


@pytest.fixture
def fake(clients: dict[str, Any]) -> Any:
    """A client of a gateway whose upstream is the fake LLM."""
    return clients["fake"]
