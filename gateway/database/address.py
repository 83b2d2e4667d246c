"""A database's URL as the arguments of Tortoise's client."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tortoise.backends.base.config_generator import expand_db_url

from gateway.database.connection import PooledConnection

SQLITE = "sqlite"
POSTGRES = "postgres"

# Told to Postgres, so that who looks at its sessions knows whose they are.
APPLICATION = "genai-gateway"


def dialect_of(url: str) -> str:
    """SQLITE or POSTGRES."""
    return SQLITE if url.startswith("sqlite:") else POSTGRES


def connection_config(url: str, *, connections: int, timeout: float) -> dict[str, Any]:
    """Engine and credentials; `timeout` in seconds is for connecting, and for SQLite's waiting for another writer."""
    config: dict[str, Any] = expand_db_url(url.partition("?")[0])
    credentials = config["credentials"]
    if dialect_of(url) == SQLITE:
        # What is deleted is overwritten, not only unlinked.
        return config | {"credentials": credentials | {"busy_timeout": round(timeout * 1000), "secure_delete": "ON"}}
    credentials |= {
        "minsize": 1,
        "maxsize": connections,
        "timeout": timeout,
        # Far beyond what a caller waits: it ends what nobody waits for any more.
        "command_timeout": 60.0,
        "application_name": APPLICATION,
        "connection_class": PooledConnection,
        "ssl": _tls(dict(parse_qsl(urlsplit(url).query))),
    }
    return config


def _tls(query: dict[str, str]) -> ssl.SSLContext | str | None:
    """libpq's parameters: https://www.postgresql.org/docs/current/libpq-ssl.html"""
    mode = query.get("sslmode")
    if mode not in {"verify-ca", "verify-full"}:
        return mode
    context = ssl.create_default_context(cafile=query.get("sslrootcert"))
    context.check_hostname = mode == "verify-full"
    return context
