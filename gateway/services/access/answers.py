"""LiteLLM's answers about users and keys, and what they leave out."""

from __future__ import annotations

from typing import Any

from gateway.upstream.records import PER_MODEL


def complete(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the limits that LiteLLM has moved into the metadata, answering null in their place."""
    metadata = answer.get("metadata")
    if not isinstance(metadata, dict):
        return answer
    left_out = {name: metadata[name] for name in PER_MODEL if answer.get(name) is None and name in metadata}
    return {**answer, **left_out} if left_out else answer
