"""What fails: the call, as a typed exception, or the stream on its way, as an exception in it."""

from __future__ import annotations

import json
import time
from contextlib import closing
from typing import Any

import httpx
import pytest
from botocore.exceptions import EventStreamError

from tests.gateway.conftest import KEY, StartGateway
from tests.gateway.invoke.bodies import (
    CHUNK,
    DONE,
    EVENTS,
    LAST_CHUNK,
    METRICS,
    USAGE_CHUNK,
    anthropic,
    chat,
    chunks_of,
)
from tests.support.messages_upstream import script, sse
from tests.support.processes import Gateway


def failed(kind: str) -> str:
    return json.dumps({"type": "error", "error": {"type": kind, "message": "as asked"}})


@pytest.mark.parametrize(
    ("status", "text", "exception"),
    [
        (400, failed("invalid_request_error"), "ValidationException"),
        (401, failed("authentication_error"), "AccessDeniedException"),
        (403, failed("permission_error"), "AccessDeniedException"),
        (404, failed("not_found_error"), "ResourceNotFoundException"),
        (408, failed("timeout_error"), "ModelTimeoutException"),
        (422, failed("budget_exceeded"), "ServiceQuotaExceededException"),
        (424, failed("api_error"), "ModelErrorException"),
        (429, failed("rate_limit_error"), "ThrottlingException"),
        (500, failed("api_error"), "InternalServerException"),
        (529, failed("overloaded_error"), "ServiceUnavailableException"),
        # LiteLLM answers some failures with status 200.
        (200, failed("api_error"), "InternalServerException"),
        (200, failed("overloaded_error"), "ServiceUnavailableException"),
        (200, '{"type": "error", "error": "?"}', "InternalServerException"),
        (200, "[]", "ModelErrorException"),
        (200, "<html>", "ModelErrorException"),
    ],
)
def test_a_failure_is_a_typed_exception(scripted, status, text, exception):
    body = anthropic(script(text, status=status, kind="application/json"))
    with pytest.raises(getattr(scripted.exceptions, exception)) as raised:
        scripted.invoke_model(modelId="m", body=body)
    if exception == "ModelErrorException" and status == 424:
        assert raised.value.response["originalStatusCode"] == 424


def test_a_model_that_is_silent_is_a_timeout(scripted):
    for body in (anthropic(script(end="hang")), chat(script(end="hang"))):
        with pytest.raises(scripted.exceptions.ModelTimeoutException):
            scripted.invoke_model(modelId="m", body=body)
        with pytest.raises(scripted.exceptions.ModelTimeoutException):
            scripted.invoke_model_with_response_stream(modelId="m", body=body)


def read(scripted: Any, body: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The chunks that came, and the error that ended them."""
    chunks: list[dict[str, Any]] = []
    response = scripted.invoke_model_with_response_stream(modelId="m", body=body)
    with closing(response["body"]) as events, pytest.raises(EventStreamError) as raised:
        chunks.extend(json.loads(event["chunk"]["bytes"]) for event in events)
    return chunks, raised.value.response["Error"]


START = sse(*EVENTS[:3])
FAILING_STREAMS = [
    (anthropic(script(*START)), "modelStreamErrorException"),
    (anthropic(script(*START, end="abort")), "modelStreamErrorException"),
    (anthropic(script(*START, end="hang")), "modelTimeoutException"),
    (anthropic(script(*START, "data: {\n\n")), "modelStreamErrorException"),
    (anthropic(script(*START, "data: 5\n\n")), "modelStreamErrorException"),
    (anthropic(script(*START, "data: {}\n\n")), "modelStreamErrorException"),
    (anthropic(script(*START, "event: error\ndata: " + failed("api_error") + "\n\n")), "internalServerException"),
    (anthropic(script(*START, "data: " + failed("overloaded_error") + "\n\n")), "serviceUnavailableException"),
    (anthropic(script(*START, "data: " + failed("rate_limit_error") + "\n\n")), "throttlingException"),
    (anthropic(script(*START, "data: " + failed("timeout_error") + "\n\n")), "modelTimeoutException"),
    (anthropic(script(*START, "data: " + failed("permission_error") + "\n\n")), "validationException"),
    (anthropic(script(*START, *sse({"type": "big", "text": "x" * 1_000_000}))), "modelStreamErrorException"),
]


@pytest.mark.parametrize(("body", "code"), FAILING_STREAMS)
def test_messages_that_fail_on_the_way_end_in_an_exception(scripted, body, code):
    chunks, error = read(scripted, body)
    assert chunks == EVENTS[:3]
    assert error["Code"] == code
    assert error["Message"]


def data(*chunks: dict[str, Any]) -> str:
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)


@pytest.mark.parametrize(
    ("pieces", "end", "code"),
    [
        ([data(CHUNK)], "close", "modelStreamErrorException"),
        ([data(CHUNK), DONE], "close", "modelStreamErrorException"),
        ([data(CHUNK, LAST_CHUNK)], "close", "modelStreamErrorException"),
        ([data(CHUNK, LAST_CHUNK, USAGE_CHUNK)], "abort", "modelStreamErrorException"),
        ([data(CHUNK)], "hang", "modelTimeoutException"),
        ([data(CHUNK, {"error": {"message": "slow down", "code": "429"}})], "close", "throttlingException"),
        ([data(CHUNK, {"error": {"message": "too slow", "code": 408}})], "close", "modelTimeoutException"),
    ],
)
def test_a_chat_that_fails_on_the_way_ends_in_an_exception(scripted, pieces, end, code):
    chunks, error = read(scripted, chat(script(*pieces, end=end)))
    assert chunks == [CHUNK]
    assert error["Code"] == code


def test_a_complete_chat_is_complete_however_it_is_cut(scripted):
    text = data(CHUNK, LAST_CHUNK, USAGE_CHUNK) + DONE
    for at in (1, 30, len(text) - 20):
        response = scripted.invoke_model_with_response_stream(modelId="m", body=chat(script(text[:at], text[at:])))
        chunks = chunks_of(response)
        assert chunks[0] == CHUNK
        assert chunks[1].pop(METRICS)["outputTokenCount"] == 4
        assert chunks[1:] == [LAST_CHUNK]


def test_a_failure_in_the_stream_tells_what_litellm_said(echoing: Gateway, upstream: str, start_gateway: StartGateway):
    gateway = start_gateway(GATEWAY_LITELLM_URL=upstream)
    text = script(data(CHUNK, {"error": {"message": "it failed", "code": "424"}}))
    url = f"{gateway.url}/bedrock/model/m/invoke-with-response-stream"
    raw = httpx.post(url, json=json.loads(chat(text)), headers=KEY).content
    assert b'{"message":"it failed","originalStatusCode":424,"originalMessage":"it failed"}' in raw


@pytest.mark.parametrize("body", [anthropic(script(*START, end="hang")), chat(script(data(CHUNK), end="hang"))])
def test_a_client_that_goes_away_cancels_the_model(start_gateway: StartGateway, upstream: str, body):
    gateway = start_gateway(GATEWAY_LITELLM_URL=upstream)
    before = httpx.get(f"{upstream}/hanging").json()["left"]
    url = f"{gateway.url}/bedrock/model/m/invoke-with-response-stream"
    with httpx.stream("POST", url, content=body, headers=KEY, timeout=20) as response:
        next(response.iter_raw())
    deadline = time.monotonic() + 20
    while httpx.get(f"{upstream}/hanging").json()["left"] == before:
        assert time.monotonic() < deadline
