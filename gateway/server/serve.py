"""From settings to a gateway that serves, in one process or in several."""

from __future__ import annotations

import contextlib
import socket
from functools import partial

from hypercorn.config import Sockets

from gateway.app import create_app
from gateway.server.configuration import hypercorn_config
from gateway.server.worker import run_worker
from gateway.server.workers import Workers
from gateway.settings import Settings
from gateway.telemetry.logs import configure_logs


def serve(settings: Settings) -> int:
    """Serve until stopped; returns the exit code. Raises OSError when an address cannot be bound."""
    sockets = hypercorn_config(settings).create_sockets()
    secure, insecure = sockets.secure_sockets, sockets.insecure_sockets
    with contextlib.ExitStack() as stack:
        for one in (*secure, *insecure):
            stack.enter_context(one)
            one.listen(1024)  # a worker that dies does not take the connections that wait with it
        if settings.workers > 1:
            return Workers(settings.workers, _worker, (settings, secure, insecure), settings.shutdown_timeout).run()
        run_worker(partial(create_app, settings), hypercorn_config(settings), sockets)
    return 0


def _worker(settings: Settings, secure: list[socket.socket], insecure: list[socket.socket]) -> None:
    configure_logs(settings.log_level)
    run_worker(partial(create_app, settings), hypercorn_config(settings), Sockets(secure, insecure, []))
