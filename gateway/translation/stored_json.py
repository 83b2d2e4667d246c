"""Reading stored messages, in which clients may have written anything: what is of another type is not there."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def object_of(value: object) -> Json:
    """The object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects_of(value: object) -> list[Json]:
    """The objects of a list; none for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(value: object) -> str:
    """The string; an empty one for anything else."""
    return value if isinstance(value, str) else ""
