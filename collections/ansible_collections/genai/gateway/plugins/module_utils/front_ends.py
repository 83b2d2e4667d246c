"""A real completion through each front end of a gateway."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

QUESTION = "Are you there?"
ERROR_CHARACTERS = 500


class VerificationError(Exception):
    """A front end does not answer as it should; the message says which, where and what came instead."""


@dataclass(frozen=True)
class FrontEnd:
    """How one dialect asks a question, and where its answer is."""

    path: Callable[[str], str]
    body: Callable[[str], dict[str, Any]]
    text: Callable[[Any], str]


def _openai_body(model: str) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": QUESTION}]}


def _bedrock_body(_model: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"text": QUESTION}]}]}


FRONT_ENDS: Mapping[str, FrontEnd] = {
    "openai": FrontEnd(
        path=lambda _model: "/v1/chat/completions",
        body=_openai_body,
        text=lambda answer: answer["choices"][0]["message"]["content"],
    ),
    "bedrock": FrontEnd(
        path=lambda model: f"/bedrock/model/{urllib.parse.quote(model, safe='')}/converse",
        body=_bedrock_body,
        text=lambda answer: next(part["text"] for part in answer["output"]["message"]["content"] if "text" in part),
    ),
}


def trust(ca: str | None) -> ssl.SSLContext:
    """The usual certificate authorities, or only the one in the file. Raises VerificationError when it is not one."""
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise VerificationError(f"cannot read the certificate {ca}: {error}") from error


@dataclass(frozen=True)
class Gateway:
    """Where a gateway is found, and whom to trust there.

    `url`: its address without a path. `connect_to`: HOST:PORT to connect to instead of the host of `url`, whose name
    the certificate still has to be for; for a load balancer that is reached through a tunnel. `seconds`: how long one
    answer may take. Raises VerificationError when the address is none, or `connect_to`.
    """

    url: str
    context: ssl.SSLContext
    connect_to: str | None = None
    seconds: float = 30

    def __post_init__(self) -> None:
        _ = self.address  # refuse now what is no address

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to connect to."""
        if self.connect_to:
            return _split(self.connect_to)
        try:
            parts = urllib.parse.urlsplit(self.url)
            host, port = parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        except ValueError:
            host = port = None
        if not host or not port:
            raise VerificationError(f"the address of a gateway is like https://gateway.example.com, not {self.url}")
        return host, port

    def ask(self, name: str, key: str, model: str) -> str:
        """Ask the model one question through the front end; the text of its answer.

        Raises VerificationError, which never holds the key.
        """
        front_end = FRONT_ENDS[name]
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = self._send(name, front_end.path(model), headers, json.dumps(front_end.body(model)).encode(), key)
        return _text(name, front_end, body)

    def wait_until_ready(self, path: str, seconds: float) -> None:
        """Wait until the path answers 200. Raises VerificationError after that many seconds, with the last answer."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._send("readiness", path, {})
            except VerificationError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(min(2.0, max(0.1, deadline - time.monotonic())))
            else:
                return

    def get(self, what: str, path: str, key: str) -> bytes:
        """What a path answers to the bearer of the key. Raises VerificationError, which never holds the key."""
        return self._send(what, path, {"Authorization": f"Bearer {key}"}, key=key)

    def get_any(self, what: str, path: str) -> bytes:
        """What a path answers to anybody, whatever its status. Raises VerificationError when nothing answers."""
        return self._send(what, path, {}, any_status=True)

    def _send(
        self,
        what: str,
        path: str,
        headers: dict[str, str],
        data: bytes | None = None,
        key: str = "",
        *,
        any_status: bool = False,
    ) -> bytes:
        address = self.url.rstrip("/") + path
        request = urllib.request.Request(address, data, headers)  # noqa: S310 - the operator's own gateway
        asked = f"{what}: {request.get_method()} {address}"
        try:
            with self._opener().open(request, timeout=self.seconds) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            body = _body(error)
            if any_status:
                return body
            said = body.decode(errors="replace")[:ERROR_CHARACTERS]
            raise VerificationError(f"{asked} answers {error.code}: {_without(key, said)}") from error
        except (OSError, http.client.HTTPException) as error:
            raise VerificationError(f"{asked} fails: {error}") from error

    def _opener(self) -> urllib.request.OpenerDirector:
        to = self.address if self.connect_to else None
        handlers = [_HttpHandler(to), _HttpsHandler(self.context, to), _NoRedirects()]
        if to or self.address[0] in ("127.0.0.1", "localhost", "::1"):
            handlers.append(urllib.request.ProxyHandler({}))  # loopback is never reached through a proxy
        return urllib.request.build_opener(*handlers)


def _split(connect_to: str) -> tuple[str, int]:
    host, _, port = connect_to.rpartition(":")
    if not host or not port.isdecimal():
        raise VerificationError(f"connect_to is HOST:PORT, such as 127.0.0.1:8443, not {connect_to}")
    return host.strip("[]"), int(port)


def _body(error: urllib.error.HTTPError) -> bytes:
    try:
        return bytes(error.read())
    except (OSError, http.client.HTTPException):
        return b""  # its status was told


def _without(key: str, text: str) -> str:
    return text.replace(key, "(key)") if key else text


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key goes nowhere but to the gateway; a redirect is an answer like others."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _connected(connection: http.client.HTTPConnection, to: tuple[str, int] | None) -> http.client.HTTPConnection:
    """The connection, which goes elsewhere than its address says where that is wanted."""
    if to:
        # The seam that the standard library has for it, without a public name.
        connection._create_connection = lambda _address, *rest: socket.create_connection(to, *rest)  # type: ignore[attr-defined]
    return connection


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, to: tuple[str, int] | None) -> None:
        super().__init__()
        self._to = to

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, **options: Any) -> http.client.HTTPConnection:
        return _connected(http.client.HTTPConnection(host, **options), self._to)


class _HttpsHandler(urllib.request.HTTPSHandler):
    """TLS is with the name of the address."""

    def __init__(self, context: ssl.SSLContext, to: tuple[str, int] | None) -> None:
        super().__init__(context=context)
        self._tls = context
        self._to = to

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, **options: Any) -> http.client.HTTPConnection:
        return _connected(http.client.HTTPSConnection(host, context=self._tls, **options), self._to)


def _text(name: str, front_end: FrontEnd, body: bytes) -> str:
    try:
        text = front_end.text(json.loads(body))
    except (ValueError, KeyError, IndexError, TypeError, StopIteration):
        text = None
    if not isinstance(text, str) or not text:
        said = body.decode(errors="replace")[:ERROR_CHARACTERS]
        raise VerificationError(f"{name}: the answer has no text: {said}")
    return text
