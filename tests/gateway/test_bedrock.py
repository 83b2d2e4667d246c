"""An unmodified boto3 client over https, with the key in AWS_BEARER_TOKEN_BEDROCK."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import EventStreamError

from tests.gateway.conftest import KEY, StartGateway
from tests.support.processes import FakeLLM, Gateway

ARN = "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.demo/v1:0"


@pytest.fixture(scope="module")
def secure(start_gateway: StartGateway, fake_llm: FakeLLM, certificate: tuple[str, str]) -> Gateway:
    """A gateway that serves https too."""
    path, key = certificate
    return start_gateway(
        GATEWAY_LITELLM_URL=fake_llm.url,
        GATEWAY_TLS_CERTIFICATE=path,
        GATEWAY_TLS_KEY=key,
        GATEWAY_UPSTREAM_TIMEOUT="1",
    )


@pytest.fixture
def bedrock(secure: Gateway, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "sk-test-0123456789")
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=f"{secure.tls_url}/bedrock",
        region_name="us-east-1",
        verify=certificate[0],
        config=Config(retries={"total_max_attempts": 1}, read_timeout=20),
    )
    yield client
    client.close()


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": text}]}]


def test_converse(bedrock):
    response = bedrock.converse(
        modelId="demo",
        messages=[*user("one"), {"role": "assistant", "content": [{"text": "two"}]}, *user("say: three")],
        system=[{"text": "be brief"}],
        inferenceConfig={"maxTokens": 100, "temperature": 0.5, "topP": 0.9, "stopSequences": ["STOP"]},
    )
    assert response["output"]["message"] == {"role": "assistant", "content": [{"text": "three"}]}
    assert response["stopReason"] == "end_turn"
    usage = response["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"] > 0
    assert response["metrics"]["latencyMs"] >= 0
    assert response["ResponseMetadata"]["RequestId"] == response["ResponseMetadata"]["HTTPHeaders"]["x-request-id"]


def test_the_model_sees_the_whole_conversation(bedrock):
    response = bedrock.converse(
        modelId="demo",
        messages=[*user("one"), {"role": "assistant", "content": [{"text": "two"}]}, *user("three")],
        system=[{"text": "be brief"}],
        inferenceConfig={"temperature": 0.5},
    )
    seen = json.loads(response["output"]["message"]["content"][0]["text"].splitlines()[-1])
    assert seen["roles"] == ["system", "user", "assistant", "user"]
    assert seen["parameters"]["temperature"] == 0.5


def test_converse_stream_has_the_same_text_and_aws_order(bedrock):
    whole = bedrock.converse(modelId="demo", messages=user("hello"))
    events = list(bedrock.converse_stream(modelId="demo", messages=user("hello"))["stream"])
    names = [next(iter(event)) for event in events]
    assert names[0] == "messageStart"
    assert names[-3:] == ["contentBlockStop", "messageStop", "metadata"]
    assert set(names[1:-3]) == {"contentBlockDelta"}
    text = "".join(event["contentBlockDelta"]["delta"]["text"] for event in events[1:-3])
    assert text == whole["output"]["message"]["content"][0]["text"]
    assert events[-1]["metadata"]["usage"] == whole["usage"]


def test_events_arrive_as_they_are_made(gateway: Gateway):
    body = {"messages": user("say: " + "word " * 40)}
    arrivals = []
    with httpx.stream(
        "POST", f"{gateway.url}/bedrock/model/slow-drip/converse-stream", json=body, headers=KEY
    ) as response:
        assert response.headers["content-type"] == "application/vnd.amazon.eventstream"
        for _ in response.iter_raw():
            arrivals.append(time.monotonic())
            if len(arrivals) == 3:
                break
    assert arrivals[2] - arrivals[0] > 0.3


@pytest.mark.parametrize("model", [ARN, "a model/with spaces?and#signs%", "ä"])
def test_any_model_id_reaches_the_model(bedrock, model):
    response = bedrock.converse(modelId=model, messages=user("hello"))
    assert json.loads(response["output"]["message"]["content"][0]["text"].splitlines()[-1])["model"] == model


def test_an_arn_may_come_with_its_slashes_as_they_are(secure: Gateway):
    response = httpx.post(f"{secure.url}/bedrock/model/{ARN}/converse", json={"messages": user("hello")}, headers=KEY)
    assert ARN in response.json()["output"]["message"]["content"][0]["text"]


def test_reasoning_is_carried(bedrock):
    content = bedrock.converse(modelId="demo-reasoning", messages=user("hello"))["output"]["message"]["content"]
    assert list(content[0]) == ["reasoningContent"]
    assert list(content[1]) == ["text"]


def test_a_cut_answer_says_why(bedrock):
    response = bedrock.converse(modelId="demo", messages=user("hello"), inferenceConfig={"maxTokens": 1})
    assert response["stopReason"] == "max_tokens"


@pytest.mark.parametrize("operation", ["converse", "converse_stream"])
@pytest.mark.parametrize(
    ("model", "exception"),
    [
        ("rate-limited", "ThrottlingException"),
        ("bad-request", "ValidationException"),
        ("context-too-long", "ValidationException"),
        ("unauthorized", "AccessDeniedException"),
        ("server-error", "InternalServerException"),
        ("unavailable", "ServiceUnavailableException"),
        ("hang", "ModelTimeoutException"),
    ],
)
def test_a_failure_is_a_typed_exception(bedrock, operation, model, exception):
    with pytest.raises(getattr(bedrock.exceptions, exception)) as raised:
        getattr(bedrock, operation)(modelId=model, messages=user("hello"))
    assert raised.value.response["Error"]["Message"]


def test_how_long_to_wait_is_passed_on(bedrock):
    with pytest.raises(bedrock.exceptions.ThrottlingException) as raised:
        bedrock.converse(modelId="rate-limited", messages=user("hello"))
    assert raised.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"


@pytest.mark.parametrize(
    ("model", "exception"),
    [
        ("cut-stream", "modelStreamErrorException"),
        ("malformed-chunk", "modelStreamErrorException"),
        ("error-mid-stream", "internalServerException"),
        ("hang-mid-stream", "modelStreamErrorException"),
    ],
)
def test_a_stream_that_fails_on_the_way_raises(bedrock, model, exception):
    stream = bedrock.converse_stream(modelId=model, messages=user("hello"))["stream"]
    with closing(stream), pytest.raises(EventStreamError) as raised:
        list(stream)
    assert raised.value.response["Error"]["Code"] == exception


@pytest.mark.parametrize("model", ["cut-stream", "malformed-chunk"])
def test_an_answer_that_is_none_is_a_model_error(bedrock, model):
    with pytest.raises(bedrock.exceptions.ModelErrorException):
        bedrock.converse(modelId=model, messages=user("hello"))


def test_what_cannot_be_carried_is_refused_by_name(bedrock):
    image = {"format": "png", "source": {"s3Location": {"uri": "s3://bucket/image.png"}}}
    with pytest.raises(bedrock.exceptions.ValidationException, match=r"content\[0\].image.source.s3Location"):
        bedrock.converse(modelId="demo", messages=[{"role": "user", "content": [{"image": image}]}])


def test_a_client_that_goes_away_cancels_the_model(start_gateway: StartGateway):
    with FakeLLM() as fake_llm:
        gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url)
        url = f"{gateway.url}/bedrock/model/hang-mid-stream/converse-stream"
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(url, json={"messages": user("hello")}, headers=KEY, timeout=0.5)
        deadline = time.monotonic() + 10
        counts: dict[str, int] = {}
        while not counts.get("disconnected") and time.monotonic() < deadline:
            counts = httpx.get(f"{fake_llm.url}/fake/requests").json()
        assert counts["disconnected"] == 1


def told(echoing: Gateway, status: str, answer: str, operation: str = "converse") -> httpx.Response:
    """What a client gets when LiteLLM answers so."""
    url = f"{echoing.url}/bedrock/model/{status}/{operation}"
    return httpx.post(url, json={"messages": user(answer)}, headers=KEY)


@pytest.mark.parametrize(
    ("status", "answer", "exception"),
    [
        ("200", "[]", "ModelErrorException"),
        ("200", "{", "ModelErrorException"),
        ("302", "elsewhere", "ModelErrorException"),
        ("402", "{}", "ServiceQuotaExceededException"),
        ("422", '{"error": {"message": "m", "type": "budget_exceeded"}}', "ServiceQuotaExceededException"),
        ("418", '{"error": []}', "ValidationException"),
        ("502", "<html>", "ServiceUnavailableException"),
        ("529", '{"error": {"message": "overloaded"}}', "ServiceUnavailableException"),
        ("500", "null", "InternalServerException"),
    ],
)
def test_an_odd_answer_is_a_typed_exception(echoing: Gateway, status, answer, exception):
    response = told(echoing, status, answer)
    assert response.headers["x-amzn-errortype"] == exception
    assert response.json()["message"]


def test_only_a_sound_retry_after_is_passed_on(echoing: Gateway):
    answer = '{"error": {"message": "slow down"}}'
    assert told(echoing, "429 30", answer).headers["retry-after"] == "30"
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    assert told(echoing, f"429 {date}", answer).headers["retry-after"] == date
    for odd in ("soon", "-1", "\u0661", "30; x"):
        response = told(echoing, f"429 {odd}", answer)
        assert response.headers["x-amzn-errortype"] == "ThrottlingException"
        assert "retry-after" not in response.headers


def test_what_litellm_says_of_an_error_is_not_logged(start_gateway: StartGateway, echo: str):
    gateway = start_gateway(GATEWAY_LITELLM_URL=echo, GATEWAY_LOG_LEVEL="DEBUG")
    for operation in ("converse", "converse-stream"):
        response = told(gateway, "500", '{"error": {"message": "cannot answer: a private question"}}', operation)
        assert "private" in response.json()["message"]
        told(gateway, "200", 'data: {"error": {"message": "a private question"}}\n\n', operation)
    gateway.stop()
    assert "private" not in gateway.output
