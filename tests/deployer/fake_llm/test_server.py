"""The server over HTTP: routes, delivery, failures, and clients that leave."""

import http.client
import json
import socket
import time
from typing import Any

import httpx
import openai
import pytest

from tests.deployer.fake_llm.traffic_counts import settled, wait_for_traffic

HI = [{"role": "user", "content": "Hi"}]


def body(model: str = "demo", text: str = "Hi", **fields: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **fields}


def read_until_it_breaks(client: httpx.Client, request: dict[str, Any]) -> tuple[bytes, httpx.TransportError | None]:
    """What arrives of an answer, and how it breaks off: by an error, by half a second of silence, or not at all."""
    received = b""
    try:
        with client.stream("POST", "/v1/chat/completions", json=request, timeout=0.5) as answer:
            assert answer.status_code == 200
            for data in answer.iter_raw():
                received += data
    except httpx.TransportError as error:
        return received, error
    return received, None


def test_health(http_client: httpx.Client) -> None:
    answer = http_client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/v1/chat/completions"), ("POST", "/v1/responses"), ("POST", "/v1/models"), ("PUT", "/%00")],
)
def test_everything_else_is_not_found(http_client: httpx.Client, method: str, path: str) -> None:
    answer = http_client.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert method in answer.json()["error"]["message"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer any"}, {"Authorization": "nonsense"}])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/chat/completions"])
def test_anybody_is_answered_on_both_paths(http_client: httpx.Client, path: str, headers: dict[str, str]) -> None:
    answer = http_client.post(path, json=body(text="say: hi"), headers=headers)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["choices"][0]["message"]["content"] == "hi"


def test_a_faulty_request_is_refused(http_client: httpx.Client) -> None:
    for content in (b"", b"{", b'{"model": "demo"}'):
        answer = http_client.post("/v1/chat/completions", content=content)
        assert answer.status_code == 400
        assert answer.json()["error"].keys() == {"message", "type", "param", "code"}


def test_a_large_request_is_taken_and_a_huge_one_refused(http_client: httpx.Client) -> None:
    large = http_client.post("/v1/chat/completions", json=body(text="x" * 5_000_000))
    assert "[5000000 characters" in large.json()["choices"][0]["message"]["content"]
    # The declared length is not believed: what counts is what arrives.
    host = http_client.base_url
    connection = http.client.HTTPConnection(host.host, host.port or 0, timeout=10)
    try:
        connection.request("POST", "/v1/chat/completions", body=b" " * (64 * 1024 * 1024 + 1))
        answer = connection.getresponse()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert json.loads(answer.read())["error"]["code"] == "request_too_large"
    finally:
        connection.close()


def test_models_are_listed(client: openai.OpenAI) -> None:
    listed = [model.id for model in client.models.list()]
    assert {"demo", "demo-reasoning", "rate-limited", "content-filtered"} <= set(listed)


def test_embeddings_are_the_same_in_both_encodings(client: openai.OpenAI) -> None:
    as_base64 = client.embeddings.create(model="demo-embedding", input=["a", "b"], dimensions=4)
    as_float = client.embeddings.create(model="demo-embedding", input=["a", "b"], dimensions=4, encoding_format="float")
    assert [one.embedding for one in as_base64.data] == [one.embedding for one in as_float.data]
    assert len(as_base64.data[1].embedding) == 4


def test_embeddings_of_a_model_that_refuses_are_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.RateLimitError):
        client.embeddings.create(model="rate-limited", input="a")


def test_streamed_and_whole_are_the_same_answer(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="demo-reasoning", messages=HI)
    stream = client.chat.completions.create(
        model="demo-reasoning", messages=HI, stream=True, stream_options={"include_usage": True}
    )
    with stream:
        chunks = list(stream)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    thoughts = "".join(getattr(delta, "reasoning_content", "") for delta in deltas)
    assert thoughts == whole.choices[0].message.reasoning_content
    assert {(chunk.id, chunk.created) for chunk in chunks} == {(whole.id, whole.created)}
    assert chunks[-1].usage == whole.usage


def test_the_client_of_openai_puts_streamed_calls_together(client: openai.OpenAI) -> None:
    tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in "fg"]
    messages = [{"role": "user", "content": 'call f {"a": [1, 2]} and g'}]
    with client.chat.completions.stream(model="demo", messages=messages, tools=tools) as stream:
        streamed = stream.get_final_completion().choices[0]
    whole = client.chat.completions.create(model="demo", messages=messages, tools=tools).choices[0]
    assert streamed.finish_reason == whole.finish_reason == "tool_calls"
    calls = [
        [(c.id, c.function.name, c.function.arguments) for c in choice.message.tool_calls]
        for choice in (streamed, whole)
    ]
    assert calls[0] == calls[1]
    assert [arguments for _, _, arguments in calls[0]] == ['{"a": [1, 2]}', "{}"]


def test_a_stream_is_server_sent_events(http_client: httpx.Client) -> None:
    answer = http_client.post("/v1/chat/completions", json=body(text="say: a b", stream=True))
    assert answer.headers["content-type"].startswith("text/event-stream")
    *events, done, nothing = answer.text.split("\n\n")
    assert (done, nothing) == ("data: [DONE]", "")
    assert len([json.loads(event.removeprefix("data: ")) for event in events]) == 4


def test_a_long_stream_arrives_whole(http_client: httpx.Client) -> None:
    text = "word " * 3000
    answer = http_client.post("/v1/chat/completions", json=body(text=f"say: {text}", stream=True))
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    assert "".join(event["choices"][0]["delta"].get("content", "") for event in events) == text


def test_a_stream_comes_at_the_pace_of_the_request(http_client: httpx.Client) -> None:
    pace = {"tokens_per_second": 20, "time_to_first_token": 0.2}
    started = time.monotonic()
    with http_client.stream(
        "POST", "/v1/chat/completions", json=body(text="say: a b c d", stream=True, fake=pace)
    ) as answer:
        arrivals = [
            time.monotonic() - started for line in answer.iter_lines() if '"content":"' in line and '""' not in line
        ]
    assert len(arrivals) == 4
    for at, arrival in enumerate(arrivals):
        assert arrival >= 0.2 + at / 20


def test_a_whole_answer_takes_the_time_of_its_tokens(http_client: httpx.Client) -> None:
    started = time.monotonic()
    pace = {"tokens_per_second": 20, "time_to_first_token": 0.1}
    http_client.post("/v1/chat/completions", json=body(text="say: a b c", fake=pace))
    assert time.monotonic() - started >= 0.1 + 2 / 20


REFUSALS = [
    ("rate-limited", 429, "rate_limit_error", "rate_limit_exceeded"),
    ("quota-exceeded", 429, "insufficient_quota", "insufficient_quota"),
    ("server-error", 500, "server_error", None),
    ("unavailable", 503, "service_unavailable", None),
    ("bad-request", 400, "invalid_request_error", "invalid_value"),
    ("unauthorized", 401, "invalid_request_error", "invalid_api_key"),
    ("context-too-long", 400, "invalid_request_error", "context_length_exceeded"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("model", "status", "kind", "code"), REFUSALS)
def test_models_that_refuse(
    http_client: httpx.Client, model: str, status: int, kind: str, code: str | None, stream: bool
) -> None:
    answer = http_client.post("/v1/chat/completions", json=body(model, stream=stream))
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (status, kind, code)
    assert answer.headers.get("retry-after") == ("7" if model == "rate-limited" else None)


def test_empty(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="empty", messages=HI)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("", "stop")
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 0


def test_content_filtered(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="content-filtered", messages=HI)
    assert answer.choices[0].finish_reason == "content_filter"
    assert answer.choices[0].message.content == "Hello from content-filtered"


@pytest.mark.parametrize("stream", [False, True])
def test_cut_stream_breaks_off_after_a_part(http_client: httpx.Client, stream: bool) -> None:
    received, error = read_until_it_breaks(http_client, body("cut-stream", stream=stream))
    assert isinstance(error, httpx.RemoteProtocolError)
    assert b"Hello" in received
    assert b"[DONE]" not in received
    assert b"usage" not in received


@pytest.mark.parametrize("stream", [False, True])
def test_hang_mid_stream_falls_silent_after_a_part(http_client: httpx.Client, stream: bool) -> None:
    before = settled(http_client)
    received, error = read_until_it_breaks(http_client, body("hang-mid-stream", stream=stream))
    assert isinstance(error, httpx.ReadTimeout)
    assert b"Hello" in received
    wait_for_traffic(http_client, in_flight=0, disconnected=before["disconnected"] + 1)


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_a_hanging_answer_is_noticed(http_client: httpx.Client, stream: bool) -> None:
    before = settled(http_client)
    with pytest.raises(httpx.ReadTimeout):
        http_client.post("/v1/chat/completions", json=body("hang", stream=stream), timeout=0.3)
    wait_for_traffic(http_client, total=before["total"] + 1, in_flight=0, disconnected=before["disconnected"] + 1)


def test_a_client_that_leaves_a_slow_stream_is_noticed(http_client: httpx.Client) -> None:
    before = settled(http_client)
    with http_client.stream("POST", "/v1/chat/completions", json=body("slow-drip", stream=True)) as answer:
        lines = answer.iter_lines()  # kept: when the iterator goes, httpx closes the connection
        assert next(lines).startswith("data: ")
        wait_for_traffic(http_client, in_flight=1)
    wait_for_traffic(http_client, in_flight=0, disconnected=before["disconnected"] + 1)


def test_a_client_that_stays_is_not_counted_as_gone(http_client: httpx.Client) -> None:
    before = settled(http_client)
    for model in ("demo", "malformed-chunk", "server-error"):
        http_client.post("/v1/chat/completions", json=body(model, stream=True))
    after = {"total": before["total"] + 3, "in_flight": 0, "disconnected": before["disconnected"]}
    assert http_client.get("/fake/requests").json() == after


def test_slow_drip_is_one_token_a_second_unless_the_request_says_more(http_client: httpx.Client) -> None:
    started = time.monotonic()
    http_client.post("/v1/chat/completions", json=body("slow-drip", text="say: a b"))
    assert time.monotonic() - started >= 1
    started = time.monotonic()
    fast = body("slow-drip", text="say: a b c d e f", fake={"tokens_per_second": 1000})
    assert http_client.post("/v1/chat/completions", json=fast).status_code == 200
    assert time.monotonic() - started < 5


def test_malformed_chunk_is_one_bad_event_among_good_ones(http_client: httpx.Client) -> None:
    answer = http_client.post("/v1/chat/completions", json=body("malformed-chunk", stream=True))
    events = [line[6:] for line in answer.text.splitlines() if line]
    assert events.pop() == "[DONE]"
    broken = [event for event in events if not _is_json(event)]
    assert len(broken) == 1
    assert 1 < events.index(broken[0]) < len(events) - 1


def test_malformed_chunk_without_a_stream_is_a_body_that_is_no_json(http_client: httpx.Client) -> None:
    answer = http_client.post("/v1/chat/completions", json=body("malformed-chunk"))
    assert answer.status_code == 200
    assert not _is_json(answer.text)


def test_error_mid_stream_is_an_error_event_after_some_chunks(client: openai.OpenAI) -> None:
    with client.chat.completions.create(model="error-mid-stream", messages=HI, stream=True) as stream:
        chunks = [next(stream) for _ in range(3)]
        with pytest.raises(openai.APIError, match="The server had an error"):
            list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello from"


def test_error_mid_stream_without_a_stream_is_an_error(client: openai.OpenAI) -> None:
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="error-mid-stream", messages=HI)


@pytest.mark.parametrize("model", ["cut-stream", "hang-mid-stream", "malformed-chunk", "error-mid-stream"])
def test_the_shortest_answer_is_spoiled_as_well(http_client: httpx.Client, model: str) -> None:
    received, error = read_until_it_breaks(http_client, body(model, text="say:", stream=True))
    assert b'"role":"assistant"' in received
    assert (error is None) == (model in {"malformed-chunk", "error-mid-stream"})
    assert (b"[DONE]" in received) == (model == "malformed-chunk")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def send_raw(url: str, head: str, content: bytes) -> socket.socket:
    """Send a request byte by byte as given, and leave the answer unread."""
    address = httpx.URL(url)
    connection = socket.create_connection((address.host, address.port or 0), timeout=5)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sendall(f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + content)
    return connection


def test_a_body_that_is_not_compressed_as_it_says_is_refused(http_client: httpx.Client) -> None:
    answer = http_client.post("/v1/chat/completions", content=b"plain", headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["connection"]) == (400, "close")
    assert "could not be read" in answer.json()["error"]["message"]


def test_a_client_that_leaves_in_the_middle_of_its_request_is_noticed(
    fake_llm_url: str, http_client: httpx.Client
) -> None:
    before = settled(http_client)
    with send_raw(fake_llm_url, "Content-Length: 100", b"{"):
        wait_for_traffic(http_client, in_flight=1)
    wait_for_traffic(http_client, in_flight=0, disconnected=before["disconnected"] + 1)


def test_a_client_that_does_not_read_does_not_stop_the_others(fake_llm_url: str, http_client: httpx.Client) -> None:
    before = settled(http_client)
    content = json.dumps(body(text="say: " + "w " * 40_000, stream=True)).encode()
    with send_raw(fake_llm_url, f"Content-Length: {len(content)}", content):
        wait_for_traffic(http_client, in_flight=1)
        assert http_client.post("/v1/embeddings", json={"model": "demo", "input": "a"}).status_code == 200
    wait_for_traffic(http_client, in_flight=0, disconnected=before["disconnected"] + 1)
