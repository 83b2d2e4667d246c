"""JSON objects that mean the same to every reader."""

from __future__ import annotations

import json
from typing import Any

import orjson


class NotStrict(ValueError):
    """The rest of a sentence; it shows nothing of the text."""


def strict_object(text: bytes) -> dict[str, Any]:
    """An object in UTF-8 by RFC 8259, whose names are unique at every depth. Raises NotStrict."""
    try:
        # It refuses what the other takes: NaN, numbers beyond a double, half of a surrogate pair, UTF-16.
        orjson.loads(text)
        value = _DECODER.decode(text.decode())
    except NotStrict:
        raise
    except (ValueError, RecursionError):
        raise NotStrict("is not valid JSON") from None
    if not isinstance(value, dict):
        raise NotStrict("is not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrict("has the same name twice")
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)
