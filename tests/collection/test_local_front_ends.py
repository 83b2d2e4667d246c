"""The check after a deploy asks through each front end, and says what came instead of an answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.front_ends import Gateway, VerificationError, trust

from tests.support.local_stack import free_ports

KEY = "sk-0123456789"
ANSWERS = {
    "/v1/chat/completions": {"choices": [{"message": {"content": "yes"}}]},
    "/bedrock/model/a%2Fb/converse": {"output": {"message": {"content": [{"reasoningContent": {}}, {"text": "yes"}]}}},
}


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[str, str], tuple[int, bytes]]], str]]:
    """Serves answers from a function of path and Authorization; gives the address."""
    servers: list[ThreadingHTTPServer] = []

    def start(respond: Callable[[str, str], tuple[int, bytes]]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, body = respond(self.path, self.headers["Authorization"])
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("name", ["openai", "bedrock"])
def test_the_text_of_the_answer_is_found(serve: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # loopback is never reached through it
    url = serve(lambda path, key: (200 if key == f"Bearer {KEY}" else 401, json.dumps(ANSWERS[path]).encode()))
    assert Gateway(url, trust(None), seconds=5).ask(name, KEY, "a/b") == "yes"


def test_a_refusal_is_told_with_its_status_and_without_the_key(serve: Any) -> None:
    url = serve(lambda path, key: (401, f"no such key: {key}".encode()))
    with pytest.raises(
        VerificationError, match=r"openai: POST .*/v1/chat/completions answers 401: no such key"
    ) as error:
        Gateway(url, trust(None), seconds=5).ask("openai", KEY, "demo")
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"choices": []}', b'{"choices": [{"message": {"content": ""}}]}']
)
def test_an_answer_without_text_is_told(serve: Any, body: bytes) -> None:
    with pytest.raises(VerificationError, match="openai: the answer has no text"):
        Gateway(serve(lambda path, key: (200, body)), trust(None), seconds=5).ask("openai", KEY, "demo")


def test_nobody_there_is_told() -> None:
    port = free_ports(("gateway",))["gateway"]
    with pytest.raises(VerificationError, match=r"bedrock: POST .*/converse fails: "):
        Gateway(f"http://127.0.0.1:{port}", trust(None), seconds=5).ask("bedrock", KEY, "demo")


def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="cannot read the certificate"):
        trust(str(tmp_path / "missing.crt"))
