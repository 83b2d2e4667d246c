"""What stands for the load balancer of a deployment in a simulated account, and for the gateway behind it."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests.support.certificates import write_certificate

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "content-length"})


class Front:
    """https on loopback for a name, relayed to a real gateway.

    `gateway`: its address. `keys`: what a bearer is called there instead, so that the simulated account's master key
    opens a gateway that has another. `healthy`: whether a replica of the deployment serves; else 503, as a load
    balancer without targets.
    """

    def __init__(
        self,
        directory: Path,
        host: str,
        gateway: str,
        keys: Callable[[str], str],
        healthy: Callable[[], bool] = lambda: True,
    ) -> None:
        self.ca, key = write_certificate(directory, "front", host)
        self.requests: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, gateway, keys, healthy))
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def address(self) -> str:
        """HOST:PORT to connect to."""
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Front:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(
    front: Front, gateway: str, keys: Callable[[str], str], healthy: Callable[[], bool]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._relay()

        def do_POST(self) -> None:
            self._relay()

        def _relay(self) -> None:
            front.requests.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not healthy():
                self._answer(503, {}, b"no target is healthy")
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
            if "Authorization" in headers:
                headers["Authorization"] = f"Bearer {keys(headers['Authorization'].removeprefix('Bearer '))}"
            connection = http.client.HTTPConnection(urlsplit(gateway).netloc, timeout=60)
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            self._answer(answer.status, dict(answer.getheaders()), answer.read())
            connection.close()

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in _HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
