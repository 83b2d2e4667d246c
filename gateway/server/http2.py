"""HTTP/2 over TLS: hypercorn's, where it would leave a client waiting, let one request hold up others, or be flooded.

Written against hypercorn 0.18. What comes out of it is, to the application, a request like one of HTTP/1.1.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from h2.connection import ConnectionInputs, ConnectionState, H2Connection, H2ConnectionStateMachine
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    PriorityUpdated,
    RequestReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings
from hypercorn.events import Closed
from hypercorn.events import Event as ConnectionEvent
from hypercorn.protocol.events import Body, Data, EndBody, EndData, Request, Response, StreamClosed
from hypercorn.protocol.events import Event as AppEvent
from hypercorn.protocol.h2 import BUFFER_HIGH_WATER, BUFFER_LOW_WATER, BufferCompleteError, H2Protocol, StreamBuffer
from hypercorn.protocol.http_stream import HTTPStream
from hypercorn.utils import filter_pseudo_headers
from priority.priority import MissingStreamError

from gateway.units import KIB, MIB, SECONDS

_log = logging.getLogger("gateway.server")

# How long a client may leave what it was sent unread.
SEND_SILENCE = 60 * SECONDS
# What a client may send of a body before the application has read it: of one request, and of all of a connection.
STREAM_WINDOW = 256 * KIB
CONNECTION_WINDOW = 16 * MIB
_DEFAULT_WINDOW = 65_535
# Requests that a client may call off beyond those that were answered (CVE-2023-44487).
MAX_RESETS = 100

# RFC 9110, section 5.6.2
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 9113, section 8.2.2; hypercorn's own error response has one.
_OF_HTTP_1 = {b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"}


class _UntilTheClientCloses(H2ConnectionStateMachine):
    """A client that says GOAWAY opens no more requests, but waits for the answers of those that it has opened.

    h2 lets nothing be sent any more. The AWS SDK for JavaScript says it as soon as a stream of events begins.
    """

    _transitions = H2ConnectionStateMachine._transitions | {
        (ConnectionState.SERVER_OPEN, ConnectionInputs.RECV_GOAWAY): (None, ConnectionState.SERVER_OPEN)
    }


class Buffer(StreamBuffer):
    """What waits to be sent of an answer: who writes it waits while there is much of it.

    hypercorn's lets its writer go on as soon as nothing can be sent: a client that does not read fills the memory.
    """

    async def push(self, data: bytes) -> None:
        if self._complete:
            raise BufferCompleteError
        self.buffer.extend(data)
        await self._is_empty.clear()
        if len(self.buffer) >= BUFFER_HIGH_WATER:
            await self._paused.clear()
            await self._paused.wait()

    async def pop(self, max_length: int) -> bytes:
        data = bytes(self.buffer[:max_length])
        del self.buffer[:max_length]
        if len(self.buffer) < BUFFER_LOW_WATER:
            await self._paused.set()
        if not self.buffer:
            await self._is_empty.set()
        return data


# The pieces of a request's body; None ends it.
Inbox = asyncio.Queue[DataReceived | None]


class HTTP2(H2Protocol):
    """Each request's body goes to the application by a task of its own, and is acknowledged once it is taken."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # Without extended CONNECT: websockets come over HTTP/1.1.
        self.connection.local_settings = Settings(
            client=False,
            initial_values={
                SettingCodes.MAX_CONCURRENT_STREAMS: self.config.h2_max_concurrent_streams,
                SettingCodes.MAX_HEADER_LIST_SIZE: self.config.h2_max_header_list_size,
                SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW,
            },
        )
        self.connection.state_machine = _UntilTheClientCloses()
        self._inboxes: dict[int, Inbox] = {}
        self._sending: dict[int, asyncio.Timeout] = {}
        self._complete_requests: set[int] = set()
        self._answered: dict[int, asyncio.Event] = {}
        self._missing: dict[int, int] = {}  # bytes that content-length still promises
        self._balance = MAX_RESETS

    async def initiate(self, headers: list[tuple[bytes, bytes]] | None = None, settings: bytes | None = None) -> None:
        await super().initiate(headers, settings)
        self.connection.increment_flow_control_window(CONNECTION_WINDOW - _DEFAULT_WINDOW)
        await self._flush()

    async def handle(self, event: ConnectionEvent) -> None:
        """Whatever a client may have found to upset hypercorn or h2: its connection ends, with all that belongs to it.

        An exception would cancel the requests' tasks instead, which then wait for a client that is not served any more.
        """
        try:
            await super().handle(event)
        except Exception:
            _log.exception("an HTTP/2 connection failed")
            await super().handle(Closed())
            await self.send(Closed())
        if self.closed:
            for buffer in list(self.stream_buffers.values()):
                await buffer.close()

    # --- requests -----------------------------------------------------------------

    async def _handle_events(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, DataReceived):
                self._body(event)
            elif isinstance(event, StreamEnded):
                await self._end_request(event.stream_id)
            elif isinstance(event, RequestReceived) and self.context.terminated.is_set():
                self._reset(event.stream_id, ErrorCodes.REFUSED_STREAM)
            elif isinstance(event, ConnectionTerminated) and event.error_code == ErrorCodes.NO_ERROR:
                continue  # it closes the connection itself, once it has its answers
            elif isinstance(event, StreamReset) and self._floods():
                self.connection.close_connection(ErrorCodes.ENHANCE_YOUR_CALM)
                await self._flush()
                await self.send(Closed())
                return
            else:
                await super()._handle_events([event])
        await self._flush()

    async def _end_request(self, stream_id: int) -> None:
        if self._missing.get(stream_id):
            # RFC 9113, section 8.1.1. h2 sees bodies that are too long; one that is too short would make LiteLLM take
            # the next client's request for the rest of it.
            self._reset(stream_id, ErrorCodes.PROTOCOL_ERROR)
            await self._close_stream(stream_id)
            return
        self._complete_requests.add(stream_id)
        if inbox := self._inboxes.get(stream_id):
            inbox.put_nowait(None)

    def _floods(self) -> bool:
        self._balance -= 1
        return self._balance < 0

    def _body(self, event: DataReceived) -> None:
        inbox = self._inboxes.get(event.stream_id)
        if self._missing.get(event.stream_id):
            self._missing[event.stream_id] -= len(event.data)
        if inbox is None or not event.data:
            self._acknowledge(event)  # of a request that is answered already, or of nothing
        else:
            inbox.put_nowait(event)

    def _acknowledge(self, event: DataReceived) -> None:
        with suppress(ProtocolError):  # the connection has ended meanwhile
            self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)

    async def _priority_updated(self, event: PriorityUpdated) -> None:
        """Nothing: RFC 9113 gives priorities up, and a client could name more streams than are kept."""

    async def _create_stream(self, request: RequestReceived) -> None:
        if fault := _fault(request):
            self._reset(request.stream_id, fault)
            return
        stream_id, pseudo = request.stream_id, dict(request.headers)
        self._missing[stream_id] = _content_length(request)
        self._answered[stream_id] = asyncio.Event()
        inbox: Inbox = asyncio.Queue()
        self._inboxes[stream_id] = inbox
        self.stream_buffers[stream_id] = Buffer(self.context.event_class)
        self.priority.insert_stream(stream_id)
        self.priority.block(stream_id)
        stream = HTTPStream(
            self.app,
            self.config,
            self.context,
            self.task_group,
            self.ssl,
            self.client,
            self.server,
            self.stream_send,
            stream_id,
        )
        self.streams[stream_id] = stream
        await stream.handle(
            Request(
                stream_id=stream_id,
                headers=filter_pseudo_headers(_like_http_1(request)),
                http_version="2",
                method=pseudo[b":method"].decode("ascii"),
                raw_path=pseudo[b":path"],
                state=self.connection_state,
            )
        )
        self.task_group.spawn(self._pump, stream_id, stream, inbox)
        self.keep_alive_requests += 1
        await self.context.mark_request()

    async def _pump(self, stream_id: int, stream: HTTPStream, inbox: Inbox) -> None:
        """A body to its application, as fast as that reads."""
        while (event := await inbox.get()) is not None:
            await stream.handle(Body(stream_id=stream_id, data=event.data))
            self._acknowledge(event)
            await self._flush()
        if stream_id in self._complete_requests:
            await stream.handle(EndBody(stream_id=stream_id))

    # --- answers ------------------------------------------------------------------

    async def stream_send(self, event: AppEvent) -> None:
        if self.closed:
            return
        if isinstance(event, StreamClosed):
            await self._abandon(event.stream_id)
            await super().stream_send(event)
        elif isinstance(event, Body | Data | EndBody | EndData):
            await self._send_within_time(event)
        else:
            if isinstance(event, Response):
                kept = [(name, value) for name, value in event.headers if name.lower() not in _OF_HTTP_1]
                event = replace(event, headers=kept)
            await super().stream_send(event)

    async def _abandon(self, stream_id: int) -> None:
        """An answer that ends before it is complete: what there is of it is sent, then its stream is reset."""
        buffer = self.stream_buffers.get(stream_id)
        if buffer is None or buffer._complete:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(SEND_SILENCE):
                await buffer.drain()
        await self._cut(stream_id, ErrorCodes.INTERNAL_ERROR)

    async def _send_within_time(self, event: AppEvent) -> None:
        stream_id = event.stream_id
        try:
            async with asyncio.timeout(SEND_SILENCE) as silence:
                self._sending[stream_id] = silence
                await super().stream_send(event)
                if isinstance(event, EndBody | EndData) and (answered := self._answered.get(stream_id)):
                    # Until its end has been sent: when the gateway stops, the connection is closed right after.
                    await answered.wait()
        except TimeoutError:
            await self._cut(stream_id, ErrorCodes.CANCEL)
            await self._close_stream(stream_id)
        finally:
            self._sending.pop(stream_id, None)

    async def _send_data(self, stream_id: int) -> None:
        buffer = self.stream_buffers.get(stream_id)
        if buffer is None:
            with suppress(MissingStreamError):
                self.priority.remove_stream(stream_id)
            return
        before = len(buffer.buffer)
        with suppress(KeyError):  # cut while its data was being written
            await super()._send_data(stream_id)
        silence = self._sending.get(stream_id)
        if silence is not None and len(buffer.buffer) < before and not silence.expired():
            silence.reschedule(asyncio.get_running_loop().time() + SEND_SILENCE)
        if stream_id not in self.stream_buffers and stream_id in self.streams:  # answered, and not called off
            self._set_answered(stream_id)
            self._balance = min(MAX_RESETS, self._balance + 1)
            if stream_id not in self._complete_requests:
                # The rest of the body is of no use to anybody (RFC 9113, section 8.1).
                self._reset(stream_id, ErrorCodes.NO_ERROR)
                await self._flush()

    async def _close_stream(self, stream_id: int) -> None:
        if inbox := self._inboxes.pop(stream_id, None):
            while not inbox.empty():
                if event := inbox.get_nowait():
                    self._acknowledge(event)
            inbox.put_nowait(None)
        self._set_answered(stream_id)
        self._missing.pop(stream_id, None)
        self._complete_requests.discard(stream_id)
        await super()._close_stream(stream_id)

    def _set_answered(self, stream_id: int) -> None:
        if answered := self._answered.pop(stream_id, None):
            answered.set()

    async def _cut(self, stream_id: int, code: ErrorCodes) -> None:
        self._reset(stream_id, code)
        await self._flush()
        if buffer := self.stream_buffers.pop(stream_id, None):
            await buffer.close()
        with suppress(MissingStreamError):
            self.priority.remove_stream(stream_id)

    def _reset(self, stream_id: int, code: ErrorCodes) -> None:
        connection: H2Connection = self.connection
        with suppress(ProtocolError):  # the client was first
            connection.reset_stream(stream_id, code)


def _fault(request: RequestReceived) -> ErrorCodes | None:
    """Why the request cannot be served, as h2 does not look for it."""
    headers = dict(request.headers)
    if headers[b":method"] == b"CONNECT":
        return ErrorCodes.HTTP_1_1_REQUIRED
    sound = _TOKEN.fullmatch(headers[b":method"]) and headers.get(b":path", b"").isascii()
    ends_too_soon = request.stream_ended is not None and _content_length(request)
    return ErrorCodes.PROTOCOL_ERROR if not sound or ends_too_soon else None


def _content_length(request: RequestReceived) -> int:
    """Bytes, as the header promises them; h2 has seen that it is a number."""
    return int(dict(request.headers).get(b"content-length", b"0"))


def _like_http_1(request: RequestReceived) -> list[tuple[bytes, bytes]]:
    """The request's headers as HTTP/1.1 would have them.

    Its cookies are one header (RFC 9113, section 8.2.3), and a body of unknown length is announced: HTTP/2 ends it by
    a flag, which a request to LiteLLM must not overlook.
    """
    cookies = [value for name, value in request.headers if name == b"cookie"]
    headers = [(name, value) for name, value in request.headers if name != b"cookie"]
    if cookies:
        headers.append((b"cookie", b"; ".join(cookies)))
    names = {name for name, _ in headers}
    if request.stream_ended is None and b"content-length" not in names:
        headers.append((b"transfer-encoding", b"chunked"))
    return headers
