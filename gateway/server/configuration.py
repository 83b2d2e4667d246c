"""hypercorn's configuration for our settings."""

from __future__ import annotations

import logging

from hypercorn.config import Config

from gateway.settings import Settings
from gateway.units import KIB


def hypercorn_config(settings: Settings) -> Config:
    """What hypercorn's sockets, TLS and protocol need to know."""
    config = Config()
    if settings.tls_certificate:
        config.bind, config.insecure_bind = [settings.tls_bind], [settings.bind]
        config.certfile, config.keyfile = settings.tls_certificate, settings.tls_key
    else:
        config.bind = [settings.bind]
    config.alpn_protocols = ["h2", "http/1.1"]
    config.accesslog = None  # ours is in telemetry.access_log
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.h11_max_incomplete_size = 64 * KIB
    config.keep_alive_timeout = settings.keep_alive_timeout
    config.keep_alive_max_requests = 100_000
    config.graceful_timeout = settings.shutdown_timeout
    config.backlog = 1024
    return config
