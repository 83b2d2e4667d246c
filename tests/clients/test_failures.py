"""Failures with every client: the exception that AWS's service model has for it, retried where it may be."""

from __future__ import annotations

import pytest

from tests.clients.clients import conversation
from tests.clients.conftest import Bedrock, Call

THREE_ATTEMPTS = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "3"}


@pytest.mark.parametrize(
    ("model", "exception"), [("rate-limited", "ThrottlingException"), ("bad-request", "ValidationException")]
)
def test_a_failure_is_a_typed_exception(client: Call, model: str, exception: str):
    error = client("converse", modelId=model, messages=conversation("hello")).error
    assert error["code"] == error["class"] == exception
    assert error["message"]


def test_a_stream_that_is_refused_is_a_typed_exception(sdk: Call):
    error = sdk("converse_stream", modelId="rate-limited", messages=conversation("hello")).error
    assert error["code"] == error["class"] == "ThrottlingException"


def test_a_stream_that_breaks_off_says_so(sdk: Call):
    outcome = sdk("converse_stream", modelId="cut-stream", messages=conversation("hello"))
    assert "contentBlockDelta" in outcome.events[-1]
    # boto3 names it as the frame does and has one class for all of them, JavaScript has the model's class.
    assert (outcome.error["code"], outcome.error["class"]) in {
        ("modelStreamErrorException", "EventStreamError"),
        ("ModelStreamErrorException", "ModelStreamErrorException"),
    }
    assert outcome.error["message"]


def test_an_operation_that_is_not_served_is_unknown(client: Call):
    error = client(
        "apply_guardrail",
        guardrailIdentifier="guardrail1",
        guardrailVersion="1",
        source="INPUT",
        content=[{"text": {"text": "hello"}}],
    ).error
    assert error["code"] == "UnknownOperationException"
    assert error["message"]


@pytest.mark.parametrize(("model", "attempts"), [("unavailable", 3), ("bad-request", 1)])
def test_what_may_pass_is_tried_again(client: Call, bedrock: Bedrock, model: str, attempts: int):
    before = bedrock.requests()
    assert client("converse", env=THREE_ATTEMPTS, modelId=model, messages=conversation("hello")).error
    assert bedrock.requests() - before == attempts


def test_a_rate_limit_is_tried_again(client: Call, bedrock: Bedrock):
    before = bedrock.requests()
    outcome = client("converse", env={"AWS_MAX_ATTEMPTS": "2"}, modelId="rate-limited", messages=conversation("hello"))
    assert outcome.error["code"] == "ThrottlingException"
    assert bedrock.requests() - before == 2
