"""A tool call as a model writes it: its arguments are JSON text, where Converse has an object."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.errors import UpstreamBroken
from gateway.translation.answers import member_of


def called_tool(function: dict[str, Any]) -> str:
    """The name. Raises UpstreamBroken where there is none."""
    name = member_of(function.get("name"), str, "")
    if not name:
        raise UpstreamBroken("the model called a tool without saying which")
    return name


def parse_arguments(text: str) -> dict[str, Any] | None:
    """The object; empty for a call without any. None where the text is not a JSON object."""
    if not text.strip():
        return {}
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if parsed is None:
        return {}
    return parsed if isinstance(parsed, dict) else None


def tool_use_id(given: object, completion_id: object, index: int) -> str:
    """The provider's id; where it gives none, one that no other call of the conversation has."""
    return given if isinstance(given, str) and given else f"tooluse_{str(completion_id)[-40:]}_{index}"
