"""HTTP/2 over TLS, as the AWS SDK for JavaScript and browsers speak it: the same promises as over HTTP/1.1."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    PingAckReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from hyperframe.frame import DataFrame, GoAwayFrame, HeadersFrame, PriorityFrame, RstStreamFrame

from gateway.server.http2 import MAX_RESETS
from tests.gateway.conftest import StartGateway
from tests.support.http2_client import RawHTTP2
from tests.support.processes import Gateway

WAIT = 20


@pytest.fixture(scope="module")
def secure(start_gateway: StartGateway, echo: str, certificate: tuple[str, str]) -> Gateway:
    """A gateway in front of the echo that serves https."""
    path, key = certificate
    return start_gateway(GATEWAY_LITELLM_URL=echo, GATEWAY_TLS_CERTIFICATE=path, GATEWAY_TLS_KEY=key)


@pytest.fixture
def http(secure: Gateway, certificate: tuple[str, str]) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cafile=certificate[0])
    with httpx.Client(base_url=secure.tls_url, http2=True, verify=context, timeout=WAIT) as client:
        yield client


@pytest.fixture
async def many(secure: Gateway, certificate: tuple[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """For several requests at once; they share one connection."""
    context = ssl.create_default_context(cafile=certificate[0])
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(
        base_url=secure.tls_url, http2=True, verify=context, timeout=WAIT, limits=limits
    ) as client:
        yield client


def pieces(number: int, size: int = 1000) -> Iterator[bytes]:
    return (b"x" * size for _ in range(number))


async def async_pieces(number: int, size: int = 1000) -> AsyncIterator[bytes]:
    for piece in pieces(number, size):
        yield piece


def header(seen: httpx.Response, name: str) -> list[str]:
    return [value for key, value in seen.json()["headers"] if key == name]


def test_it_is_spoken_where_the_client_can(http: httpx.Client, secure: Gateway, certificate: tuple[str, str]):
    assert http.get("/x").http_version == "HTTP/2"
    context = ssl.create_default_context(cafile=certificate[0])
    assert httpx.get(f"{secure.tls_url}/x", verify=context).http_version == "HTTP/1.1"


def test_a_request_without_a_body_has_none_upstream(http: httpx.Client):
    for method in ("GET", "DELETE", "POST"):
        seen = http.request(method, "/x?a=%2F")
        assert (seen.json()["method"], seen.json()["target"], seen.json()["length"]) == (method, "/x?a=%2F", 0)
        assert header(seen, "transfer-encoding") == []


def test_a_body_arrives_whole(http: httpx.Client):
    assert http.post("/x", content=b"hello").json()["body"] == "hello"
    assert http.post("/x", content=pieces(5)).json()["length"] == 5000
    assert http.post("/x", content=pieces(2000)).json()["length"] == 2_000_000
    assert http.post("/x", content=b"x" * 3_000_000).json()["length"] == 3_000_000


def test_cookies_are_one_header_upstream(secure: Gateway):
    with RawHTTP2(secure.tls_url) as raw:
        stream = raw.connection.get_next_available_stream_id()
        pseudo = [(":method", "GET"), (":path", "/x"), (":scheme", "https"), (":authority", "h")]
        raw.connection.send_headers(stream, [*pseudo, ("cookie", "a=1"), ("cookie", "b=2")], end_stream=True)
        raw.send()
        body = b""
        while b"a=1; b=2" not in body:
            body += getattr(raw.until(lambda event: getattr(event, "data", None) is not None), "data", b"")


def test_the_answer_keeps_its_headers(http: httpx.Client):
    response = http.get("/x")
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "keep-alive" not in response.headers
    assert response.headers["x-request-id"]


def test_an_answer_that_is_cut_is_not_taken_for_complete(http: httpx.Client):
    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/cut")
    assert http.get("/x").status_code == 200


def test_a_stream_of_events_that_is_cut_ends_in_an_error_event(http: httpx.Client):
    assert '"error"' in http.get("/cut-events").text.splitlines()[-2]


def test_both_bodies_are_streamed(http: httpx.Client):
    with http.stream("POST", "/duplex", content=pieces(300)) as response:
        assert sum(map(len, response.iter_raw())) == 300_000


async def test_requests_at_once_share_a_connection(many: httpx.AsyncClient):
    answers = await asyncio.gather(*(many.post("/x", content=async_pieces(number)) for number in range(60)))
    assert [answer.json()["length"] for answer in answers] == [number * 1000 for number in range(60)]


def test_an_upload_that_nobody_reads_does_not_hold_up_others(secure: Gateway):
    with RawHTTP2(secure.tls_url) as raw:
        stuck = raw.request("/unread", method="POST", ends=False)
        for _ in range(100):
            while window := min(raw.connection.local_flow_control_window(stuck), 16_000):
                raw.connection.send_data(stuck, b"x" * window)
            other = raw.request("/x")
            raw.send()
            raw.until(lambda event, other=other: isinstance(event, StreamEnded) and event.stream_id == other)
        assert raw.connection.local_flow_control_window(stuck) == 0  # for a long time there was no room for more


def test_an_upload_that_is_refused_early_is_called_off(secure: Gateway):
    with RawHTTP2(secure.tls_url) as raw:
        stream = raw.request("/early", method="POST", ends=False)
        raw.connection.send_data(stream, b"x" * 10_000)
        raw.send()
        answer = raw.until(lambda event: isinstance(event, ResponseReceived))
        assert (":status", "403") in answer.headers
        reset = raw.until(lambda event: isinstance(event, StreamReset) and event.stream_id == stream)
        assert reset.error_code == ErrorCodes.NO_ERROR
        after = raw.request("/x")
        raw.send()
        raw.until(lambda event: isinstance(event, ResponseReceived) and event.stream_id == after)


def test_a_request_that_is_called_off_is_cancelled_upstream(secure: Gateway, http: httpx.Client):
    with RawHTTP2(secure.tls_url) as raw:
        stream = raw.request("/silent")
        raw.send()
        _until(lambda: http.get("/waiting").json() == 1)
        raw.connection.reset_stream(stream)
        raw.send()
        _until(lambda: http.get("/waiting").json() == 0)


def _until(condition) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline


def test_a_flood_of_requests_that_are_called_off_ends_the_connection(secure: Gateway, http: httpx.Client):
    with RawHTTP2(secure.tls_url) as raw:
        for _ in range(300):
            stream = raw.request("/silent")
            raw.connection.reset_stream(stream)
        raw.send()
        end = raw.until(lambda event: isinstance(event, ConnectionTerminated))
        assert end.error_code == ErrorCodes.ENHANCE_YOUR_CALM
    _until(lambda: http.get("/waiting").json() == 0)


def test_a_flood_that_takes_its_time_ends_the_connection_too(secure: Gateway):
    with RawHTTP2(secure.tls_url) as raw:
        for _ in range(MAX_RESETS + 1):
            stream = raw.request("/silent")
            raw.send()
            raw.connection.reset_stream(stream)
            raw.connection.ping(b"8 octets")
            raw.send()
            raw.until(lambda event: isinstance(event, PingAckReceived))
        end = raw.until(lambda event: isinstance(event, ConnectionTerminated))
        assert end.error_code == ErrorCodes.ENHANCE_YOUR_CALM


def test_a_client_that_takes_its_answers_may_call_off_many(secure: Gateway):
    with RawHTTP2(secure.tls_url) as raw:
        for _ in range(150):
            called_off = raw.request("/silent")
            raw.connection.reset_stream(called_off)
            stream = raw.request("/bedrock/health/liveliness")
            raw.send()
            raw.until(lambda event, stream=stream: isinstance(event, StreamEnded) and event.stream_id == stream)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("CONNECT", "/", ErrorCodes.HTTP_1_1_REQUIRED),
        ("GET", "/ä", ErrorCodes.PROTOCOL_ERROR),
        ("G T", "/x", ErrorCodes.PROTOCOL_ERROR),
    ],
)
def test_what_cannot_be_served_resets_its_stream_alone(secure: Gateway, method, path, code):
    with RawHTTP2(secure.tls_url) as raw:
        stream = raw.request(path, method=method)
        raw.send()
        reset = raw.until(lambda event: isinstance(event, StreamReset) and event.stream_id == stream)
        assert reset.error_code == code
        good = raw.request("/x")
        raw.send()
        raw.until(lambda event: isinstance(event, ResponseReceived) and event.stream_id == good)


def test_a_body_shorter_than_it_was_announced_to_be_is_refused(secure: Gateway, http: httpx.Client):
    """Relayed, it would make LiteLLM take the next client's request for the rest of it."""
    with RawHTTP2(secure.tls_url) as raw:
        ends_at_once = raw.connection.get_next_available_stream_id()
        block = raw.connection.encoder.encode(head("/early", "60"))
        frames = HeadersFrame(ends_at_once, block, flags=["END_HEADERS", "END_STREAM"]).serialize()
        too_short = ends_at_once + 2
        block = raw.connection.encoder.encode(head("/early", "60"))
        frames += HeadersFrame(too_short, block, flags=["END_HEADERS"]).serialize()
        frames += DataFrame(too_short, b"xx").serialize()
        trailers = raw.connection.encoder.encode([("x-trailer", "1")])
        frames += HeadersFrame(too_short, trailers, flags=["END_HEADERS", "END_STREAM"]).serialize()
        raw.send_bytes(frames)
        raw.until_bytes(RstStreamFrame(ends_at_once, ErrorCodes.PROTOCOL_ERROR).serialize())
        raw.until_bytes(RstStreamFrame(too_short, ErrorCodes.PROTOCOL_ERROR).serialize())
    for _ in range(20):
        assert http.get("/x").json()["method"] == "GET"


def head(path: str, length: str, method: str = "POST") -> list[tuple[str, str]]:
    pseudo = [(":method", method), (":path", path), (":scheme", "https"), (":authority", "localhost")]
    return [*pseudo, ("content-length", length)]


def test_priorities_are_passed_over(secure: Gateway):
    with RawHTTP2(secure.tls_url) as raw:
        raw.send_bytes(b"".join(PriorityFrame(number * 2 + 1001).serialize() for number in range(1500)))
        stream = raw.request("/x")
        raw.send()
        raw.until(lambda event: isinstance(event, StreamEnded) and event.stream_id == stream)


def test_a_client_that_does_not_read_stops_the_answer(secure: Gateway, http: httpx.Client):
    """Until it reads: what LiteLLM sends meanwhile stays with LiteLLM."""
    with RawHTTP2(secure.tls_url) as raw:
        stream = raw.request("/endless")
        raw.send()
        raw.until(lambda event: isinstance(event, ResponseReceived) and event.stream_id == stream)
        told = -1
        while (now := http.get("/endless-sent").json()) != told:
            told = now
            assert told < 32 * 1024 * 1024
            _until(lambda: http.get("/x").status_code == 200)


@pytest.mark.parametrize("headers", [{"transfer-encoding": "chunked"}, {"connection": "close"}, {"a": "b\r\nc: d"}])
def test_headers_that_only_http_1_has_are_refused(secure: Gateway, headers):
    with RawHTTP2(secure.tls_url) as raw:
        raw.connection.config.normalize_outbound_headers = False
        raw.request("/x", **headers)
        raw.send()
        raw.until(lambda event: isinstance(event, ConnectionTerminated | StreamReset))


def test_errors_come_in_the_dialect(http: httpx.Client):
    response = http.post("/bedrock/model/demo/converse", json={}, headers={"authorization": "Bearer sk-x"})
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert http.post("/v1/chat/completions", content=b"{").status_code == 401


def test_a_client_that_says_goodbye_gets_its_answers(secure: Gateway):
    """As node's `session.close()` does, which the SDK for JavaScript calls when a stream of events begins."""
    with RawHTTP2(secure.tls_url) as raw:
        stream = raw.request("/duplex", method="POST", ends=False)
        raw.connection.send_data(stream, b"before")
        raw.send()
        raw.until(lambda event: isinstance(event, DataReceived))
        raw.connection.send_data(stream, b"after", end_stream=True)
        rest = raw.connection.data_to_send()
        goaway = GoAwayFrame(0, last_stream_id=0, error_code=0)  # h2 itself would not go on after it
        raw.send_bytes(goaway.serialize() + rest)
        raw.until(lambda event: isinstance(event, StreamEnded) and event.stream_id == stream)


def test_a_request_under_way_is_answered_when_the_gateway_stops(
    start_gateway: StartGateway, echo: str, certificate: tuple[str, str]
):
    path, key = certificate
    gateway = start_gateway(GATEWAY_LITELLM_URL=echo, GATEWAY_TLS_CERTIFICATE=path, GATEWAY_TLS_KEY=key)
    with RawHTTP2(gateway.tls_url) as raw:
        stream = raw.request("/duplex", method="POST", ends=False)
        raw.connection.send_data(stream, b"before")
        raw.send()
        raw.until(lambda event: isinstance(event, ResponseReceived))
        gateway.process.terminate()
        raw.connection.send_data(stream, b"after", end_stream=True)
        raw.send()
        raw.until(lambda event: isinstance(event, StreamEnded) and event.stream_id == stream)
    assert gateway.stop() == 0
