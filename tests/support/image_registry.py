"""A registry of container images on loopback, before which a guard counts and, where asked to, wants a login."""

from __future__ import annotations

import base64
import http.client
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from tests.support.processes import Service

CONFIG = """\
version: 0.1
log: {{level: info}}
storage: {{filesystem: {{rootdirectory: {directory}}}}}
http: {{addr: "127.0.0.1:0", relativeurls: true}}
"""
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host"}


class LocalRegistry:
    """Debian's docker-registry behind a guard on `address`, host:port; what it holds ends with it.

    `login`: user:password that every request must have, none when empty. `requests`: (method, path) of all that came.
    """

    def __init__(self, login: str = "") -> None:
        self.login = login
        self.requests: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        self._directory = tempfile.TemporaryDirectory(prefix="registry-")
        config = Path(self._directory.name, "config.yml")
        config.write_text(CONFIG.format(directory=Path(self._directory.name, "data")))
        self._service = Service(
            ["docker-registry", "serve", str(config)], env={}, ready=r"listening on (127\.0\.0\.1:\d+)"
        )
        self._service.__enter__()
        guard = type("Guard", (_Guard,), {"registry": self, "behind": self._service.found[0]})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), guard)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._service.__exit__(kind, error, at)
        self._directory.cleanup()

    @property
    def address(self) -> str:
        """127.0.0.1:PORT."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def changes(self) -> list[tuple[str, str]]:
        """The requests that put something there, or tried to."""
        return [request for request in self.requests if request[0] in CHANGES]


class _Guard(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    registry: ClassVar[LocalRegistry]
    behind: ClassVar[str]

    def _pass_on(self) -> None:
        self.registry.requests.append((self.command, self.path))
        body = b"".join(self._body())
        expected = f"Basic {base64.b64encode(self.registry.login.encode()).decode()}"
        if self.registry.login and self.headers.get("Authorization") != expected:
            self._answer(401, [("WWW-Authenticate", 'Basic realm="registry"')], b"")
            return
        connection = http.client.HTTPConnection(self.behind)
        # Of Accept, builders send one for each type.
        names = {name.title() for name in self.headers if name.lower() not in HOP_BY_HOP}
        headers = {name: ", ".join(self.headers.get_all(name, [])) for name in names}
        connection.request(self.command, self.path, body, headers | {"Content-Length": str(len(body))})
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        self._answer(answer.status, kept, answer.read())
        connection.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815  as http.server wants them

    def _body(self) -> Iterator[bytes]:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            yield self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests read `requests`."""
