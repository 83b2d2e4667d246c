"""Database URLs as Prisma writes them, taken apart for asyncpg."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SCHEMES = ("postgresql", "postgres")
DEFAULT_PORT = 5432
# Prisma's `prefer` and asyncpg's are the same; these are the modes that both have.
SSL_MODES = ("disable", "prefer", "require")


class DatabaseUrlError(ValueError):
    """Not the URL of a database; the message holds nothing of it that could be a secret."""


def connection_arguments(url: str) -> dict[str, Any]:
    """The keyword arguments of `asyncpg.connect`.

    Of the options in the query string, `schema` and `sslmode` matter to a single connection; Prisma's others
    are about its pool, and asyncpg would send them to the server as settings.

    Raises:
        DatabaseUrlError: it is not of the form postgresql://user:password@host:port/database.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORT
    except ValueError:
        parts, port = urlsplit(""), 0  # without `from`: that error quotes the URL
    if parts.scheme not in SCHEMES or not (parts.hostname and parts.username and parts.path.strip("/")):
        raise DatabaseUrlError(
            "the database URL is not of the form postgresql://user:password@host:port/database "
            "(characters such as @ : / ? # [ ] % in the password are written percent-encoded)"
        )
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    sslmode = options.get("sslmode", "prefer")
    if sslmode not in SSL_MODES:
        raise DatabaseUrlError(f"sslmode={sslmode} is not one of {', '.join(SSL_MODES)}")
    arguments: dict[str, Any] = {
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path[1:]),
        "ssl": sslmode,
    }
    if "schema" in options:
        quoted = options["schema"].replace('"', '""')
        arguments["server_settings"] = {"search_path": f'"{quoted}"'}
    return arguments
