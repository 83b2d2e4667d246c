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
from gateway.upstream.address import Address


def serve(settings: Settings) -> int:
    """Serve until stopped; returns the exit code. Raises OSError when an address cannot be bound."""
    sockets = hypercorn_config(settings).create_sockets()
    secure, insecure = sockets.secure_sockets, sockets.insecure_sockets
    with contextlib.ExitStack() as stack:
        for one in (*secure, *insecure):
            stack.enter_context(one)
            one.listen(1024)  # a worker that dies does not take the connections that wait with it
        if settings.workers > 1:
            arguments = (settings, secure, insecure)
            hangups = settings.litellm_url_file is not None
            return Workers(
                settings.workers, _worker, arguments, settings.shutdown_timeout, forward_hangups=hangups
            ).run()
        _run(settings, sockets)
    return 0


def _worker(settings: Settings, secure: list[socket.socket], insecure: list[socket.socket]) -> None:
    configure_logs(settings.log_level)
    _run(settings, Sockets(secure, insecure, []))


def _run(settings: Settings, sockets: Sockets) -> None:
    address = Address(settings)
    on_hangup = address.reread if address.can_change else None
    run_worker(partial(create_app, settings, address), hypercorn_config(settings), sockets, on_hangup)
