"""Invocations of the real LiteLLM with its database, as `make up` makes them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.gateway.invoke.bodies import METRICS, answer, anthropic, chat, chunks_of
from tests.support.bedrock_client import runtime_client
from tests.support.local_stack import LocalStack


@pytest.fixture(scope="module")
def admin(stack: LocalStack) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {stack.master_key}"}
    with httpx.Client(base_url=stack.gateway_url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def real(stack: LocalStack, admin: httpx.Client) -> Iterator[Any]:
    """A client with a virtual key, as users have them."""
    key = admin.post("/key/generate", json={"models": ["demo", "fake/*"]}).json()["key"]
    with runtime_client(stack.gateway_tls_url, str(stack.ca), key) as client:
        yield client


def test_litellm_serves_messages_over_another_model(real):
    body = anthropic("say: hello there", system="be brief")
    response = real.invoke_model(modelId="demo", body=body)
    message = answer(response)
    assert message["content"] == [{"type": "text", "text": "hello there"}]
    assert message["stop_reason"] == "end_turn"
    tokens = response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-bedrock-input-token-count"]
    assert tokens == str(message["usage"]["input_tokens"])

    chunks = chunks_of(real.invoke_model_with_response_stream(modelId="demo", body=body))
    assert chunks[0]["type"] == "message_start"
    assert chunks[-1]["type"] == "message_stop"
    deltas = [chunk["delta"] for chunk in chunks if chunk["type"] == "content_block_delta"]
    assert "".join(delta["text"] for delta in deltas) == "hello there"
    assert chunks[-1][METRICS]["inputTokenCount"] == message["usage"]["input_tokens"]
    assert chunks[-1][METRICS]["outputTokenCount"] == message["usage"]["output_tokens"]


def test_litellm_serves_a_chat(real):
    assert answer(real.invoke_model(modelId="demo", body=chat()))["choices"][0]["message"]["content"] == "hi"
    chunks = chunks_of(real.invoke_model_with_response_stream(modelId="demo", body=chat()))
    assert "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks) == "hi"
    assert chunks[-1][METRICS]["inputTokenCount"] > 0


def test_request_metadata_is_in_litellms_spend_logs(real, admin: httpx.Client):
    """LiteLLM writes them a while after the answer; the fake LLM's ids follow from what it was asked."""
    for written in (anthropic, chat):
        mark = uuid.uuid4().hex
        metadata = json.dumps({"mark": mark})
        response = real.invoke_model(modelId="demo", body=written(f"say: {mark}"), requestMetadata=metadata)
        identifier = answer(response)["id"]
        deadline = time.monotonic() + 60
        logged: list[dict[str, Any]] = []
        while not logged:
            assert time.monotonic() < deadline, written
            logged = admin.get("/spend/logs", params={"request_id": identifier}).json()
        assert f"mark:{mark}" in logged[0]["request_tags"]
        assert logged[0]["metadata"]["spend_logs_metadata"] == {"mark": mark}


@pytest.mark.parametrize(
    ("model", "exception"),
    [
        ("rate-limited", "ThrottlingException"),
        ("bad-request", "ValidationException"),
        ("server-error", "InternalServerException"),
    ],
)
@pytest.mark.parametrize("operation", ["invoke_model", "invoke_model_with_response_stream"])
def test_litellms_failures_are_typed_exceptions(real, operation, model, exception):
    for body in (anthropic(), chat()):
        with pytest.raises(getattr(real.exceptions, exception)):
            getattr(real, operation)(modelId=f"fake/{model}", body=body)


@pytest.mark.parametrize("model", ["error-mid-stream", "cut-stream"])
def test_litellms_streams_that_fail_on_the_way_raise(real, model):
    """As an exception in the stream or, where LiteLLM learns of it before its first chunk, of the call itself."""
    for body in (anthropic(), chat()):
        with pytest.raises(ClientError):
            chunks_of(real.invoke_model_with_response_stream(modelId=f"fake/{model}", body=body))


def test_a_key_for_other_models_is_denied(real):
    for body in (anthropic(), chat()):
        with pytest.raises(real.exceptions.AccessDeniedException):
            real.invoke_model(modelId="demo-reasoning", body=body)
