"""What ends a preparation."""

from __future__ import annotations


class PrepareError(Exception):
    """It failed; the message says what to do and names no password."""


class NotYet(Exception):
    """Postgres cannot be used now, and may be in a while; the message says which, and why."""
