"""CountTokens, with an unmodified boto3 client over https."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.services.count_tokens import CountTokens
from gateway.upstream.asking import Answer
from gateway.upstream.caller import Caller
from gateway.upstream.tokens import Tokens
from tests.gateway.conftest import KEY, ROOT, StartGateway
from tests.support.bedrock_client import runtime_client
from tests.support.local_stack import LocalStack
from tests.support.messages_upstream import script
from tests.support.processes import Gateway, Service

USER: list[dict[str, Any]] = [{"role": "user", "content": [{"text": "say: hi"}]}]
TOOL: dict[str, Any] = {"name": "f", "description": "does", "inputSchema": {"json": {"type": "object"}}}


def count(gateway: Gateway, body: Any, model: str = "m") -> httpx.Response:
    return httpx.post(f"{gateway.url}/bedrock/model/{model}/count-tokens", json=body, headers=KEY)


def of_converse(text: str, **others: Any) -> dict[str, Any]:
    return {"input": {"converse": {"messages": [{"role": "user", "content": [{"text": text}]}]} | others}}


def of_invocation(body: Any) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {"input": {"invokeModel": {"body": b64encode(raw).decode()}}}


def chat(content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


def anthropic(content: Any) -> dict[str, Any]:
    return {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 5} | chat(content)


@pytest.fixture(scope="module")
def scripted(start_gateway: StartGateway) -> Iterator[Gateway]:
    """A gateway whose upstream answers as the last message says."""
    command = [sys.executable, "-m", "tests.support.messages_upstream"]
    with Service(command, env={}, ready=r"listening on (http://\S+)", cwd=ROOT) as server:
        yield start_gateway(GATEWAY_LITELLM_URL=server.found[0], GATEWAY_UPSTREAM_TIMEOUT="1")


def told(text: str, status: int = 200) -> str:
    return script(text, status=status, kind="application/json")


@pytest.mark.parametrize(
    "body", [of_converse(told('{"total_tokens": 7}')), of_invocation(chat(told('{"total_tokens": 7}')))]
)
def test_what_converse_or_a_chat_would_send_is_counted(scripted: Gateway, body):
    response = count(scripted, body)
    assert response.json() == {"inputTokens": 7}
    assert response.headers["x-amzn-requestid"] == response.headers["x-request-id"]
    assert response.headers["x-litellm-call-id"] == "42"


def test_messages_are_counted_as_anthropic_does(scripted: Gateway):
    assert count(scripted, of_invocation(anthropic(told('{"input_tokens": 7}')))).json() == {"inputTokens": 7}


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        "[]",
        "<html>",
        '{"total_tokens": null}',
        '{"total_tokens": true}',
        '{"total_tokens": -1}',
        '{"total_tokens": 0, "error": true}',
    ],
)
def test_an_answer_that_is_no_count_is_a_model_error(scripted: Gateway, answer):
    assert count(scripted, of_converse(told(answer))).headers["x-amzn-errortype"] == "ModelErrorException"


@pytest.mark.parametrize(
    ("status", "kind", "exception"),
    [
        (401, "token_not_found_in_db", "AccessDeniedException"),
        (403, "key_model_access_denied", "AccessDeniedException"),
        (422, "budget_exceeded", "ServiceQuotaExceededException"),
        (404, "token_counting_error", "ValidationException"),
        (400, "token_counting_error", "ValidationException"),
        (429, "throttling_error", "ThrottlingException"),
        (500, "internal_server_error", "ValidationException"),
        (500, "auth_error", "InternalServerException"),
        (503, "token_counting_disabled", "ServiceUnavailableException"),
    ],
)
def test_a_failure_is_a_typed_exception(scripted: Gateway, status, kind, exception):
    error = json.dumps({"error": {"message": "as asked", "type": kind, "code": str(status)}})
    response = count(scripted, of_converse(told(error, status)))
    assert response.headers["x-amzn-errortype"] == exception
    assert response.json()["message"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "input: is required"),
        ({"input": {}}, "input: must have exactly one member"),
        ({"input": {"converse": {}, "invokeModel": {"body": "e30="}}}, "input: must have exactly one member"),
        ({"input": {"another": {}}}, "input.another: "),
        ({"input": {"converse": {}}, "another": 1}, "another: "),
        ({"input": {"converse": {}}}, "input.converse.messages: is required"),
        (of_converse("hi", inferenceConfig={}), "input.converse.inferenceConfig: "),
        (of_converse("hi", system=[{"text": 5}]), "input.converse.system[0].text: "),
        (
            {"input": {"converse": {"messages": [{"role": "user", "content": [{"image": {}}]}]}}},
            "input.converse.messages[",
        ),
        ({"input": {"invokeModel": {}}}, "input.invokeModel.body: is required"),
        ({"input": {"invokeModel": {"body": "?"}}}, "input.invokeModel.body: must be base64"),
        (of_invocation(b"{"), "input.invokeModel.body: the body is not valid JSON"),
        (of_invocation({"inputText": "hi"}), "input.invokeModel.body: the body's format is not known"),
        (of_invocation(anthropic("hi") | {"stream": True}), "input.invokeModel.body.stream: "),
        (of_invocation(chat([{"type": "input_audio", "input_audio": {}}])), "input.invokeModel.body.messages: "),
    ],
)
def test_what_cannot_be_counted_is_refused_by_name(scripted: Gateway, body, message):
    response = count(scripted, body)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert response.json()["message"].startswith(message)


def test_a_managed_prompt_is_not_counted(scripted: Gateway):
    arn = "arn:aws:bedrock:us-west-2:123456789012:prompt/FRUITPOEMS:1"
    for body in (of_converse("hi"), of_invocation(chat("hi"))):
        response = count(scripted, body, arn)
        assert response.headers["x-amzn-errortype"] == "ValidationException"
        assert "managed prompt" in response.json()["message"]


class Recorder(Tokens):
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def of_chat(self, body: dict[str, Any], caller: Caller) -> Answer:
        self.asked.append(body)
        return Answer({"inputTokens": 1}, [])

    of_messages = of_chat


async def test_only_what_has_tokens_is_counted():
    recorder, caller = Recorder(), Caller([], "id")
    service = CountTokens(recorder)
    tools = {"tools": [{"toolSpec": TOOL}], "toolChoice": {"auto": {}}}
    request = {"messages": USER, "toolConfig": tools, "additionalModelRequestFields": {"top_k": 5}}
    await service.of_converse("m", request, caller)
    await service.of_invocation("m", chat("hi") | {"temperature": 1, "model": "m"}, caller)
    await service.of_invocation("m", anthropic("hi") | {"system": "s"}, caller)
    converse, invocation, messages = recorder.asked
    assert converse.keys() == {"model", "messages", "tools"}
    assert invocation == {"model": "m"} | chat("hi")
    assert messages == {"model": "m", "max_tokens": 5, "system": "s"} | chat("hi")


# --- the real LiteLLM -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(stack: LocalStack) -> Iterator[Any]:
    """A client with a virtual key, as users have them: not an administrator's."""
    headers = {"authorization": f"Bearer {stack.master_key}"}
    made = httpx.post(f"{stack.gateway_url}/key/generate", json={"models": ["demo"]}, headers=headers, timeout=60)
    with runtime_client(stack.gateway_tls_url, str(stack.ca), made.json()["key"]) as client:
        yield client


def test_a_virtual_key_may_count(real):
    short = real.count_tokens(modelId="demo", input={"converse": {"messages": USER}})["inputTokens"]
    more: dict[str, Any] = {
        "messages": USER,
        "system": [{"text": "be brief"}],
        "toolConfig": {"tools": [{"toolSpec": TOOL}]},
    }
    assert 0 < short < real.count_tokens(modelId="demo", input={"converse": more})["inputTokens"]
    for body in (chat("say: hi"), anthropic("say: hi")):
        counted = real.count_tokens(modelId="demo", input={"invokeModel": {"body": json.dumps(body)}})
        assert counted["inputTokens"] == short


def test_additional_fields_have_no_tokens(real):
    plain: dict[str, Any] = {"messages": USER}
    counts = [
        real.count_tokens(modelId="demo", input={"converse": plain | others})["inputTokens"]
        for others in ({}, {"additionalModelRequestFields": {"top_k": 5}})
    ]
    assert counts[0] == counts[1]


def test_a_key_for_other_models_is_denied(real):
    for counted in ({"converse": {"messages": USER}}, {"invokeModel": {"body": json.dumps(anthropic("hi"))}}):
        with pytest.raises(real.exceptions.AccessDeniedException):
            real.count_tokens(modelId="demo-reasoning", input=counted)


def test_what_litellm_cannot_count_is_a_validation_error(real):
    for content in ([{"type": "image_url"}], [{"type": "weird"}]):
        for body in (chat(content), anthropic(content)):
            with pytest.raises(real.exceptions.ValidationException):
                real.count_tokens(modelId="demo", input={"invokeModel": {"body": json.dumps(body)}})
