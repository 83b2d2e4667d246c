"""JSON written by orjson, which reads 1024 levels of nesting and writes 254."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.errors import MalformedBody, UpstreamBroken

TOO_DEEP = "is nested more deeply than 250 levels"


def request_json(body: Any) -> bytes:
    """What came from a client, as JSON again. Raises MalformedBody."""
    try:
        return orjson.dumps(body)
    except TypeError:
        raise MalformedBody(f"the body {TOO_DEEP}") from None


def answer_json(body: Any) -> bytes:
    """What came from a model, as JSON again. Raises UpstreamBroken."""
    try:
        return orjson.dumps(body)
    except TypeError:
        raise UpstreamBroken(f"the model's answer {TOO_DEEP}") from None
