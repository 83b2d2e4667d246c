"""One HTTP request and its response, straight on ASGI: for the paths where a framework's cost would show."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, WebsocketScope

from gateway.errors import (
    BodyTooLarge,
    MalformedBody,
    MalformedRequest,
    MissingCredentials,
    RequestTimeout,
    UnsupportedContentType,
)
from gateway.units import MIB, SECONDS
from gateway.upstream.headers import has_credentials

# A refused body is read on for a while: closing at once would reset the connection before the client
# has read the refusal.
DRAIN_FACTOR = 4
DRAIN_TIME = 10 * SECONDS
# Of a body that nobody wants, for the sake of the connection.
DISCARDED = 1 * MIB
# How long a client may pause within a body that is read whole.
BODY_SILENCE = 60 * SECONDS


_NO_CONTROLS = re.compile(r"[^\x00-\x1f\x7f]*")

# The server's extension of ASGI: an event that is set once the client has gone, whoever reads the body meanwhile.
CLIENT_GONE = "gateway.client_gone"

# A hostile body of small elements costs a hundred times its size once parsed, and the time to parse it.
MAX_JSON_ELEMENTS = 1_000_000


class ClientLeft(Exception):
    """The client closed its connection; there is nobody to answer."""


def target_of(scope: HTTPScope | WebsocketScope) -> str:
    """Path and query as the client wrote them, percent-encoding included."""
    query = scope["query_string"]
    raw = scope["raw_path"]
    return (raw + b"?" + query if query else raw).decode("ascii")


def check_target(scope: HTTPScope | WebsocketScope) -> None:
    """Raises MalformedRequest unless the target is a path: others name a host (RFC 9112, section 3.2).

    Nor are control characters taken: servers do not agree on where a path with a line's end in it leads.
    """
    if not scope["raw_path"].startswith(b"/"):
        raise MalformedRequest("the request's target must be a path that begins with /; this is no forward proxy")
    if not _NO_CONTROLS.fullmatch(scope["path"]):
        raise MalformedRequest("the request's path must not have control characters")


def check_framing(headers: list[tuple[bytes, bytes]]) -> None:
    """Raises MalformedRequest where two headers tell the length (RFC 9112, section 6.3): an attempt at smuggling."""
    names = {name for name, _ in headers}
    if b"content-length" in names and b"transfer-encoding" in names:
        raise MalformedRequest("a request must not have both content-length and transfer-encoding")


def client_of(scope: HTTPScope | WebsocketScope) -> str | None:
    """The address of who is connected; none over a Unix socket."""
    address = scope["client"]
    return address[0] if address else None


def parse_json_object(raw: bytes) -> dict[str, Any]:
    """Raises MalformedBody when the bytes are not a JSON object, or one that is not worth parsing."""
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > MAX_JSON_ELEMENTS:
        raise MalformedBody(f"the body has more than {MAX_JSON_ELEMENTS} elements")
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        reason = "it is empty" if not raw.strip() else str(error)
        raise MalformedBody(f"the body is not valid JSON: {reason}") from None
    if not isinstance(parsed, dict):
        raise MalformedBody("the body must be a JSON object")
    return parsed


class Exchange:
    """A request that is read once and answered once."""

    def __init__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self.scope = scope
        self.headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        self.started = False
        self.client_left = False
        self._received = 0  # bytes of the body
        self._receive = receive
        self._send = send
        self._gone: asyncio.Event = scope["extensions"][CLIENT_GONE]["event"]

    @property
    def request_id(self) -> str:
        return str(self.scope["state"]["request_id"])

    @property
    def target(self) -> str:
        return target_of(self.scope)

    @property
    def client(self) -> str | None:
        return client_of(self.scope)

    def header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key == name), None)

    # --- reading ------------------------------------------------------------

    @property
    def chunked(self) -> bool:
        return self.header(b"transfer-encoding") is not None

    @property
    def content_length(self) -> int | None:
        """Bytes of the body, where it is known; a transfer-encoding overrides it (RFC 9112, section 6.3)."""
        declared = None if self.chunked else self.header(b"content-length")
        return int(declared) if declared is not None else None

    @property
    def has_body(self) -> bool:
        """RFC 9112, section 6: a request has a body where one of these two headers says so."""
        return self.chunked or bool(self.content_length)

    async def stream(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises ClientLeft when it breaks off, MalformedRequest when it is not of its length."""
        more = True
        while more:
            message: Any = await self._receive()
            if message["type"] == "http.disconnect":
                self.client_left = True
                raise ClientLeft
            more = message["more_body"]
            if message["body"]:
                self._received += len(message["body"])
                yield message["body"]
        if self.content_length not in {None, self._received}:
            # Relayed, it would make LiteLLM take the next request of the connection for the rest of this one.
            raise MalformedRequest("the body is not of the length that content-length tells")

    async def body(self, limit: int, setting: str = "GATEWAY_BODY_LIMIT") -> bytes:
        """The whole body, at most `limit` bytes, as `setting` says. Raises BodyTooLarge, RequestTimeout, ClientLeft."""
        declared = self.content_length or 0
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_SILENCE) as silence:
                async for chunk in self.stream():
                    size += len(chunk)
                    if max(size, declared) > limit:
                        await self._drain(limit)
                        raise BodyTooLarge(f"the body is larger than the {limit} bytes allowed ({setting})")
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

    async def json_body(self, limit: int, setting: str = "GATEWAY_BODY_LIMIT") -> bytes:
        """The body, once a key is there and the content type is right.

        Raises MissingCredentials, UnsupportedContentType, BodyTooLarge, RequestTimeout, ClientLeft.
        """
        self._check_head()
        return await self.body(limit, setting)

    async def discard_body(self) -> None:
        """Read what is left of a body that is small: the server closes the connection of one that was not read, and
        the client's next request on it is lost."""
        if self.header(b"expect") is None and 0 < (self.content_length or 0) <= DISCARDED:
            try:
                async with asyncio.timeout(DRAIN_TIME):
                    while self._received < (self.content_length or 0):
                        message: Any = await self._receive()
                        if message["type"] == "http.disconnect":
                            return
                        self._received += len(message["body"])
            except TimeoutError:
                return

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

        async def watch() -> None:
            await self._gone.wait()
            self.client_left = True
            task.cancel()

        watcher = asyncio.create_task(watch())
        try:
            yield
        except asyncio.CancelledError:
            if self.client_left and task.uncancel() == 0:
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
