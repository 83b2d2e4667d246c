"""ASGI middleware: gives each request an id, and writes one line when it has ended."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Any

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope

from gateway.telemetry.logs import ACCESS_LOGGER

REQUEST_ID = b"x-request-id"
# Longer or stranger ids are not taken over: they would be written to logs.
_ACCEPTABLE_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")

_log = logging.getLogger(ACCESS_LOGGER)


def request_id_of(headers: list[tuple[bytes, bytes]]) -> str:
    """The client's own id, so that its logs and ours can be joined; a new one where it has none that will do."""
    given = next((value for name, value in headers if name == REQUEST_ID), b"")
    return given.decode("ascii") if _ACCEPTABLE_ID.fullmatch(given) else secrets.token_hex(16)


class AccessLog:
    """Logs method, path, status, time, size and who called; never a query, a header's value or a body.

    A query may hold a key (`/key/info?key=…`), a body somebody's words.
    """

    def __init__(self, app: ASGIFramework) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        record = _Record(scope)
        try:
            await self._app(scope, receive, record.watching(send))
        finally:
            record.write()


class _Record:
    def __init__(self, scope: Any) -> None:
        self._scope = scope
        self._begin = time.perf_counter()
        self._status: int | None = None
        self._bytes = 0
        self._complete = False
        self.request_id = request_id_of(scope["headers"])
        scope.setdefault("state", {})["request_id"] = self.request_id

    def watching(self, send: ASGISendCallable) -> ASGISendCallable:
        answer_header = (REQUEST_ID, self.request_id.encode())

        async def watched(event: ASGISendEvent) -> None:
            message: Any = event
            kind = message["type"]
            if kind in {"http.response.start", "websocket.http.response.start"}:
                self._status = message["status"]
                message["headers"] = [*message["headers"], answer_header]
            elif kind == "websocket.accept":
                self._status = 101
            elif kind == "http.response.body":
                self._bytes += len(message["body"])
                self._complete = not message.get("more_body", False)
            await send(message)

        return watched

    def write(self) -> None:
        scope = self._scope
        client = scope.get("client")
        fields = {
            "request_id": self.request_id,
            "method": scope.get("method", "WEBSOCKET"),
            "path": scope["path"],
            "status": self._status,
            "ms": round((time.perf_counter() - self._begin) * 1000, 2),
            "bytes": self._bytes,
            "client": client[0] if client else None,
        }
        if scope["type"] == "http" and not self._complete:
            fields["incomplete"] = True
        _log.info("request", extra=fields)
