"""InvokeModel and InvokeModelWithResponseStream, with an unmodified boto3 client over https."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError, EventStreamError
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RequestError
from gateway.services.invoke_bodies import upstream_request
from tests.gateway.conftest import KEY, ROOT, StartGateway
from tests.support.certificates import write_certificate
from tests.support.local_stack import LocalStack
from tests.support.messages_upstream import script, sse
from tests.support.processes import FakeLLM, Gateway, Service
from tests.support.runtime_client import runtime_client

METRICS = "amazon-bedrock-invocationMetrics"
MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "hi"}],
    "model": "m",
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 6},
}
EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": MESSAGE | {"content": [], "usage": {"input_tokens": 3, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}},
    {"type": "message_stop"},
]
CHUNK: dict[str, Any] = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "hi"}}]}
LAST_CHUNK: dict[str, Any] = CHUNK | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE_CHUNK: dict[str, Any] = CHUNK | {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
DONE = "data: [DONE]\n\n"


def anthropic(text: str = "say: hi", **others: Any) -> str:
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100}
    return json.dumps(body | {"messages": [{"role": "user", "content": text}]} | others)


def chat(text: str = "say: hi", **others: Any) -> str:
    return json.dumps({"messages": [{"role": "user", "content": text}]} | others)


# --- gateways and clients -----------------------------------------------------------


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """The address of a server that answers as it is told by the last message."""
    command = [sys.executable, "-m", "tests.support.messages_upstream"]
    with Service(command, env={}, ready=r"listening on (http://\S+)", cwd=ROOT) as server:
        yield server.found[0]


@pytest.fixture(scope="module")
def clients(
    start_gateway: StartGateway, tmp_path_factory: pytest.TempPathFactory, upstream: str, fake_llm: FakeLLM
) -> Iterator[dict[str, Any]]:
    """boto3 clients of gateways, by what is behind each."""
    certificate, key = write_certificate(tmp_path_factory.mktemp("certificate"), "server")
    tls = {"GATEWAY_TLS_CERTIFICATE": certificate, "GATEWAY_TLS_KEY": key, "GATEWAY_UPSTREAM_TIMEOUT": "1"}
    with ExitStack() as stack:
        made = {}
        for name, url in {"script": upstream, "fake": fake_llm.url}.items():
            gateway = start_gateway(GATEWAY_LITELLM_URL=url, **tls)
            made[name] = stack.enter_context(runtime_client(gateway.tls_url, certificate, "sk-test-0123456789"))
        yield made


@pytest.fixture
def scripted(clients: dict[str, Any]) -> Any:
    return clients["script"]


@pytest.fixture
def fake(clients: dict[str, Any]) -> Any:
    return clients["fake"]


def answer(response: Any) -> Any:
    return json.loads(response["body"].read())


def seen(response: Any) -> tuple[dict[str, Any], dict[str, str], str]:
    """Body, headers and target of what the upstream was asked."""
    asked = answer(response)
    return asked["body"], asked["headers"], asked["target"]


def chunks_of(response: Any) -> list[dict[str, Any]]:
    with closing(response["body"]) as events:
        return [json.loads(event["chunk"]["bytes"]) for event in events]


# --- Anthropic's Messages --------------------------------------------------------------


def test_a_messages_body_becomes_one_of_anthropics_api(scripted):
    others: dict[str, Any] = {"system": "be brief", "top_k": 5, "thinking": {"type": "disabled"}, "new_member": [1]}
    body, headers, target = seen(
        scripted.invoke_model(modelId="a/model:0", body=anthropic(anthropic_beta=["one-1", "two-2"], **others))
    )
    assert target == "/v1/messages"
    messages = [{"role": "user", "content": "say: hi"}]
    assert body == {"model": "a/model:0", "max_tokens": 100, "messages": messages} | others
    assert headers["anthropic-beta"] == "one-1,two-2"
    assert headers["authorization"] == "Bearer sk-test-0123456789"


def test_no_beta_is_no_header(scripted):
    for betas in ([], None):
        body, headers, _ = seen(scripted.invoke_model(modelId="m", body=anthropic(anthropic_beta=betas)))
        assert "anthropic-beta" not in headers
        assert "anthropic_beta" not in body


def test_the_answer_is_the_message_as_it_is_and_headers_tell_its_cost(scripted):
    text = script(json.dumps(MESSAGE | {"an_addition": 1}), kind="application/json")
    response = scripted.invoke_model(modelId="m", body=anthropic(text))
    assert response["contentType"] == "application/json"
    assert answer(response) == MESSAGE | {"an_addition": 1}
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-bedrock-input-token-count"] == "3"
    assert headers["x-amzn-bedrock-output-token-count"] == "4"
    assert headers["x-amzn-bedrock-cache-read-input-token-count"] == "5"
    assert headers["x-amzn-bedrock-cache-write-input-token-count"] == "6"
    assert int(headers["x-amzn-bedrock-invocation-latency"]) >= 0
    assert headers["x-litellm-call-id"] == "42"
    assert response["ResponseMetadata"]["RequestId"] == headers["x-request-id"]


def test_an_answer_without_usage_tells_no_tokens(scripted):
    text = script('{"type": "message", "usage": {"input_tokens": "3"}}', kind="application/json")
    headers = scripted.invoke_model(modelId="m", body=anthropic(text))["ResponseMetadata"]["HTTPHeaders"]
    assert not [name for name in headers if name.endswith("token-count")]


def test_each_event_is_a_chunk_and_the_last_has_the_metrics(scripted):
    events = [EVENTS[0], {"type": "ping"}, *EVENTS[1:]]
    response = scripted.invoke_model_with_response_stream(modelId="m", body=anthropic(script(*sse(*events))))
    assert response["contentType"] == "application/json"
    *chunks, last = chunks_of(response)
    assert chunks == EVENTS[:-1]
    metrics = last.pop(METRICS)
    assert last == EVENTS[-1]
    assert (metrics["inputTokenCount"], metrics["outputTokenCount"]) == (3, 4)
    assert 0 <= metrics["firstByteLatency"] <= metrics["invocationLatency"]


# --- OpenAI's chat ----------------------------------------------------------------------


@pytest.mark.parametrize("others", [{}, {"model": "m"}, {"model": "m", "stream": False}])
def test_a_chat_body_becomes_a_completion(scripted, others):
    settings = {"max_completion_tokens": 5, "reasoning_effort": "low", "new_member": {"a": 1}}
    body, _, target = seen(scripted.invoke_model(modelId="m", body=chat(**settings, **others)))
    assert target == "/v1/chat/completions"
    assert body == {"model": "m", "messages": [{"role": "user", "content": "say: hi"}]} | settings


def test_parts_tools_and_calls_are_a_chat_too(fake):
    messages = [
        {"role": "developer", "content": [{"type": "text", "text": "be brief"}]},
        {"role": "user", "content": "call f"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "done"},
        {"role": "user", "content": "say: hi"},
    ]  # fmt: skip
    response = fake.invoke_model(modelId="demo", body=json.dumps({"messages": messages}))
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    body = answer(response)
    assert body["object"] == "chat.completion"
    assert body["choices"][0]["message"]["content"] == "hi"
    assert headers["x-amzn-bedrock-input-token-count"] == str(body["usage"]["prompt_tokens"])
    assert headers["x-amzn-bedrock-output-token-count"] == str(body["usage"]["completion_tokens"])


@pytest.mark.parametrize("others", [{}, {"stream": True}, {"stream_options": {"include_usage": False}}])
def test_a_streamed_chat_has_the_text_of_the_whole_one(fake, others):
    whole = answer(fake.invoke_model(modelId="demo", body=chat("hello")))
    response = fake.invoke_model_with_response_stream(modelId="demo", body=chat("hello", **others))
    chunks = chunks_of(response)
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    assert text == whole["choices"][0]["message"]["content"]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1][METRICS]["inputTokenCount"] == whole["usage"]["prompt_tokens"]
    assert chunks[-1][METRICS]["outputTokenCount"] == whole["usage"]["completion_tokens"]
    assert not any(METRICS in chunk for chunk in chunks[:-1])


def test_who_asks_for_the_usage_gets_its_chunk(fake):
    body = chat("hello", stream_options={"include_usage": True})
    chunks = chunks_of(fake.invoke_model_with_response_stream(modelId="demo", body=body))
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["prompt_tokens"] == chunks[-1][METRICS]["inputTokenCount"]
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"


# --- formats that are not taken -------------------------------------------------------------


USER = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b'{"a": ',
        {},
        {"inputText": "hi"},
        {"prompt": "hi", "max_gen_len": 5},
        {"message": "hi", "chat_history": []},
        {"texts": ["hi"], "input_type": "search_document"},
        {"taskType": "TEXT_IMAGE", "textToImageParams": {}},
        {"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": [{"text": "hi"}]}]},
        {"messages": [{"role": "user", "content": [{"text": "hi"}]}]},
        {"messages": USER, "inferenceConfig": {"maxTokens": 5}},
        {"messages": USER, "system": "be brief"},
        {"messages": []},
        {"messages": "hi"},
        {"messages": ["hi"]},
        {"messages": [{"role": ["user"], "content": "hi"}]},
        {"messages": [{"role": "somebody", "content": "hi"}]},
        {"messages": [{"role": "user", "content": 5}]},
    ],
)
@pytest.mark.parametrize("operation", ["invoke_model", "invoke_model_with_response_stream"])
def test_another_format_is_told_which_are_taken(scripted, operation, body):
    raw = body if isinstance(body, bytes) else json.dumps(body)
    with pytest.raises(scripted.exceptions.ValidationException, match=r"anthropic_version.*chat completions.*Converse"):
        getattr(scripted, operation)(modelId="m", body=raw)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (anthropic(model="m"), "extraneous key .model. is not permitted"),
        (anthropic(stream=False), "extraneous key .stream. is not permitted"),
        (anthropic(anthropic_version=5), "anthropic_version"),
        (anthropic(messages="hi"), "messages"),
        (anthropic(messages=None), "messages"),
        (anthropic(anthropic_beta="one"), "anthropic_beta"),
        (anthropic(anthropic_beta=["one", 2]), r"anthropic_beta\[1\]"),
        (anthropic(anthropic_beta=["a\r\nb: c"]), r"anthropic_beta\[0\]"),
        (anthropic(anthropic_beta=["a,b"]), r"anthropic_beta\[0\]"),
        (anthropic(**{"amazon-bedrock-guardrailConfig": {"tagSuffix": "x"}}), "amazon-bedrock-guardrailConfig"),
        (chat(model="another"), "model"),
        (chat(model=["m"]), "model"),
        (chat(stream=True), "extraneous key .stream. is not permitted.*InvokeModelWithResponseStream"),
        (chat(stream="no"), "extraneous key .stream. is not permitted"),
    ],
)
def test_what_cannot_be_carried_is_refused_by_name(scripted, body, name):
    with pytest.raises(scripted.exceptions.ValidationException, match=name):
        scripted.invoke_model(modelId="m", body=body)


@pytest.mark.parametrize("others", [{"stream": False}, {"stream_options": 5}])
def test_a_streamed_chat_cannot_ask_not_to_be(scripted, others):
    with pytest.raises(scripted.exceptions.ValidationException, match=next(iter(others))):
        scripted.invoke_model_with_response_stream(modelId="m", body=chat(**others))


@pytest.mark.parametrize("body", [chat(), anthropic()])
def test_a_managed_prompt_is_converses(scripted, body):
    arn = "arn:aws:bedrock:us-west-2:123456789012:prompt/FRUITPOEMS:1"
    with pytest.raises(scripted.exceptions.ValidationException, match=r"modelId.*Converse"):
        scripted.invoke_model(modelId=arn, body=body)


NAMES = st.sampled_from(
    [
        "messages",
        "anthropic_version",
        "anthropic_beta",
        "model",
        "stream",
        "stream_options",
        "system",
        "role",
        "content",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "m", "user", "hi", "bedrock-2023-05-31"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.booleans(), st.booleans())
def test_whatever_is_asked_is_sent_as_it_is_or_refused(body, sound, stream):
    if sound:
        body = body | {"messages": USER}
    try:
        request = upstream_request("m", body, {}, stream=stream)
    except RequestError:
        return
    assert request.body["model"] == "m"
    assert request.body.get("stream", False) is stream
    ours = {"model", "stream", "stream_options", "anthropic_version", "anthropic_beta"}
    assert {name: value for name, value in request.body.items() if name not in ours} == {
        name: value for name, value in body.items() if name not in ours
    }


# --- options, which are headers ------------------------------------------------------------


GUARDRAIL = {"guardrailIdentifier": "abc", "guardrailVersion": "1"}
NOTHING = {"trace": "DISABLED", "performanceConfigLatency": "standard"}


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        (NOTHING, {}),
        (GUARDRAIL, {"guardrailConfig": GUARDRAIL}),
        (GUARDRAIL | {"trace": "ENABLED"}, {"guardrailConfig": GUARDRAIL | {"trace": "enabled"}}),
        (GUARDRAIL | {"trace": "ENABLED_FULL"}, {"guardrailConfig": GUARDRAIL | {"trace": "enabled_full"}}),
        (GUARDRAIL | {"trace": "DISABLED"}, {"guardrailConfig": GUARDRAIL | {"trace": "disabled"}}),
        ({"performanceConfigLatency": "optimized"}, {"performanceConfig": {"latency": "optimized"}}),
        ({"serviceTier": "flex"}, {"service_tier": "flex"}),
        ({"serviceTier": "default"}, {"service_tier": "default"}),
        (
            {"requestMetadata": '{"team": "ä", "run": "1"}'},
            {"litellm_metadata": {"spend_logs_metadata": {"team": "ä", "run": "1"}, "tags": ["team:ä", "run:1"]}},
        ),
        ({"requestMetadata": "{}"}, {}),
        ({"accept": "application/json", "contentType": "application/json"}, {}),
        ({"accept": "text/plain, application/*;q=0.5"}, {}),
        ({"accept": "*/*", "contentType": "*/*"}, {}),
        ({"contentType": "application/octet-stream"}, {}),
    ],
)
def test_the_options_of_a_chat_are_carried(scripted, options, fields):
    body, *_ = seen(scripted.invoke_model(modelId="m", body=chat(), **options))
    assert body == {"model": "m", **json.loads(chat())} | fields


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        (NOTHING | {"serviceTier": "default", "accept": "application/json"}, {}),
        (
            {"requestMetadata": '{"a": "b"}'},
            {"litellm_metadata": {"spend_logs_metadata": {"a": "b"}, "tags": ["a:b"]}},
        ),
    ],
)
def test_the_options_of_messages_are_carried(scripted, options, fields):
    body, *_ = seen(scripted.invoke_model(modelId="m", body=anthropic(metadata={"user_id": "u"}), **options))
    assert body.get("litellm_metadata", {}) == fields.get("litellm_metadata", {})
    assert body.keys() == {"model", "max_tokens", "messages", "metadata"} | fields.keys()


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (anthropic(), {"trace": "ENABLED"}),
        (anthropic(), {"guardrailIdentifier": "abc"}),
        (anthropic(), {"guardrailVersion": "1"}),
        (anthropic(), {"performanceConfigLatency": "optimized"}),
        (anthropic(), {"serviceTier": "priority"}),
        (chat(), {"trace": "ENABLED"}),
        (chat(), {"trace": "SOME"}),
        (chat(), {"guardrailVersion": "1"}),
        (chat(), {"guardrailIdentifier": "abc"}),
        (chat(), {"serviceTier": "reserved"}),
        (chat(), {"performanceConfigLatency": "quick"}),
        (chat(), {"requestMetadata": "team"}),
        (chat(), {"requestMetadata": '{"a": 1}'}),
        (chat(service_tier="auto"), {"service_tier": "flex"}),
        (chat(), {"accept": "application/xml"}),
        (anthropic(), {"accept": "image/png"}),
    ],
)
def test_an_option_that_cannot_be_carried_is_refused_by_name(scripted, body, options):
    (name,) = options
    given = {"serviceTier" if name == "service_tier" else name: options[name]}
    with pytest.raises(scripted.exceptions.ValidationException, match="guardrail" if "guardrail" in name else name):
        scripted.invoke_model(modelId="m", body=body, **given)


def test_the_options_of_a_stream_are_the_same(scripted):
    with pytest.raises(scripted.exceptions.ValidationException, match="accept"):
        scripted.invoke_model_with_response_stream(modelId="m", body=chat(), accept="image/png")


def test_a_header_of_bedrock_that_is_not_known_is_refused_by_name(echoing: Gateway):
    headers = KEY | {"x-amzn-bedrock-something-new": "1"}
    response = httpx.post(f"{echoing.url}/bedrock/model/m/invoke", json=json.loads(chat()), headers=headers)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert "x-amzn-bedrock-something-new" in response.json()["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_refused(scripted, kind):
    with pytest.raises(scripted.exceptions.ValidationException, match="content type"):
        scripted.invoke_model(modelId="m", body=chat(), contentType=kind)


# --- failures --------------------------------------------------------------------------------


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


# --- the real LiteLLM -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def admin(stack: LocalStack) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {stack.master_key}"}
    with httpx.Client(base_url=stack.gateway_url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def prefix(admin: httpx.Client) -> Iterator[str]:
    """Models of a provider whose chat completions LiteLLM uses for Messages: `<prefix>/<model of the fake LLM>`."""
    name = f"invoked-{uuid.uuid4().hex[:8]}"
    parameters = {"model": "hosted_vllm/*", "api_base": "os.environ/FAKE_LLM_BASE_URL", "api_key": "none"}
    made = admin.post("/model/new", json={"model_name": f"{name}/*", "litellm_params": parameters})
    assert made.status_code == 200, made.text
    yield name
    admin.post("/model/delete", json={"id": made.json()["model_id"]})


@pytest.fixture(scope="module")
def real(stack: LocalStack, admin: httpx.Client, prefix: str) -> Iterator[Any]:
    """A client with a virtual key, as users have them."""
    key = admin.post("/key/generate", json={"models": ["demo", "fake/*", f"{prefix}/*"]}).json()["key"]
    with runtime_client(stack.gateway_tls_url, str(stack.ca), key) as client:
        yield client


def test_litellm_serves_messages_over_another_model(real, prefix):
    body = anthropic("say: hello there", system="be brief")
    response = real.invoke_model(modelId=f"{prefix}/demo", body=body)
    message = answer(response)
    assert message["content"] == [{"type": "text", "text": "hello there"}]
    assert message["stop_reason"] == "end_turn"
    tokens = response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-bedrock-input-token-count"]
    assert tokens == str(message["usage"]["input_tokens"])

    chunks = chunks_of(real.invoke_model_with_response_stream(modelId=f"{prefix}/demo", body=body))
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


def test_request_metadata_is_in_litellms_spend_logs(real, admin: httpx.Client, prefix: str):
    """LiteLLM writes them a while after the answer; the fake LLM's ids follow from what it was asked."""
    mark = uuid.uuid4().hex
    bodies = {f"{prefix}/demo": anthropic(f"say: {mark}"), "demo": chat(f"say: {mark}")}
    for model, body in bodies.items():
        metadata = json.dumps({"mark": mark})
        identifier = answer(real.invoke_model(modelId=model, body=body, requestMetadata=metadata))["id"]
        deadline = time.monotonic() + 60
        logged: list[dict[str, Any]] = []
        while not logged:
            assert time.monotonic() < deadline, model
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
def test_litellms_failures_are_typed_exceptions(real, prefix, operation, model, exception):
    for name, body in ((f"{prefix}/{model}", anthropic()), (f"fake/{model}", chat())):
        with pytest.raises(getattr(real.exceptions, exception)):
            getattr(real, operation)(modelId=name, body=body)


@pytest.mark.parametrize("model", ["error-mid-stream", "cut-stream"])
def test_litellms_streams_that_fail_on_the_way_raise(real, prefix, model):
    """As an exception in the stream or, where LiteLLM learns of it before its first chunk, of the call itself."""
    for name, body in ((f"{prefix}/{model}", anthropic()), (f"fake/{model}", chat())):
        with pytest.raises(ClientError):
            chunks_of(real.invoke_model_with_response_stream(modelId=name, body=body))


def test_a_key_for_other_models_is_denied(real):
    for body in (anthropic(), chat()):
        with pytest.raises(real.exceptions.AccessDeniedException):
            real.invoke_model(modelId="demo-reasoning", body=body)
