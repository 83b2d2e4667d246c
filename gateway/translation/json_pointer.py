"""JSON pointers (RFC 6901), as additionalModelResponseFieldPaths has them."""

from __future__ import annotations

import re
from typing import Any

Pointer = tuple[str, ...]

_WELL_FORMED = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
_MISSING = object()


def parse_pointer(text: str) -> Pointer | None:
    """The reference tokens; None for what is not a pointer to a member."""
    if not _WELL_FORMED.fullmatch(text):
        return None
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text[1:].split("/"))


def select(document: Any, pointers: list[Pointer]) -> dict[str, Any]:
    """What the pointers point to, in objects nested as in the document; what is not there is left out."""
    selected: dict[str, Any] = {}
    for pointer in pointers:
        if any(pointer[: len(other)] == other for other in pointers if len(other) < len(pointer)):
            continue  # it comes with the other
        value = _resolve(document, pointer)
        if value is not _MISSING:
            _put(selected, pointer, value)
    return selected


def _resolve(document: Any, pointer: Pointer) -> Any:
    for token in pointer:
        if isinstance(document, dict) and token in document:
            document = document[token]
        elif isinstance(document, list) and re.fullmatch(r"0|[1-9]\d{0,8}", token) and int(token) < len(document):
            document = document[int(token)]
        else:
            return _MISSING
    return document


def _put(selected: dict[str, Any], pointer: Pointer, value: Any) -> None:
    *above, last = pointer
    for token in above:
        below = selected.get(token)
        if not isinstance(below, dict):
            below = selected[token] = {}
        selected = below
    selected[last] = value
