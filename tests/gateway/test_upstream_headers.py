from __future__ import annotations

import pytest

from gateway.upstream.headers import has_credentials, request_headers, response_headers


def sent(*headers: tuple[bytes, bytes], client: str | None = "10.0.0.1", length: int | None = None) -> dict[str, str]:
    return dict(request_headers(headers, scheme="https", client=client, request_id="id-1", content_length=length))


def test_hop_by_hop_headers_stay_behind():
    headers = sent(
        (b"connection", b"keep-alive, X-Mine"),
        (b"x-mine", b"1"),
        (b"te", b"trailers"),
        (b"transfer-encoding", b"chunked"),
        (b"expect", b"100-continue"),
        (b"accept", b"*/*"),
    )
    assert set(headers) == {"accept", "x-forwarded-for", "x-forwarded-proto", "x-request-id"}


def test_the_way_that_a_request_came_is_told():
    headers = sent((b"host", b"gw.example"), (b"x-forwarded-for", b"1.2.3.4"))
    assert headers["host"] == headers["x-forwarded-host"] == "gw.example"
    assert headers["x-forwarded-for"] == "1.2.3.4, 10.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["x-request-id"] == "id-1"


def test_what_a_load_balancer_said_stands():
    headers = sent((b"host", b"task"), (b"x-forwarded-proto", b"http"), (b"x-forwarded-host", b"gw.example"))
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == "gw.example"
    assert headers["host"] == "task"


def test_connection_cannot_name_what_a_message_needs():
    headers = sent((b"connection", b"Host, Content-Length"), (b"host", b"gw.example"), length=5)
    assert headers["host"] == "gw.example"
    assert headers["content-length"] == "5"


def test_a_unix_socket_has_no_address_to_tell():
    assert "x-forwarded-for" not in sent(client=None)


def test_the_length_is_that_of_the_body_that_is_sent():
    assert sent((b"content-length", b"7"), length=5)["content-length"] == "5"
    assert "content-length" not in sent((b"content-length", b"7"))


def test_answers_keep_order_duplicates_and_encoding():
    headers = [
        (b"Set-Cookie", b"a"),
        (b"Set-Cookie", b"b"),
        (b"Content-Encoding", b"gzip"),
        (b"Content-Length", b"9"),
        (b"Date", b"now"),
        (b"Server", b"uvicorn"),
        (b"Connection", b"close"),
        (b"x-litellm-call-id", b"1"),
    ]
    assert response_headers(headers) == [
        (b"set-cookie", b"a"),
        (b"set-cookie", b"b"),
        (b"content-encoding", b"gzip"),
        (b"content-length", b"9"),
        (b"x-litellm-call-id", b"1"),
    ]


@pytest.mark.parametrize("name", [b"authorization", b"x-api-key", b"api-key", b"x-litellm-api-key", b"x-goog-api-key"])
def test_every_header_that_litellm_takes_a_key_from_counts(name):
    assert has_credentials([(name, b"sk-1")])
    assert not has_credentials([(name, b" ")])
    assert not has_credentials([(b"accept", b"sk-1")])
