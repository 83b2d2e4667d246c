"""The gateway in front of the real LiteLLM with its database, as `make up` makes them, with real clients."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import aiohttp
import httpx
import openai
import pytest
from botocore.exceptions import ClientError

from tests.support.bedrock_client import bedrock_client
from tests.support.local_stack import LocalStack
from tests.support.realtime import realtime_events


@pytest.fixture(scope="module")
def client(stack: LocalStack) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{stack.gateway_url}/v1", api_key=stack.master_key, max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def admin(stack: LocalStack) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {stack.master_key}"}
    with httpx.Client(base_url=stack.gateway_url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def bedrock(stack: LocalStack) -> Iterator[Any]:
    with bedrock_client(stack, stack.master_key) as client:
        yield client


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": text}]}]


HELLO: list[Any] = [{"role": "user", "content": "hello"}]


def new_key(admin: httpx.Client, **settings: Any) -> str:
    response = admin.post("/key/generate", json=settings)
    assert response.status_code == 200, response.text
    return str(response.json()["key"])


# --- OpenAI ---------------------------------------------------------------------


def test_a_completion(client: openai.OpenAI):
    response = client.chat.completions.with_raw_response.create(model="demo", messages=HELLO)
    completion = response.parse()
    seen = json.loads(completion.choices[0].message.content.splitlines()[-1])
    assert seen["last_user"] == "hello"
    assert completion.usage.total_tokens > 0
    assert response.headers["x-litellm-call-id"]


def test_a_stream_has_the_text_of_the_completion(client: openai.OpenAI):
    whole = client.chat.completions.create(model="demo", messages=HELLO).choices[0].message.content
    stream = client.chat.completions.create(model="demo", messages=HELLO, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == whole


def test_tool_calls_pass(client: openai.OpenAI):
    tool: Any = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    messages: Any = [{"role": "user", "content": 'call f {"a": 1}'}]
    choice = client.chat.completions.create(model="demo", messages=messages, tools=[tool]).choices[0]
    assert choice.finish_reason == "tool_calls"
    assert json.loads(choice.message.tool_calls[0].function.arguments) == {"a": 1}


def test_models_and_embeddings_are_litellms(client: openai.OpenAI):
    assert {"demo", "demo-reasoning", "demo-embedding"} <= {model.id for model in client.models.list()}
    assert len(client.embeddings.create(model="demo-embedding", input="x").data[0].embedding) > 0


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("fake/rate-limited", openai.RateLimitError),
        ("fake/bad-request", openai.BadRequestError),
        ("fake/context-too-long", openai.BadRequestError),
        ("fake/server-error", openai.InternalServerError),
        ("no-such-model", openai.BadRequestError),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_failures_arrive_with_litellms_status(client: openai.OpenAI, model, error, stream):
    with pytest.raises(error) as raised:
        client.chat.completions.create(model=model, messages=HELLO, stream=stream)
    assert raised.value.body["message"]


def test_a_stream_that_fails_on_the_way_raises(client: openai.OpenAI):
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="fake/error-mid-stream", messages=HELLO, stream=True))


def test_a_wrong_key_is_refused_by_litellm(stack: LocalStack):
    wrong = openai.OpenAI(base_url=f"{stack.gateway_url}/v1", api_key="sk-wrong", max_retries=0)
    with wrong, pytest.raises(openai.AuthenticationError):
        wrong.chat.completions.create(model="demo", messages=HELLO)


def test_a_compressed_answer_is_the_same(stack: LocalStack):
    answers = []
    for encoding in ("gzip", "identity"):
        headers = {"authorization": f"Bearer {stack.master_key}", "accept-encoding": encoding}
        body = {"model": "demo", "messages": [{"role": "user", "content": "say: " + "long " * 1000}]}
        response = httpx.post(f"{stack.gateway_url}/chat/completions", json=body, headers=headers, timeout=60)
        answers.append(response.json()["choices"])
    assert answers[0] == answers[1]


# --- everything else is LiteLLM's -------------------------------------------------


def test_the_admin_ui_is_served_on_the_gateways_address(admin: httpx.Client, stack: LocalStack):
    response = admin.get("/ui", follow_redirects=True)
    assert response.status_code == 200
    assert "text/html" in response.headers["content-type"]
    assert str(response.url).startswith(stack.gateway_url)


def test_keys_users_and_budgets_are_managed_through_the_gateway(admin: httpx.Client):
    user_id = f"user-{uuid.uuid4().hex}"
    key = admin.post("/user/new", json={"user_id": user_id, "max_budget": 10}).json()["key"]
    assert admin.get("/user/info", params={"user_id": user_id}).json()["user_id"] == user_id
    mine = {"authorization": f"Bearer {key}"}
    chat = {"model": "demo", "messages": HELLO}
    assert admin.post("/v1/chat/completions", json=chat, headers=mine).status_code == 200
    assert admin.post("/user/new", json={}, headers=mine).status_code in {401, 403}


async def test_a_realtime_conversation(stack: LocalStack):
    headers = {"authorization": f"Bearer {stack.master_key}"}
    timeout = aiohttp.ClientTimeout(total=60)
    async with (
        aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
        session.ws_connect(f"{stack.gateway_url}/v1/realtime?model=demo-realtime") as socket,
    ):
        types = await realtime_events(socket, "say: hi")
    assert types[0] == "session.created"
    assert "response.created" in types


# --- Bedrock ------------------------------------------------------------------------


def test_converse_and_its_stream(bedrock):
    messages = [*user("one"), {"role": "assistant", "content": [{"text": "two"}]}, *user("three")]
    request: dict[str, Any] = {
        "modelId": "demo",
        "messages": messages,
        "system": [{"text": "be brief"}],
        "inferenceConfig": {"maxTokens": 2000, "temperature": 0.5, "topP": 0.5, "stopSequences": ["\n\n\n"]},
    }
    response = bedrock.converse(**request)
    text = response["output"]["message"]["content"][0]["text"]
    seen = json.loads(text.splitlines()[-1])
    assert seen["roles"] == ["system", "user", "assistant", "user"]
    assert seen["parameters"] == {"max_tokens": 2000, "temperature": 0.5, "top_p": 0.5, "stop": ["\n\n\n"]}
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-litellm-call-id"]
    events = list(bedrock.converse_stream(**request)["stream"])
    deltas = [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]
    assert "".join(deltas) == text
    assert events[-1]["metadata"]["usage"] == response["usage"]


def test_a_model_named_by_an_arn(bedrock, admin: httpx.Client):
    arn = "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.demo-v1:0"
    parameters = {"model": "openai/demo", "api_base": "os.environ/FAKE_LLM_BASE_URL", "api_key": "none"}
    made = admin.post("/model/new", json={"model_name": arn, "litellm_params": parameters})
    assert made.status_code == 200, made.text
    try:
        assert bedrock.converse(modelId=arn, messages=user("hello"))["stopReason"] == "end_turn"
    finally:
        admin.post("/model/delete", json={"id": made.json()["model_id"]})


def test_reasoning_is_carried(bedrock):
    content = bedrock.converse(modelId="demo-reasoning", messages=user("hello"))["output"]["message"]["content"]
    assert [next(iter(block)) for block in content] == ["reasoningContent", "text"]


@pytest.mark.parametrize(
    ("model", "exception"),
    [
        ("fake/rate-limited", "ThrottlingException"),
        ("fake/bad-request", "ValidationException"),
        ("fake/context-too-long", "ValidationException"),
        ("fake/server-error", "InternalServerException"),
        ("no-such-model", "ValidationException"),
    ],
)
@pytest.mark.parametrize("operation", ["converse", "converse_stream"])
def test_failures_are_typed_exceptions(bedrock, operation, model, exception):
    with pytest.raises(getattr(bedrock.exceptions, exception)) as raised:
        getattr(bedrock, operation)(modelId=model, messages=user("hello"))
    assert raised.value.response["Error"]["Message"]


@pytest.mark.parametrize("model", ["fake/error-mid-stream", "fake/cut-stream", "fake/malformed-chunk"])
def test_a_bedrock_stream_that_fails_on_the_way_raises(bedrock, model):
    """As an exception in the stream or, where LiteLLM learns of it before its first chunk, of the call itself."""

    def read() -> None:
        with closing(bedrock.converse_stream(modelId=model, messages=user("hello"))["stream"]) as stream:
            list(stream)

    with pytest.raises(ClientError):
        read()


def test_a_wrong_key_is_denied(stack: LocalStack):
    with bedrock_client(stack, "sk-wrong") as client, pytest.raises(client.exceptions.AccessDeniedException):
        client.converse(modelId="demo", messages=user("hello"))


def test_a_key_for_another_model_is_denied(stack: LocalStack, admin: httpx.Client):
    key = new_key(admin, models=["demo-reasoning"])
    with bedrock_client(stack, key) as client, pytest.raises(client.exceptions.AccessDeniedException):
        client.converse(modelId="demo", messages=user("hello"))


def test_a_spent_budget_is_a_quota_exceeded(stack: LocalStack, admin: httpx.Client):
    key = new_key(admin, max_budget=1e-9)
    with bedrock_client(stack, key) as client:

        def converse_until_refused() -> None:
            for _ in range(50):  # LiteLLM counts what was spent shortly after the answer
                client.converse(modelId="demo", messages=user("hello"))

        with pytest.raises(client.exceptions.ServiceQuotaExceededException):
            converse_until_refused()
