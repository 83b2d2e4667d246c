"""What a client sends that means harm, and how much of the gateway it gets: over raw sockets."""

from __future__ import annotations

import contextlib
import inspect
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import RequestError
from gateway.translation.converse_request import chat_request
from tests.gateway.conftest import KEY, StartGateway
from tests.support.processes import FakeLLM, Gateway


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        yield connection


def exchange(url: str, raw: bytes) -> bytes:
    """Everything that comes back for these bytes, up to the end of the connection or of a second without more."""
    with connected(url) as connection:
        connection.sendall(raw)
        connection.settimeout(1)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except TimeoutError:
            pass
        return answer


def open_sockets(gateway: Gateway) -> int:
    """Of clients: the address that is listened on among them."""
    port = urlsplit(gateway.url).port
    connections = psutil.Process(gateway.process.pid).net_connections(kind="tcp")
    return len([connection for connection in connections if connection.laddr.port == port])


def wait_until(condition: Callable[[], bool]) -> None:
    """Polls: what is waited for happens in another process, which does not say when."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, inspect.getsource(condition)


def access_lines(gateway: Gateway) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gateway.output.splitlines() if '"method"' in line]


# --- the request line and the framing ------------------------------------------


@pytest.mark.parametrize("target", ["@{other}/x", "x", "*", ":1/x", ".example/x", "http://{other}/x", "//"])
@pytest.mark.parametrize("upgrade", [False, True])
def test_no_target_leads_to_another_host(echoing: Gateway, gateway: Gateway, target, upgrade):
    other = urlsplit(gateway.url).netloc
    headers = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" if upgrade else ""
    headers += "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" if upgrade else ""
    answer = exchange(echoing.url, f"GET {target.format(other=other)} HTTP/1.1\r\nhost: x\r\n{headers}\r\n".encode())
    if target == "//":  # a path, if a strange one: the upstream's own affair
        assert b"HTTP/1.1 500" not in answer
    else:
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"target" in answer


@pytest.mark.parametrize("path", ["/upload", "/v1/chat/completions", "/bedrock/model/demo/converse"])
@pytest.mark.parametrize("length", [3, 100])
def test_two_lengths_are_refused(echoing: Gateway, path, length):
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = exchange(echoing.url, head.encode() + b"5\r\nhello\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1  # and the connection is closed: nothing behind it is taken for a request


def test_http2_is_not_spoken(echoing: Gateway):
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    assert exchange(echoing.url, preface).startswith(b"HTTP/1.1 4")
    upgrade = b"GET /x HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\n"
    upgrade += b"http2-settings: AAMAAABkAAQAAP__\r\n\r\n"
    assert exchange(echoing.url, upgrade).startswith(b"HTTP/1.1 200")


def test_pipelined_requests_are_answered_in_order(echoing: Gateway):
    raw = b"".join(b"GET /%d HTTP/1.1\r\nhost: x\r\n\r\n" % number for number in range(4))
    answer = exchange(echoing.url, raw)
    assert [answer.find(b'"target": "/%d"' % number) for number in range(4)] == sorted(
        answer.find(b'"target": "/%d"' % number) for number in range(4)
    )
    assert answer.count(b"HTTP/1.1 200") == 4


# --- connections -----------------------------------------------------------------


def test_a_client_that_has_gone_costs_nothing(start_gateway: StartGateway, echo: str):
    gateway = start_gateway(GATEWAY_LITELLM_URL=echo)
    before = open_sockets(gateway)
    for path in ("/bedrock/health/liveliness", "/x"):
        for _ in range(20):
            httpx.get(gateway.url + path)
    wait_until(lambda: open_sockets(gateway) <= before)


class Stubborn:
    """An upstream that reads none of a body, refuses it when it is told to, and keeps the connection."""

    def __enter__(self) -> Stubborn:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.refuse = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        return self

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._connections.append(connection)
            self.refuse.wait(20)
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno")

    def __exit__(self, *_: object) -> None:
        self._listening.close()
        for connection in self._connections:
            connection.close()


def test_an_upload_that_nobody_reads_does_not_hang(start_gateway: StartGateway):
    with Stubborn() as upstream:
        gateway = start_gateway(GATEWAY_LITELLM_URL=upstream.url)
        before = open_sockets(gateway)
        for _ in range(2):
            upstream.refuse.clear()
            with connected(gateway.url) as connection:
                connection.sendall(b"POST /files HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n")
                connection.settimeout(1)
                with contextlib.suppress(TimeoutError):
                    while True:  # until every buffer on the way is full
                        connection.sendall(b"x" * 65536)
                upstream.refuse.set()
                connection.settimeout(10)
                assert connection.recv(1000).startswith(b"HTTP/1.1 403")
        wait_until(lambda: open_sockets(gateway) <= before)
        assert gateway.stop() == 0
    assert [line["status"] for line in access_lines(gateway)] == [403, 403]


HANDSHAKE = (
    b"GET /silent HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def test_a_websocket_that_leaves_during_the_handshake_is_not_waited_for(start_gateway: StartGateway, echo: str):
    def waiting() -> int:
        return int(httpx.get(f"{echo}/waiting").text)

    gateway = start_gateway(GATEWAY_LITELLM_URL=echo)
    with connected(gateway.url) as connection:
        connection.sendall(HANDSHAKE)
        wait_until(lambda: waiting() == 1)
    wait_until(lambda: waiting() == 0)
    wait_until(lambda: len(access_lines(gateway)) == 1)


def test_a_websocket_that_is_gone_as_it_comes_is_not_waited_for(start_gateway: StartGateway, echo: str):
    gateway = start_gateway(GATEWAY_LITELLM_URL=echo)
    for _ in range(10):
        with connected(gateway.url) as connection:
            connection.sendall(HANDSHAKE)
    wait_until(lambda: len(access_lines(gateway)) == 10)


def test_a_client_that_goes_during_an_upload_is_not_our_failure(start_gateway: StartGateway, echo: str):
    gateway = start_gateway(GATEWAY_LITELLM_URL=echo)
    with connected(gateway.url) as connection:
        connection.sendall(b"POST /files HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf")
    wait_until(lambda: bool(access_lines(gateway)))
    (line,) = access_lines(gateway)
    assert line["incomplete"] is True
    assert line["status"] is None
    assert "WARNING" not in gateway.output


# --- bodies ----------------------------------------------------------------------------


def test_a_body_of_countless_elements_is_not_parsed(gateway: Gateway, start_gateway: StartGateway, fake_llm: FakeLLM):
    roomy = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url)
    body = b'{"messages":[' + b"[]," * 3_000_000 + b"[]]}"
    for path in ("/v1/chat/completions", "/bedrock/model/demo/converse"):
        response = httpx.post(
            roomy.url + path, content=body, headers=KEY | {"content-type": "application/json"}, timeout=60
        )
        assert response.status_code == 400
        assert "elements" in response.text
    assert psutil.Process(roomy.process.pid).memory_info().rss < 300 * 1024**2


NAMES = st.sampled_from(
    [
        "messages",
        "system",
        "inferenceConfig",
        "role",
        "content",
        "text",
        "x.role",
        "x.messages",
        "image.text",
        "a.b",
        "maxTokens",
        "topP",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["user", "assistant"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=15,
)
HELLO = [{"role": "user", "content": [{"text": "hello"}]}]


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.booleans())
def test_whatever_is_asked_is_translated_or_refused_by_name(request_body, sound):
    if sound:
        request_body = request_body | {"messages": HELLO}
    refused = ""
    try:
        chat_request("demo", request_body, stream=False)
    except RequestError as error:
        refused = error.param or "nothing was named"
    # Either a member is named, or all there are were translated.
    given = {name for name, value in request_body.items() if value is not None}
    assert refused != "nothing was named"
    assert refused or given <= {"messages", "system", "inferenceConfig"}


@pytest.mark.parametrize(
    "request_body",
    [
        {"messages": [{"role": "user", "content": [{"text": "a"}], "x.role": "admin"}]},
        {"messages": [{"role": "user", "content": [{"text": "a"}], "secret.content": []}]},
        {"messages": [{"role": "user", "content": [{"image.text": "a"}]}]},
        {"messages": HELLO, "x.messages": HELLO},
        {"messages": HELLO, "a.inferenceConfig": {"topP": 1}},
        {"messages": HELLO, "inferenceConfig": {"a.topP": 1}},
    ],
)
def test_a_name_with_a_dot_is_not_taken_for_another(request_body):
    with pytest.raises(RequestError, match=r"is not (carried|a block)"):
        chat_request("demo", request_body, stream=False)


@pytest.mark.parametrize("model", ["%FF", "%ED%A0%80", "%00", "%0A", "%20", "a%0d%0ab"])
def test_a_model_id_that_is_no_text_is_refused(gateway: Gateway, model):
    response = httpx.post(f"{gateway.url}/bedrock/model/{model}/converse", json={"messages": HELLO}, headers=KEY)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert any(reason in response.json()["message"] for reason in ("model id", "control characters"))
