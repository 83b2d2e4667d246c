"""Serves the application in this process until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config, Sockets
from hypercorn.utils import repr_socket_addr, wrap_app
from quart import Quart

from gateway.server.connection import Connection
from gateway.units import SECONDS

# How long a client may take to close its side of TLS, and an aborted task to end.
TLS_SHUTDOWN = 2 * SECONDS
ABORTED_WITHIN = 2 * SECONDS

_log = logging.getLogger("gateway.server")


def run_worker(
    create_app: Callable[[], Quart],
    config: Config,
    sockets: Sockets,
    on_hangup: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, on uvloop where it can be had. `on_hangup`: what SIGHUP does; None: it ends us."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve_until_signalled(create_app(), config, sockets, on_hangup))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _serve_until_signalled(
    app: Quart, config: Config, sockets: Sockets, on_hangup: Callable[[], None] | None
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if on_hangup is not None:
        loop.add_signal_handler(signal.SIGHUP, on_hangup)
        # Whoever started this process has held back the signal until somebody listens to it.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    await app.startup()
    try:
        await _Listener(app, config).serve(sockets, stop)
    finally:
        await app.shutdown()


class _Listener:
    """Accepts connections, and knows those that are open."""

    def __init__(self, app: Quart, config: Config) -> None:
        self._app = app
        self._wrapped = wrap_app(app, config.wsgi_max_body_size, "asgi")
        self._config = config
        self._context = WorkerContext(None)
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, sockets: Sockets, stop: asyncio.Event) -> None:
        """Until `stop` is set; then requests under way have `graceful_timeout` seconds to end."""
        servers = await self._listen(sockets)
        await stop.wait()
        for server in servers:
            server.close()
        await self._context.terminated.set()
        self._app.shutdown_event.set()  # long-lived websockets close themselves
        if self._open:
            await asyncio.wait(self._open, timeout=self._config.graceful_timeout)
        await self._abort()

    async def _listen(self, sockets: Sockets) -> list[asyncio.Server]:
        servers = []
        tls: dict[str, Any] = {
            "ssl": self._config.create_ssl_context(),
            "ssl_handshake_timeout": self._config.ssl_handshake_timeout,
            "ssl_shutdown_timeout": TLS_SHUTDOWN,
        }
        plain: dict[str, Any] = {}
        listening = [(sock, "https", tls) for sock in sockets.secure_sockets]
        listening += [(sock, "http", plain) for sock in sockets.insecure_sockets]
        for sock, scheme, options in listening:
            servers.append(
                await asyncio.start_server(self._connected, sock=sock, backlog=self._config.backlog, **options)
            )
            _log.info("Running on %s://%s", scheme, repr_socket_addr(sock.family, sock.getsockname()))
        return servers

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            loop = asyncio.get_running_loop()
            await Connection(self._wrapped, loop, self._config, self._context, {}, reader, writer)
        finally:
            del self._open[task]

    async def _abort(self) -> None:
        tasks = list(self._open)
        if not tasks:
            return
        _log.warning("%d connections did not end in time and were cut", len(tasks))
        for task, writer in self._open.items():
            writer.transport.abort()
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait(tasks, timeout=ABORTED_WITHIN)
