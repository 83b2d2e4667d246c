"""Chat history as it is documented, with the clients that it is documented for."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import httpx
import openai
import pytest
from botocore.exceptions import ClientError

from tests.gateway.conftest import client_of
from tests.gateway.sessions.conftest import PNG, ask, begin, events, history, seen
from tests.support.processes import Gateway

HELLO: list[Any] = [{"role": "user", "content": "hello"}]
AGAIN: list[Any] = [{"role": "user", "content": "and again"}]


def converse(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": text}]}]


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [block.get("text", "") for message in messages for block in message["content"]]


# --- OpenAI ---------------------------------------------------------------------------


def test_openai_without_streaming(sdk: openai.OpenAI):
    first = sdk.chat.completions.create(model="demo", messages=HELLO, extra_body={"enable_history": True})
    session_id = first.model_extra["session_id"]
    second = sdk.chat.completions.create(model="demo", messages=AGAIN, extra_body={"session_id": session_id})
    assert second.model_extra["session_id"] == session_id
    assert seen(second.choices[0].message.content)["roles"] == ["user", "assistant", "user"]


def test_openai_with_streaming(sdk: openai.OpenAI):
    stream = sdk.chat.completions.create(model="demo", messages=HELLO, stream=True, extra_body={"enable_history": True})
    session_id = getattr(next(iter(stream)), "session_id", None)
    rest = [chunk for chunk in stream]
    assert session_id
    assert not any("session_id" in (chunk.model_extra or {}) for chunk in rest)
    again = sdk.chat.completions.create(
        model="demo", messages=AGAIN, stream=True, extra_body={"session_id": session_id}
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in again if chunk.choices)
    assert seen(text)["roles"] == ["user", "assistant", "user"]


def test_the_session_is_told_in_a_header_too(sdk: openai.OpenAI):
    raw = sdk.chat.completions.with_raw_response.create(
        model="demo", messages=HELLO, extra_body={"enable_history": True}
    )
    assert raw.headers["x-session-id"] == raw.parse().model_extra["session_id"]
    with sdk.chat.completions.with_streaming_response.create(
        model="demo", messages=HELLO, stream=True, extra_body={"enable_history": True}
    ) as streamed:
        told = streamed.headers["x-session-id"]
        assert events("\n".join(streamed.iter_lines()))[0]["session_id"] == told


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/chat/completions"])
def test_headers_do_for_clients_that_cannot_add_fields(http: httpx.Client, path: str):
    body = {"model": "demo", "messages": HELLO}
    first = http.post(path, json=body, headers={"x-enable-history": "true"})
    session_id = first.headers["x-session-id"]
    second = http.post(path, json=body, headers={"X-Session-Id": session_id})
    assert second.json()["session_id"] == second.headers["x-session-id"] == session_id
    assert len(history(http, session_id)) == 4


@pytest.mark.parametrize("fields", [{}, {"enable_history": False}, {"enable_history": None, "session_id": None}])
def test_nothing_is_remembered_that_nobody_asked_for(http: httpx.Client, fields: dict[str, Any]):
    response = http.post("/v1/chat/completions", json={"model": "demo", "messages": HELLO, **fields})
    assert response.status_code == 200
    assert "session_id" not in response.json()
    assert "x-session-id" not in response.headers
    assert http.post("/session-ids").json() == {"session_ids": []}


def streamed(http: httpx.Client, **fields: Any) -> list[Any]:
    response = http.post("/v1/chat/completions", json={"model": "demo", "messages": HELLO, "stream": True, **fields})
    assert response.status_code == 200, response.text
    return events(response.text)


WANTED = {"stream_options": {"include_usage": True}}


@pytest.mark.parametrize("options", [{}, WANTED, {"stream_options": None}])
def test_a_stream_says_the_same_with_history_and_without(http: httpx.Client, options: dict[str, Any]):
    """Usage too: those see it who ask for it."""

    def said(**fields: Any) -> list[Any]:
        chunks = streamed(http, **options, **fields)
        return [chunk if chunk == "[DONE]" else (chunk["choices"], chunk.get("usage")) for chunk in chunks]

    assert said(enable_history=True) == said()


@pytest.mark.parametrize("options", [{}, WANTED])
def test_usage_is_stored_whoever_sees_it(http: httpx.Client, options: dict[str, Any]):
    session_id = streamed(http, enable_history=True, **options)[0]["session_id"]
    session = http.get(f"/v1/sessions/{session_id}").json()
    assert session["usage"] == session["history"][0]["usage"]
    assert 0 < session["usage"]["input_tokens"] < session["usage"]["total_tokens"]


def test_a_stored_stream_is_the_answer_that_was_seen(http: httpx.Client):
    chunks = events(ask(http, "hello", stream=True).text)
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks[:-1])
    assert history(http, chunks[0]["session_id"]) == [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": text},
    ]


# --- Bedrock --------------------------------------------------------------------------


def session_of(response: dict[str, Any]) -> str:
    return str(response["ResponseMetadata"]["HTTPHeaders"]["x-session-id"])


def test_bedrock_without_streaming(bedrock: Any):
    first = bedrock.converse(
        modelId="demo", messages=converse("hello"), additionalModelRequestFields={"enable_history": True}
    )
    session_id = session_of(first)
    second = bedrock.converse(
        modelId="demo", messages=converse("again"), additionalModelRequestFields={"session_id": session_id}
    )
    assert session_of(second) == session_id
    assert seen(second["output"]["message"]["content"][0]["text"])["roles"] == ["user", "assistant", "user"]


def test_bedrock_with_streaming(bedrock: Any):
    def said(**fields: Any) -> tuple[str, str]:
        response = bedrock.converse_stream(
            modelId="demo", messages=converse("hello"), additionalModelRequestFields=fields
        )
        deltas = [event["contentBlockDelta"]["delta"] for event in response["stream"] if "contentBlockDelta" in event]
        return session_of(response), "".join(delta["text"] for delta in deltas)

    session_id, _ = said(enable_history=True)
    again, text = said(session_id=session_id)
    assert again == session_id
    assert seen(text)["roles"] == ["user", "assistant", "user"]


def test_a_system_prompt_holds_for_the_turns_that_follow(bedrock: Any):
    first = bedrock.converse(
        modelId="demo",
        system=[{"text": "Be kind."}],
        messages=converse("hello"),
        additionalModelRequestFields={"enable_history": True},
    )
    answers = []
    for system in ([], [{"text": "Be kind."}], [{"text": "Be brief."}], []):
        response = bedrock.converse(
            modelId="demo",
            messages=converse("again"),
            additionalModelRequestFields={"session_id": session_of(first)},
            **({"system": system} if system else {}),
        )
        answers.append(seen(response["output"]["message"]["content"][0]["text"]))
    assert [answer["system"] for answer in answers] == ["Be kind.", "Be kind.", "Be brief.", "Be brief."]
    assert [answer["roles"].count("system") for answer in answers] == [1, 1, 1, 1]
    assert [answer["messages"] for answer in answers] == [4, 6, 8, 10]


def test_other_additional_fields_still_reach_the_model(bedrock: Any):
    response = bedrock.converse(
        modelId="demo",
        messages=converse("hello"),
        additionalModelRequestFields={"enable_history": True, "seed": 7},
    )
    assert seen(response["output"]["message"]["content"][0]["text"])["parameters"]["seed"] == 7


def test_operations_without_history_say_so(bedrock: Any, http: httpx.Client):
    fields = {"additionalModelRequestFields": {"enable_history": True}}
    body = json.dumps({"messages": HELLO, "max_tokens": 5, "session_id": "x"})
    for ask_for_history in (
        lambda: bedrock.count_tokens(modelId="demo", input={"converse": {"messages": converse("hello")} | fields}),
        lambda: bedrock.invoke_model(modelId="demo", body=body),
    ):
        with pytest.raises(ClientError, match=r"ValidationException.*(enable_history|session_id)"):
            ask_for_history()
    counted = {"input": {"converse": {"messages": converse("hello")}}}
    response = http.post("/bedrock/model/demo/count-tokens", json=counted, headers={"x-enable-history": "true"})
    assert (response.status_code, "x-enable-history" in response.json()["message"]) == (400, True)


# --- either format ----------------------------------------------------------------------

WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


def test_a_session_of_openai_is_read_in_both_formats_tools_and_images_included(http: httpx.Client):
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    question = [{"type": "text", "text": 'call get_weather {"city": "Rome"}'}, image]
    first = http.post(
        "/v1/chat/completions",
        json={
            "model": "demo",
            "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": question}],
            "tools": [WEATHER],
            "enable_history": True,
        },
    ).json()
    call = first["choices"][0]["message"]["tool_calls"][0]
    result = {"role": "tool", "tool_call_id": call["id"], "content": "sunny"}
    second = http.post(
        "/v1/chat/completions",
        json={"model": "demo", "messages": [result], "tools": [WEATHER], "session_id": first["session_id"]},
    )
    assert second.status_code == 200, second.text
    openai_history = history(http, first["session_id"])
    assert [message["role"] for message in openai_history] == ["system", "user", "assistant", "tool", "assistant"]
    assert openai_history[1]["content"] == question
    assert openai_history[2]["tool_calls"][0]["function"] == call["function"]
    assert openai_history[3] == result
    told = http.post("/bedrock/chat-history", json={"session_id": first["session_id"]}).json()
    assert told["system"] == [{"text": "Be kind."}]
    assert [message["role"] for message in told["messages"]] == ["user", "assistant", "user", "assistant"]
    assert told["messages"][0]["content"][1] == {"image": {"format": "png", "source": {"bytes": PNG}}}
    tool_use = {"toolUseId": call["id"], "name": "get_weather", "input": {"city": "Rome"}}
    assert told["messages"][1]["content"][-1] == {"toolUse": tool_use}
    assert told["messages"][2]["content"] == [{"toolResult": {"toolUseId": call["id"], "content": [{"text": "sunny"}]}}]


def test_a_session_of_bedrock_is_read_in_both_formats_tools_and_images_included(bedrock: Any, http: httpx.Client):
    tools = {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": {"type": "object"}}}}]}
    image = {"image": {"format": "png", "source": {"bytes": b64decode(PNG)}}}
    first = bedrock.converse(
        modelId="demo",
        system=[{"text": "Be kind."}],
        messages=[{"role": "user", "content": [{"text": 'call get_weather {"city": "Rome"}'}, image]}],
        toolConfig=tools,
        additionalModelRequestFields={"enable_history": True},
    )
    session_id = session_of(first)
    tool_use = next(block["toolUse"] for block in first["output"]["message"]["content"] if "toolUse" in block)
    result = {"toolResult": {"toolUseId": tool_use["toolUseId"], "content": [{"text": "sunny"}]}}
    bedrock.converse(
        modelId="demo",
        messages=[{"role": "user", "content": [result]}],
        toolConfig=tools,
        additionalModelRequestFields={"session_id": session_id},
    )
    told = http.post("/bedrock/chat-history", json={"session_id": session_id}).json()
    assert told["system"] == [{"text": "Be kind."}]
    assert [message["role"] for message in told["messages"]] == ["user", "assistant", "user", "assistant"]
    assert told["messages"][0]["content"][1] == {"image": {"format": "png", "source": {"bytes": PNG}}}
    assert told["messages"][1] == first["output"]["message"]
    assert told["messages"][2]["content"] == [result]
    openai_history = history(http, session_id)
    assert [message["role"] for message in openai_history] == ["system", "user", "assistant", "tool", "assistant"]
    assert openai_history[2]["tool_calls"][0]["id"] == tool_use["toolUseId"]


def test_a_session_goes_on_through_the_other_front_end(bedrock: Any, http: httpx.Client):
    session_id = begin(http)
    bedrock.converse(modelId="demo", messages=converse("b"), additionalModelRequestFields={"session_id": session_id})
    answer = ask(http, "c", session_id=session_id).json()["choices"][0]["message"]["content"]
    assert seen(answer)["roles"] == ["user", "assistant"] * 2 + ["user"]


def test_the_next_turn_on_the_other_replica_sees_the_one_before(replicas: tuple[Gateway, Gateway], key: str):
    with client_of(replicas[0], key) as one, client_of(replicas[1], key) as other:
        session_id = begin(one)
        for number in range(2, 7):
            answer = ask((one, other)[number % 2], "again", session_id=session_id)
            assert seen(answer.json()["choices"][0]["message"]["content"])["messages"] == 2 * number - 1


def test_session_ids_are_all_of_the_callers_newest_first(http: httpx.Client):
    made = [begin(http) for _ in range(3)]
    ask(http, "again", session_id=made[0])
    assert http.post("/session-ids", json={}).json() == {"session_ids": [made[0], made[2], made[1]]}


def test_a_failure_of_the_model_is_told_as_without_history(http: httpx.Client):
    def answered(model: str, **fields: Any) -> tuple[int, Any, str | None]:
        body = {"model": model, "messages": HELLO, **fields}
        response = http.post("/v1/chat/completions", json=body)
        return response.status_code, response.json(), response.headers.get("retry-after")

    for model in ("fake/rate-limited", "fake/bad-request", "fake/unavailable", "no-such-model"):
        assert answered(model, enable_history=True) == answered(model)


@pytest.mark.parametrize(
    ("fields", "headers", "param"),
    [
        ({"enable_history": "yes"}, {}, "enable_history"),
        ({"enable_history": 1}, {}, "enable_history"),
        ({"session_id": 7}, {}, "session_id"),
        ({"session_id": ""}, {}, "session_id"),
        ({"session_id": "SESSION", "enable_history": False}, {}, "enable_history"),
        ({"enable_history": True}, {"x-enable-history": "false"}, "enable_history"),
        ({"session_id": "SESSION"}, {"x-session-id": "another"}, "session_id"),
        ({}, {"x-enable-history": "perhaps"}, "x-enable-history"),
        ({"enable_history": True, "n": 2}, {}, "n"),
        ({"enable_history": True, "messages": "hello"}, {}, "messages"),
        ({"enable_history": True, "messages": []}, {}, "messages"),
        ({"enable_history": True, "messages": ["hello"]}, {}, "messages[0].role"),
        ({"enable_history": True, "messages": [{"role": "a\0"}]}, {}, "messages[0].role"),
        ({"enable_history": True, "messages": [{"role": "user", "content": "x"}] * 10_001}, {}, "messages"),
        ({"enable_history": True, "model": "a\0"}, {}, "model"),
        ({"enable_history": True, "model": None}, {}, "model"),
        ({"enable_history": True, "stream": True, "stream_options": 3}, {}, "stream_options"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(http: httpx.Client, fields, headers, param):
    session_id = begin(http)
    fields = {name: session_id if value == "SESSION" else value for name, value in fields.items()}
    body = {"model": "demo", "messages": HELLO, **fields}
    response = http.post("/v1/chat/completions", json=body, headers=headers)
    assert (response.status_code, response.json()["error"]["param"]) == (400, param)
    assert len(history(http, session_id)) == 2


def test_bedrocks_clients_are_told_by_their_own_names(bedrock: Any):
    with pytest.raises(ClientError) as refusal:
        bedrock.converse(modelId="demo", messages=converse("x"), additionalModelRequestFields={"enable_history": "yes"})
    assert refusal.value.response["Error"]["Code"] == "ValidationException"
    assert "additionalModelRequestFields.enable_history" in refusal.value.response["Error"]["Message"]


def test_a_session_that_is_busy_is_a_conflict_that_boto3_knows(
    bedrock: Any, http: httpx.Client, start_turn: Callable[..., Any]
):
    session_id = begin(http)
    with start_turn(http, session_id), pytest.raises(bedrock.exceptions.ConflictException) as refusal:
        bedrock.converse(
            modelId="demo", messages=converse("x"), additionalModelRequestFields={"session_id": session_id}
        )
    assert 1 <= int(refusal.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"]) <= 2
