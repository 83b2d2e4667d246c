from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.gateway.conftest import KEY, StartGateway
from tests.support.processes import FakeLLM, Gateway


def seen(response: httpx.Response) -> dict[str, list[str]]:
    """The headers that the upstream saw."""
    headers: dict[str, list[str]] = {}
    for name, value in response.json()["headers"]:
        headers.setdefault(name, []).append(value)
    return headers


def test_method_target_and_body_arrive_as_they_were_sent(echoed):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        response = echoed.request(method, "/a%2Fb/c%20d?x=%26&y=1+1", content=b"body" if method != "GET" else None)
        sent = response.json()
        assert (sent["method"], sent["target"]) == (method, "/a%2Fb/c%20d?x=%26&y=1+1")
        assert sent["body"] == ("" if method == "GET" else "body")


def test_head_has_the_headers_and_no_body(echoed):
    response = echoed.head("/x")
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("status", [201, 302, 404, 429, 500])
def test_status_and_useful_headers_arrive_as_litellm_sent_them(echoed, status):
    response = echoed.get("/x", headers={"x-echo-status": str(status)})
    assert response.status_code == status
    assert response.headers["x-litellm-call-id"] == "42"
    assert response.headers["retry-after"] == "7"
    assert response.headers["x-ratelimit-remaining-requests"] == "9"
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_hop_by_hop_headers_stop_at_the_gateway(echoed):
    response = echoed.get("/x", headers={"connection": "keep-alive, x-private", "x-private": "1", "te": "trailers"})
    assert "keep-alive" not in response.headers
    assert not {"x-private", "te"} & seen(response).keys()
    assert len(response.headers.get_list("date")) == 1


def test_nothing_is_added_that_the_client_did_not_say(echoed):
    bare = httpx.Request("GET", echoed.base_url.join("/x"), headers={})
    for name in ("accept", "accept-encoding", "user-agent"):
        bare.headers.pop(name, None)
    headers = seen(echoed.send(bare))
    assert not {"accept", "accept-encoding", "user-agent", "content-type", "content-length"} & headers.keys()


def test_the_upstream_learns_who_called_and_under_which_name(echoed):
    headers = seen(echoed.get("/x", headers={"host": "gateway.example", "x-forwarded-for": "1.2.3.4"}))
    assert headers["host"] == headers["x-forwarded-host"] == ["gateway.example"]
    assert headers["x-forwarded-for"] == ["1.2.3.4, 127.0.0.1"]
    assert headers["x-forwarded-proto"] == ["http"]


def test_a_compressed_answer_stays_compressed(echoed):
    with echoed.stream("GET", "/x", headers={"accept-encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) == len(raw)
    assert json.loads(gzip.decompress(raw))["target"] == "/x"


def test_an_uncompressed_answer_is_had_by_not_asking(echoed):
    response = echoed.get("/x", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in response.headers


def test_a_large_upload_of_unknown_length_passes(echoed):
    piece = b"0123456789abcdef" * 65_536  # 1 MiB
    count = 48  # more than GATEWAY_BODY_LIMIT: that is for what is read, not for what passes through

    def pieces() -> Iterator[bytes]:
        for _ in range(count):
            yield piece

    response = echoed.post("/upload", content=pieces())
    assert response.json()["length"] == count * len(piece)
    assert response.json()["sha256"] == hashlib.sha256(piece * count).hexdigest()
    assert seen(response)["transfer-encoding"] == ["chunked"]


async def test_both_bodies_stream_at_the_same_time(echoing: Gateway):
    """Each piece comes back before the next is sent: nothing on the way waits for the whole."""
    address = urlsplit(echoing.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    async with asyncio.timeout(20):
        writer.write(b"POST /duplex HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        for word in (b"one", b"two", b"three"):
            writer.write(b"%x\r\n%s\r\n" % (len(word), word))
            await reader.readuntil(word)
        writer.write(b"0\r\n\r\n")
        await reader.readuntil(b"0\r\n\r\n")
    writer.close()


def test_an_upload_may_be_refused_before_it_is_complete(echoed):
    def endless() -> Iterator[bytes]:
        for _ in range(2_000):
            yield b"x" * 65_536

    # The refusal is read, or the connection is closed under the upload; it does not go on to its end.
    begin = time.monotonic()
    with contextlib.suppress(httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
        assert echoed.post("/early", content=endless()).status_code == 403
    assert time.monotonic() - begin < 20


def test_an_answer_that_breaks_off_is_not_passed_off_as_complete(echoed):
    with pytest.raises(httpx.RemoteProtocolError):
        echoed.get("/cut")


def test_a_stream_of_events_that_breaks_off_ends_in_an_error_event(echoed):
    response = echoed.get("/cut-events", headers={"accept-encoding": "identity"})
    *_, last = response.text.strip().split("\n\n")
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "upstream_broken"


def test_an_event_arrives_when_it_was_sent(http):
    """The model pauses between its tokens; the first must not wait for the last."""
    body = {
        "model": "demo",
        "stream": True,
        "messages": [{"role": "user", "content": "say: one two three four five six"}],
    }
    body["fake"] = {"tokens_per_second": 5}
    arrivals = []
    with http.stream("POST", "/v1/chat/completions", json=body) as response:
        for line in response.iter_lines():
            if line.startswith("data:"):
                arrivals.append(time.monotonic())
    assert arrivals[-1] - arrivals[0] > 0.5


def test_litellm_down_is_told_within_two_seconds(start_gateway: StartGateway):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gateway = start_gateway(GATEWAY_LITELLM_URL=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        begin = time.monotonic()
        response = httpx.get(f"{gateway.url}/v1/models")
        assert time.monotonic() - begin < 2
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "upstream_unavailable"


def test_litellm_out_of_reach_is_told_within_two_seconds(start_gateway: StartGateway):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with contextlib.ExitStack() as stack:
            for _ in range(4):  # a queue of connections that nobody accepts: the next one gets no answer at all
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(("127.0.0.1", port))
            gateway = start_gateway(GATEWAY_LITELLM_URL=f"http://127.0.0.1:{port}")
            begin = time.monotonic()
            response = httpx.get(f"{gateway.url}/v1/models", timeout=10)
            assert time.monotonic() - begin < 2
    assert response.status_code == 503


@pytest.fixture(scope="module")
def hasty(start_gateway: StartGateway, fake_llm: FakeLLM) -> Gateway:
    """A gateway that waits half a second for its upstream."""
    return start_gateway(GATEWAY_LITELLM_URL=fake_llm.url, GATEWAY_UPSTREAM_TIMEOUT="0.5")


def chat(model: str, **more: object) -> dict[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], **more}


@pytest.mark.parametrize("stream", [False, True])
def test_litellm_hanging_ends_in_a_timeout(hasty: Gateway, stream):
    response = httpx.post(f"{hasty.url}/v1/chat/completions", json=chat("hang", stream=stream), headers=KEY)
    assert response.status_code == 504
    assert response.json()["error"]["type"] == "timeout_error"
    assert "GATEWAY_UPSTREAM_TIMEOUT" in response.json()["error"]["message"]


def test_litellm_hanging_within_a_stream_ends_it_with_an_error(hasty: Gateway):
    response = httpx.post(f"{hasty.url}/v1/chat/completions", json=chat("hang-mid-stream", stream=True), headers=KEY)
    *_, last = response.text.strip().split("\n\n")
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "upstream_timeout"


def disconnected(fake_llm: FakeLLM) -> int:
    return int(httpx.get(f"{fake_llm.url}/fake/requests").json()["disconnected"])


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_cancels_the_upstream_request(start_gateway, stream):
    with FakeLLM() as fake_llm:
        gateway = start_gateway(GATEWAY_LITELLM_URL=fake_llm.url)
        model = "hang-mid-stream" if stream else "hang"
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{gateway.url}/v1/chat/completions", json=chat(model, stream=stream), headers=KEY, timeout=0.5)
        deadline = time.monotonic() + 10
        while disconnected(fake_llm) == 0 and time.monotonic() < deadline:
            pass
        assert disconnected(fake_llm) == 1
