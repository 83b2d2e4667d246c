"""What must not be sent, in the dialect of whom it is sent to; never a stack trace, never a 200."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.gateway.conftest import KEY
from tests.support.processes import Gateway

CHAT = "/v1/chat/completions"
CONVERSE = "/bedrock/model/demo/converse"
JSON = {"content-type": "application/json"}
MIB = 1024 * 1024

# what, headers, body, OpenAI's (status, type), AWS's (status, exception), a word of the message
CASES = [
    ("no key", JSON, b"{}", (401, "authentication_error"), (403, "AccessDeniedException"), "API key"),
    (
        "an empty key",
        JSON | {"authorization": ""},
        b"{}",
        (401, "authentication_error"),
        (403, "AccessDeniedException"),
        "API key",
    ),
    (
        "a form",
        KEY | {"content-type": "application/x-www-form-urlencoded"},
        b"{}",
        (415, "invalid_request_error"),
        (400, "ValidationException"),
        "application/json",
    ),
    (
        "a compressed body",
        KEY | JSON | {"content-encoding": "gzip"},
        b"\x1f\x8b",
        (415, "invalid_request_error"),
        (400, "ValidationException"),
        "content-encoding",
    ),
    ("no body", KEY | JSON, b"", (400, "invalid_request_error"), (400, "ValidationException"), "empty"),
    (
        "no JSON",
        KEY | JSON,
        b'{"model":',
        (400, "invalid_request_error"),
        (400, "ValidationException"),
        "not valid JSON",
    ),
    (
        "no UTF-8",
        KEY | JSON,
        b'{"model":"\xff"}',
        (400, "invalid_request_error"),
        (400, "ValidationException"),
        "not valid JSON",
    ),
    (
        "NaN",
        KEY | JSON,
        b'{"temperature":NaN}',
        (400, "invalid_request_error"),
        (400, "ValidationException"),
        "not valid JSON",
    ),
    ("a list", KEY | JSON, b"[]", (400, "invalid_request_error"), (400, "ValidationException"), "JSON object"),
    (
        "a deep nest",
        KEY | JSON,
        b"[" * 100_000,
        (400, "invalid_request_error"),
        (400, "ValidationException"),
        "not valid JSON",
    ),
    (
        "too much",
        KEY | JSON,
        b" " * (MIB + 1),
        (413, "invalid_request_error"),
        (400, "ValidationException"),
        "GATEWAY_BODY_LIMIT",
    ),
]
IDS = [case[0] for case in CASES]


@pytest.mark.parametrize(("what", "headers", "body", "openai", "aws", "word"), CASES, ids=IDS)
def test_openai_clients_get_openais_error_object(gateway: Gateway, what, headers, body, openai, aws, word):
    response = httpx.post(gateway.url + CHAT, headers=headers, content=body)
    error = response.json()["error"]
    assert (response.status_code, error["type"]) == openai
    assert word in error["message"]
    assert set(error) == {"message", "type", "param", "code"}
    assert response.headers["x-request-id"]


@pytest.mark.parametrize("operation", ["converse", "converse-stream"])
@pytest.mark.parametrize(("what", "headers", "body", "openai", "aws", "word"), CASES, ids=IDS)
def test_bedrock_clients_get_a_typed_exception(gateway: Gateway, operation, what, headers, body, openai, aws, word):
    response = httpx.post(f"{gateway.url}/bedrock/model/demo/{operation}", headers=headers, content=body)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == aws
    assert set(response.json()) == {"message"}
    assert word in response.json()["message"]
    assert response.headers["x-amzn-requestid"] == response.headers["x-request-id"]


def test_a_body_of_unknown_length_is_limited_too(gateway: Gateway):
    response = httpx.post(gateway.url + CHAT, headers=KEY | JSON, content=iter([b" " * MIB, b" " * MIB]))
    assert response.status_code == 413


def test_a_huge_body_is_not_read_to_its_end(gateway: Gateway):
    sent = 0

    def pieces():
        nonlocal sent
        for _ in range(1000):
            sent += MIB
            yield b" " * MIB

    # Refused, or cut off under the upload where that is slower to notice.
    with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        assert httpx.post(gateway.url + CHAT, headers=KEY | JSON, content=pieces()).status_code == 413
    assert sent < 200 * MIB


def test_a_body_just_within_the_limit_is_taken(gateway: Gateway):
    body = b'{"model":"demo","messages":[{"role":"user","content":"say: hi"}]}'
    response = httpx.post(gateway.url + CHAT, headers=KEY | JSON, content=body.ljust(MIB))
    assert response.status_code == 200


def test_a_missing_content_type_is_taken_for_json(gateway: Gateway):
    body = b'{"model":"demo","messages":[{"role":"user","content":"say: hi"}]}'
    assert httpx.post(gateway.url + CHAT, headers=KEY, content=body).status_code == 200


def test_a_signed_request_is_told_what_to_do_instead(gateway: Gateway):
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/bedrock/aws4_request"}
    response = httpx.post(gateway.url + CONVERSE, headers=JSON | signed, content=b"{}")
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    assert "AWS_BEARER_TOKEN_BEDROCK" in response.json()["message"]


@pytest.mark.parametrize(
    "raw", [b"GET / HTTP/1.1\r\n\r\n\r\n", b"\x16\x03\x01", b"BREW /pot HTCPCP/1.0\r\n\r\n", b"GET /" + b"a" * 100_000]
)
def test_what_is_no_http_is_refused(gateway: Gateway, raw):
    address = urlsplit(gateway.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in answer
    assert httpx.get(f"{gateway.url}/bedrock/health/liveliness").status_code == 200
