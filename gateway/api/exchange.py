"""One HTTP request and its response, straight on ASGI: for the paths where a framework's cost would show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from gateway.errors import BodyTooLarge, MalformedBody, MissingCredentials, RequestTimeout, UnsupportedContentType
from gateway.settings import SECONDS
from gateway.upstream.headers import has_credentials

# A refused body is read on for a while: closing at once would reset the connection before the client
# has read the refusal.
DRAIN_FACTOR = 4
DRAIN_TIME = 10 * SECONDS
# How long a client may pause within a body that is read whole.
BODY_SILENCE = 60 * SECONDS


class ClientLeft(Exception):
    """The client closed its connection; there is nobody to answer."""


class Exchange:
    """A request that is read once and answered once."""

    def __init__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self.scope = scope
        self.headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        self.started = False
        self._receive = receive
        self._send = send
        self._body_read = asyncio.Event()

    @property
    def request_id(self) -> str:
        return str(self.scope["state"]["request_id"])

    @property
    def target(self) -> str:
        """Path and query as the client wrote them, percent-encoding included."""
        query = self.scope["query_string"]
        raw = self.scope["raw_path"]
        return (raw + b"?" + query if query else raw).decode("ascii")

    @property
    def client(self) -> str | None:
        address = self.scope["client"]
        return address[0] if address else None

    def header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key == name), None)

    # --- reading ------------------------------------------------------------

    @property
    def has_body(self) -> bool:
        """RFC 9112, section 6: a request has a body where one of these two headers says so."""
        return self.header(b"content-length") not in {None, b"0"} or self.header(b"transfer-encoding") is not None

    async def stream(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises ClientLeft when it breaks off."""
        more = True
        while more:
            message: Any = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            more = message["more_body"]
            if message["body"]:
                yield message["body"]
        self._body_read.set()

    async def body(self, limit: int) -> bytes:
        """The whole body, at most `limit` bytes. Raises BodyTooLarge, RequestTimeout, ClientLeft."""
        declared = int(self.header(b"content-length") or 0)
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_SILENCE) as silence:
                async for chunk in self.stream():
                    size += len(chunk)
                    if max(size, declared) > limit:
                        await self._drain(limit)
                        raise BodyTooLarge(f"the body is larger than the {limit} bytes allowed (GATEWAY_BODY_LIMIT)")
                    chunks.append(chunk)
                    silence.reschedule(asyncio.get_running_loop().time() + BODY_SILENCE)
        except TimeoutError:
            raise RequestTimeout(f"no more of the body came for {BODY_SILENCE:g} seconds") from None
        return b"".join(chunks)

    async def _drain(self, limit: int) -> None:
        drained = 0
        try:
            async with asyncio.timeout(DRAIN_TIME):
                async for chunk in self.stream():
                    drained += len(chunk)
                    if drained > DRAIN_FACTOR * limit:
                        return
        except TimeoutError:
            return

    async def json_object(self, limit: int) -> tuple[bytes, dict[str, Any]]:
        """The body as bytes and as a JSON object, once a key is there and the content type is right.

        Raises MissingCredentials, UnsupportedContentType, BodyTooLarge, MalformedBody, ClientLeft.
        """
        self._check_head()
        raw = await self.body(limit)
        try:
            parsed = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            reason = "it is empty" if not raw.strip() else str(error)
            raise MalformedBody(f"the body is not valid JSON: {reason}") from None
        if not isinstance(parsed, dict):
            raise MalformedBody("the body must be a JSON object")
        return raw, parsed

    def _check_head(self) -> None:
        if not has_credentials(self.headers):
            raise MissingCredentials("no API key was sent; send the header Authorization: Bearer <key>")
        content_type = (self.header(b"content-type") or b"application/json").split(b";")[0].strip().lower()
        if content_type != b"application/json":
            shown = content_type.decode("latin-1")[:80]
            raise UnsupportedContentType(f'the content type must be application/json, it is "{shown}"')
        encoding = (self.header(b"content-encoding") or b"identity").strip().lower()
        if encoding != b"identity":
            raise UnsupportedContentType("compressed bodies are not taken; send the body without content-encoding")

    @asynccontextmanager
    async def while_client_stays(self) -> AsyncIterator[None]:
        """Cancels what runs inside when the client goes away, and raises ClientLeft in its place."""
        task = asyncio.current_task()
        assert task is not None
        left = False

        async def watch() -> None:
            nonlocal left
            await self._body_read.wait()
            while (await self._receive())["type"] != "http.disconnect":
                pass
            left = True
            task.cancel()

        if not self.has_body:
            self._body_read.set()
        watcher = asyncio.create_task(watch())
        try:
            yield
        except asyncio.CancelledError:
            if left and task.uncancel() == 0:
                raise ClientLeft from None
            raise
        finally:
            watcher.cancel()

    # --- answering ----------------------------------------------------------

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def finish(self, data: bytes = b"") -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": False})

    async def respond(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        await self.start(status, [*headers, (b"content-length", str(len(body)).encode())])
        await self.finish(body)
