"""The two formats of a body, how each reaches LiteLLM and comes back, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RequestError
from gateway.services.invoke_bodies import upstream_request
from tests.gateway.invoke.bodies import EVENTS, MESSAGE, METRICS, answer, anthropic, chat, chunks_of, seen
from tests.support.messages_upstream import script, sse

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
