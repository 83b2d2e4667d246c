"""Logs as JSON lines: the access log and the audit log on standard output, everything else on standard error."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

from pythonjsonlogger.orjson import OrjsonFormatter

ACCESS_LOGGER = "gateway.access"
AUDIT_LOGGER = "gateway.audit"
REDACTED = "[redacted]"

# What may stand in a path or in a foreign library's message: LiteLLM's keys, JSON web tokens, passwords in addresses.
_SECRETS = re.compile(
    r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{4,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
)


def redact(text: str) -> str:
    """The text without keys, tokens and the passwords of addresses."""
    return _SECRETS.sub(REDACTED, text)


class RedactingFormatter(OrjsonFormatter):
    """One JSON object a line, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _handler(stream: TextIO, *fields: str) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        RedactingFormatter(
            "".join(f"{{{name}}}" for name in ("asctime", *fields, "message")),
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )
    )
    return handler


def configure_logs(level: str) -> None:
    """Send the root logger, the access log and the audit log to their streams; `level` is one of logging's names."""
    root = logging.getLogger()
    root.handlers = [_handler(sys.stderr, "levelname", "name")]
    root.setLevel(level)

    # It tells of every request that it sends.
    logging.getLogger("httpx").setLevel(logging.WARNING)

    for name in (ACCESS_LOGGER, AUDIT_LOGGER):
        logger = logging.getLogger(name)
        logger.handlers = [_handler(sys.stdout)]
        logger.propagate = False
        logger.setLevel(logging.INFO)
