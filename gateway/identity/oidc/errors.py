"""What is wrong with an issuer, and how messages tell what strangers wrote."""

from __future__ import annotations

_LONGEST_SHOWN = 120


class IssuerFault(Exception):
    """What is wrong with what an issuer publishes, as the rest of a sentence after a colon."""


def shown(value: object) -> str:
    """What a stranger wrote, fit for a message: a short line of ASCII."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return "(not a plain text)"
    return value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "..."
