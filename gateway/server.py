"""Serves the application with hypercorn."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
from collections.abc import Callable

import hypercorn.asyncio
import hypercorn.run
from hypercorn.config import Config

from gateway.app import create_app
from gateway.settings import KIB, Settings

APPLICATION = "asgi:gateway.app:from_environment()"


def hypercorn_config(settings: Settings) -> Config:
    """hypercorn's settings for ours."""
    config = Config()
    if settings.tls_certificate:
        config.bind, config.insecure_bind = [settings.tls_bind], [settings.bind]
        config.certfile, config.keyfile = settings.tls_certificate, settings.tls_key
    else:
        config.bind = [settings.bind]
    config.workers = settings.workers
    config.worker_class = "uvloop" if has_uvloop() else "asyncio"
    config.application_path = APPLICATION
    config.accesslog = None  # ours is in telemetry.access_log
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    # A response that fails half way must end the connection; HTTP/2 streams are not reset by hypercorn then.
    config.alpn_protocols = ["http/1.1"]
    config.h11_max_incomplete_size = 64 * KIB
    config.keep_alive_timeout = settings.keep_alive_timeout
    config.keep_alive_max_requests = 100_000
    config.graceful_timeout = settings.shutdown_timeout
    config.backlog = 1024
    return config


def has_uvloop() -> bool:
    """uvloop is not to be had everywhere."""
    return importlib.util.find_spec("uvloop") is not None


def serve(settings: Settings) -> int:
    """Serve until stopped; returns the exit code. Raises OSError when an address cannot be bound."""
    config = hypercorn_config(settings)
    if settings.workers > 1:
        return hypercorn.run.run(config)
    _bind(config)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(hypercorn.asyncio.serve(create_app(settings), config))
    return 0


def _bind(config: Config) -> None:
    """Take the addresses now: hypercorn would do so only after the application has started."""
    sockets = config.create_sockets()
    secure = [f"fd://{one.detach()}" for one in sockets.secure_sockets]
    insecure = [f"fd://{one.detach()}" for one in sockets.insecure_sockets]
    config.bind, config.insecure_bind = (secure, insecure) if config.ssl_enabled else (insecure, [])


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if not has_uvloop():
        return None
    import uvloop

    return uvloop.new_event_loop
