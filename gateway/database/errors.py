"""What a database answers with when it does not answer."""

from __future__ import annotations


class DatabaseUnavailable(Exception):
    """The database does not answer, or not in time; the message names no password and no data."""


class Conflict(Exception):
    """What was written is there already, or what it refers to is gone."""
