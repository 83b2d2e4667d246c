"""Managed prompts on both front ends, out of the simulated Bedrock agent API."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from botocore.eventstream import EventStreamBuffer

from tests.gateway.conftest import KEY, StartGateway
from tests.support.bedrock_agent import ACCESS_KEY, SECRET_KEY, SONNET, prompt_arn
from tests.support.local_stack import LocalStack
from tests.support.processes import FakeLLM, Gateway, Service

POEM = prompt_arn("FRUITPOEMS", "2")
FRUIT = {"topic": {"text": "fruit"}, "tone": {"text": "calm"}}
TUTOR = prompt_arn("CHATTUTORS")
PUPIL = {"subject": {"text": "{{pupil-name}}"}, "pupil-name": {"text": "Ada"}}


@pytest.fixture(scope="module")
def agent() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.bedrock_agent"]
    with Service(command, env={}, ready=r"listening on (http://\S+)", cwd=Path(__file__).parents[2]) as server:
        yield server.found[0]


@pytest.fixture(scope="module")
def aws(agent: str) -> dict[str, str]:
    """What a task's role gives the gateway."""
    return {
        "AWS_ENDPOINT_URL_BEDROCK_AGENT": agent,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": "us-west-2",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture(scope="module")
def prompting(start_gateway: StartGateway, fake_llm: FakeLLM, aws: dict[str, str]) -> Gateway:
    return start_gateway(GATEWAY_LITELLM_URL=fake_llm.url, **aws)


@pytest.fixture
def http(prompting: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=prompting.url, headers=KEY, timeout=30) as client:
        yield client


@pytest.fixture
def client(prompting: Gateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{prompting.url}/v1", api_key="sk-test-0123456789", max_retries=0) as client:
        yield client


def converse(http: httpx.Client, arn: str, **body: Any) -> httpx.Response:
    return http.post(f"/bedrock/model/{arn.replace(':', '%3A').replace('/', '%2F')}/converse", json=body)


def text_of(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return str(response.json()["output"]["message"]["content"][-1]["text"])


def seen(text: str) -> dict[str, Any]:
    return json.loads(text.splitlines()[-1])  # type: ignore[no-any-return]


def seen_of_the_tutor(text: str) -> dict[str, Any]:
    """The same of an answer that ends where it would repeat the prompt's stop sequence."""
    return seen(text + '"]}}')


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


# --- Bedrock ----------------------------------------------------------------------


def test_a_prompt_is_asked_of_its_model(http: httpx.Client):
    told = seen(text_of(converse(http, POEM, promptVariables=FRUIT)))
    assert told["model"] == SONNET
    assert told["last_user"] == "A calm poem about fruit."


def test_everything_of_a_prompt_is_used_and_messages_come_behind(http: httpx.Client):
    told = seen_of_the_tutor(text_of(converse(http, TUTOR, promptVariables=PUPIL, messages=[user("And then?")])))
    assert told["model"] == f"us.{SONNET}"
    assert told["system"] == "You teach {{pupil-name}}."  # a value is never filled in again
    assert told["roles"] == ["system", "user", "assistant", "user", "user"]
    assert told["last_user"] == "And then?"
    assert told["tools"] == ["look_up"]
    expected = {"temperature": 0.2, "top_p": 0.9, "max_tokens": 300, "stop": [""]}
    assert told["parameters"].items() >= expected.items()


def test_a_stream_of_a_prompt(prompting: Gateway):
    arn = POEM.replace(":", "%3A").replace("/", "%2F")
    url = f"{prompting.url}/bedrock/model/{arn}/converse-stream"
    response = httpx.post(url, json={"promptVariables": FRUIT}, headers=KEY)
    assert response.headers["content-type"] == "application/vnd.amazon.eventstream"
    frames = EventStreamBuffer()
    frames.add_data(response.content)
    deltas = [json.loads(frame.payload).get("delta", {}) for frame in frames]
    assert seen("".join(delta.get("text", "") for delta in deltas))["last_user"] == "A calm poem about fruit."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("system", [{"text": "be brief"}]),
        ("inferenceConfig", {"maxTokens": 1}),
        ("toolConfig", {"tools": []}),
        ("additionalModelRequestFields", {"top_k": 1}),
    ],
)
def test_what_the_prompt_sets_is_refused(http: httpx.Client, name: str, value: Any):
    response = converse(http, POEM, promptVariables=FRUIT, **{name: value})
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert response.json()["message"].startswith(f"{name}: is not allowed with a managed prompt")


def test_a_system_prompt_among_the_messages_is_refused_too(http: httpx.Client):
    message = {"role": "system", "content": [{"text": "be rude"}]}
    response = converse(http, POEM, promptVariables=FRUIT, messages=[user("a"), message])
    assert response.json()["message"].startswith("messages[1].role: ")


def test_what_bedrock_allows_beside_a_prompt_is_carried(http: httpx.Client):
    told = seen(text_of(converse(http, POEM, promptVariables=FRUIT, serviceTier={"type": "flex"})))
    assert told["parameters"]["service_tier"] == "flex"


def test_a_refusal_counts_the_callers_own_messages(http: httpx.Client):
    response = converse(http, TUTOR, promptVariables=PUPIL, messages=[user("a"), {"role": "user", "content": []}])
    assert response.json()["message"].startswith("messages[1].content: ")


@pytest.mark.parametrize(
    ("arn", "status", "exception", "words"),
    [
        (prompt_arn("NOSUCHONE0"), 404, "ResourceNotFoundException", "does not exist"),
        (prompt_arn("FRUITPOEMS", "7"), 404, "ResourceNotFoundException", "version 7"),
        (prompt_arn("DENIED0000"), 403, "AccessDeniedException", "bedrock:GetPrompt"),
        (prompt_arn("THROTTLED0"), 429, "ThrottlingException", "throttles"),
        (prompt_arn("BROKEN0000"), 503, "ServiceUnavailableException", "could not give"),
        (prompt_arn("NOMODELSET"), 400, "ValidationException", "names no model"),
        (prompt_arn("AGENTSONLY"), 400, "ValidationException", "agent"),
        ("arn:aws-iso:bedrock:us-west-2:123456789012:prompt/FRUITPOEMS", 400, "ValidationException", "partition"),
        ("arn:aws:bedrock:us-west-2:123456789012:prompt/short", 400, "ValidationException", "ten letters"),
    ],
)
def test_a_prompt_that_cannot_be_had_is_a_typed_exception(http, arn, status, exception, words):
    response = converse(http, arn)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (status, exception)
    assert words in response.json()["message"]
    assert ACCESS_KEY not in response.text


def test_missing_and_unknown_variables_are_named(http: httpx.Client):
    response = converse(http, POEM, promptVariables={"colour": {"text": "red"}})
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
    for name in ("'tone'", "'topic'", "'colour'"):
        assert name in response.json()["message"]


def test_variables_need_a_prompt(http: httpx.Client):
    response = converse(http, "demo", messages=[user("hello")], promptVariables=FRUIT)
    assert response.status_code == 400
    assert response.json()["message"].startswith("promptVariables: ")


# --- OpenAI -----------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_in_place_of_openais_model(client: openai.OpenAI, stream: bool):
    answer: Any = client.chat.completions.create(
        model=POEM, messages=[], stream=stream, extra_body={"promptVariables": FRUIT}
    )
    if stream:
        text = "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices)
    else:
        text = answer.choices[0].message.content
    assert seen(text)["model"] == SONNET
    assert seen(text)["last_user"] == "A calm poem about fruit."


def test_openais_messages_come_behind_the_prompts(client: openai.OpenAI):
    messages: Any = [{"role": "user", "content": "And then?"}]
    answer = client.chat.completions.create(model=TUTOR, messages=messages, extra_body={"promptVariables": PUPIL})
    told = seen_of_the_tutor(answer.choices[0].message.content or "")
    assert told["roles"] == ["system", "user", "assistant", "user", "user"]
    assert told["last_user"] == "And then?"
    assert told["tools"] == ["look_up"]
    assert told["parameters"]["max_tokens"] == 300


@pytest.mark.parametrize(
    ("extra", "param"),
    [
        ({"temperature": 1}, "temperature"),
        ({"tools": []}, "tools"),
        ({"max_completion_tokens": 5}, "max_completion_tokens"),
        ({"top_k": 5}, "top_k"),
        ({"messages": [{"role": "developer", "content": "be brief"}]}, "messages[0].role"),
        ({"messages": "hello"}, "messages"),
        ({"promptVariables": {"topic": "fruit"}}, "promptVariables.topic"),
        ({"promptVariables": {}}, "promptVariables"),
    ],
)
def test_what_may_not_stand_beside_a_prompt_is_an_error_of_openais(http: httpx.Client, extra, param):
    response = http.post("/v1/chat/completions", json={"model": POEM, "promptVariables": FRUIT} | extra)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_openais_variables_need_a_prompt(http: httpx.Client):
    body = {"model": "demo", "messages": [{"role": "user", "content": "hi"}], "promptVariables": FRUIT}
    response = http.post("/v1/chat/completions", json=body)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "promptVariables")


def test_a_missing_prompt_is_openais_not_found(client: openai.OpenAI):
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.chat.completions.create(model=prompt_arn("NOSUCHONE0"), messages=[])


# --- who may ask --------------------------------------------------------------------


def test_a_key_that_litellm_refuses_learns_nothing_of_a_prompt(
    start_gateway: StartGateway, stack: LocalStack, aws: dict[str, str], agent: str
):
    gateway = start_gateway(GATEWAY_LITELLM_URL=stack.litellm_url, **aws)
    asked = httpx.get(f"{agent}/count").json()
    with httpx.Client(base_url=gateway.url, headers={"authorization": "Bearer sk-nobodys"}, timeout=30) as stranger:
        for arn in (prompt_arn("FRUITPOEMS", "1"), prompt_arn("NOSUCHONE1")):
            response = converse(stranger, arn)
            assert (response.status_code, response.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
            assert stranger.post("/v1/chat/completions", json={"model": arn}).status_code == 401
    assert httpx.get(f"{agent}/count").json() == asked

    headers = {"authorization": f"Bearer {stack.master_key}"}
    with httpx.Client(base_url=gateway.url, headers=headers, timeout=30) as known:
        assert "'topic'" in converse(known, prompt_arn("FRUITPOEMS", "1")).json()["message"]
    with httpx.Client(base_url=gateway.url, headers={"authorization": "Bearer sk-nobodys"}, timeout=30) as stranger:
        # Now that the prompt is in the gateway's memory.
        assert "topic" not in converse(stranger, prompt_arn("FRUITPOEMS", "1")).text


# --- with chat history --------------------------------------------------------------


def test_a_session_begins_with_a_prompt_and_goes_on_without_it(http: httpx.Client):
    fields = {"additionalModelRequestFields": {"enable_history": True}}
    first = converse(http, TUTOR, promptVariables=PUPIL, messages=[user("And then?")], **fields)
    session_id = first.headers["x-session-id"]
    more = {"model": "demo", "messages": [{"role": "user", "content": "More."}], "session_id": session_id}
    told = seen(http.post("/v1/chat/completions", json=more).json()["choices"][0]["message"]["content"])
    assert told["system"] == "You teach {{pupil-name}}."
    assert told["roles"] == ["system", "user", "assistant", "user", "user", "assistant", "user"]
    assert told["last_user"] == "More."


def test_a_prompt_is_a_turn_of_a_session(http: httpx.Client):
    begun = {"model": "demo", "messages": [{"role": "user", "content": "Hello."}], "enable_history": True}
    session_id = http.post("/v1/chat/completions", json=begun).json()["session_id"]
    asked = {"model": POEM, "messages": [], "promptVariables": FRUIT, "session_id": session_id}
    answer = http.post("/v1/chat/completions", json=asked).json()
    assert answer["session_id"] == session_id
    told = seen(answer["choices"][0]["message"]["content"])
    assert (told["roles"], told["last_user"]) == (["user", "assistant", "user"], "A calm poem about fruit.")


def test_beside_a_prompt_no_other_additional_field_is_taken_for_history(http: httpx.Client):
    fields = {"additionalModelRequestFields": {"enable_history": True, "seed": 7}}
    refused = converse(http, POEM, promptVariables=FRUIT, **fields)
    assert (refused.status_code, refused.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert "additionalModelRequestFields" in refused.json()["message"]
