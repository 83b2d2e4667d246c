"""What a service shows of itself: whether it is ready, and the end of its log without its secrets."""

from __future__ import annotations

import re
import shlex
import socket
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

PROBE_SECONDS = 2
LOG_LINES = 20
SECRET_NAME = re.compile("KEY|PASSWORD|SECRET|TOKEN|DATABASE_URL")


def is_ready(address: str) -> bool:
    """Whether the address answers: 200 for http://…, a connection for tcp://host:port."""
    parts = urlsplit(address)
    try:
        if parts.scheme == "tcp":
            with socket.create_connection((parts.hostname, parts.port), timeout=PROBE_SECONDS):
                return True
        # Loopback is never reached through a proxy, whatever the environment says.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=PROBE_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


def last_lines(log: Path) -> str:
    """The end of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])
    except OSError:
        return "(there is no log)"


def secrets_of(env_file: Path) -> list[str]:
    """The values in a file of settings that are secret by their names."""
    try:
        settings = dict(word.partition("=")[::2] for word in shlex.split(env_file.read_text(), comments=True))
    except (OSError, ValueError):
        return []
    return [value for name, value in settings.items() if SECRET_NAME.search(name) and len(value) >= 8]


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, nor the passwords in their URLs."""
    for secret in secrets:
        for part in filter(None, (secret, urlsplit(secret).password)):
            text = text.replace(part, "(secret)")
    return text
