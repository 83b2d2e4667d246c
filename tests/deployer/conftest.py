"""A fake LLM, started once, and OpenAI's client for it."""

from collections.abc import Iterator

import httpx
import openai
import pytest

from tests.support.processes import FakeLLM


@pytest.fixture(scope="session")
def fake_llm_url() -> Iterator[str]:
    with FakeLLM() as service:
        yield service.url


@pytest.fixture(scope="module")
def client(fake_llm_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{fake_llm_url}/v1", api_key="any", max_retries=0, timeout=10) as client:
        yield client


@pytest.fixture(scope="module")
def http_client(fake_llm_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fake_llm_url, timeout=10) as client:
        yield client
