"""One connection: hypercorn's, where it would hang or leak.

Written against hypercorn 0.18; each class says what it changes and why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import h11
from hypercorn.asyncio.task_group import TaskGroup, _handle
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.typing import AppWrapper, ASGIReceiveEvent, ASGISendEvent, ConnectionState, Scope
from hypercorn.utils import parse_socket_addr

from gateway.api.exchange import CLIENT_GONE
from gateway.server.http2 import HTTP2
from gateway.units import KIB, SECONDS

# How long a client may leave what it was sent unread.
SEND_SILENCE = 60 * SECONDS
# Larger pieces are not kept for company.
FLUSH_AT = 32 * KIB

_DISCONNECTS = {"http.disconnect", "websocket.disconnect"}


class HTTP1(H11Protocol):
    """HTTP/1.1 and nothing else: an `Upgrade: h2c` is ignored, as the RFC allows, and answered in HTTP/1.1.

    HTTP/2 is spoken where TLS has agreed on it: in cleartext only programs would use it that a proxy misleads.
    """

    async def _check_protocol(self, event: h11.Request) -> None:  # noqa: ARG002 - hypercorn's signature
        return


class AppTasks(TaskGroup):
    """Gives each request a queue that never blocks on the news that the client has left, and an event for that news.

    hypercorn waits for room in the queue, for ever when the application has answered without reading the body. And an
    application that is busy sending what it has read would not see it in the queue.
    """

    async def spawn_app(
        self,
        app: AppWrapper,
        config: Config,
        scope: Scope,
        send: Callable[[ASGISendEvent | None], Awaitable[None]],
    ) -> Callable[[ASGIReceiveEvent], Awaitable[None]]:
        queue: asyncio.Queue[ASGIReceiveEvent] = asyncio.Queue(config.max_app_queue_size)
        gone = asyncio.Event()
        if scope["type"] == "http":
            scope["extensions"][CLIENT_GONE] = {"event": gone}

        def call_soon(function: Callable[..., Any], *arguments: Any) -> Any:
            return asyncio.run_coroutine_threadsafe(function(*arguments), self._loop).result()

        in_thread = partial(self._loop.run_in_executor, None)
        self.spawn(_handle, app, config, scope, queue.get, send, in_thread, call_soon)

        async def put(message: ASGIReceiveEvent) -> None:
            if message["type"] not in _DISCONNECTS:
                await queue.put(message)
                return
            gone.set()
            # What was not read will not be read any more.
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(message)

        return put


class Connection(TCPServer):
    """Ends as soon as the client has closed its side, and does not wait for ever for one that does not read.

    hypercorn keeps the socket of a client that has gone for as long as an idle one.
    """

    _client_closed = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._unsent: list[bytes] = []

    async def run(self) -> None:
        transport_info = self.writer.get_extra_info
        try:
            socket = transport_info("socket")
            client = parse_socket_addr(socket.family, socket.getpeername())
            server = parse_socket_addr(socket.family, socket.getsockname())
            async with AppTasks(self.loop) as tasks:
                self._task_group = tasks
                tls = transport_info("ssl_object")
                speaks_http2 = tls is not None and tls.selected_alpn_protocol() == "h2"
                protocol: type[HTTP1 | HTTP2] = HTTP2 if speaks_http2 else HTTP1
                self.protocol = protocol(  # type: ignore[assignment]  # in place of hypercorn's choice of protocols
                    self.app,
                    self.config,
                    self.context,
                    tasks,
                    ConnectionState(self.state),
                    tls is not None,
                    client,
                    server,
                    self.protocol_send,
                )
                await self.protocol.initiate()
                await self.idle_task.restart(tasks, self._idle_timeout)
                await self._read_data()
                self._client_closed = True
                await self.idle_task.stop()
        except OSError:
            pass  # the client left before it could be asked who it was
        finally:
            await self._close()

    async def protocol_send(self, event: Event) -> None:
        if isinstance(event, RawData):
            await self._write(event.data)
        elif not (isinstance(event, Updated) and self._client_closed):
            await super().protocol_send(event)

    async def _write(self, data: bytes) -> None:
        """Send with what else is written in this turn of the event loop: a head and its body, in one system call."""
        if not self._unsent:
            self.loop.call_soon(self._flush)
        self._unsent.append(data)
        transport = self.writer.transport
        try:
            if transport.get_write_buffer_size() or transport.is_closing() or len(data) >= FLUSH_AT:
                self._flush()
                async with asyncio.timeout(SEND_SILENCE):
                    await self.writer.drain()
        except TimeoutError:
            transport.abort()
            await self.protocol.handle(Closed())
        except (ConnectionError, RuntimeError):
            await self.protocol.handle(Closed())

    def _flush(self) -> None:
        data = b"".join(self._unsent)
        self._unsent.clear()
        if data and not self.writer.transport.is_closing():
            self.writer.write(data)

    async def _close(self) -> None:
        self._flush()
        with suppress(TimeoutError):  # a client that does not close its side of TLS
            await super()._close()
