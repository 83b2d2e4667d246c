"""Sessions as the interface gives them, for tests to put into the stand-in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

# 24 November 2026, 10:00 UTC: what the clocks of the tests' pages say.
NOW = 1_795_514_400
HOUR = 3600
DAY = 24 * HOUR

Message = dict[str, Any]
Session = dict[str, Any]

# One pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PNG = f"data:image/png;base64,{PIXEL}"


def session(title: str | None, *turns: list[Message], age: int = HOUR, model: str = "demo") -> Session:
    """A session whose last turn was `age` seconds ago; each turn is its messages."""
    updated_at = NOW - age
    return {
        "id": str(uuid4()),
        "object": "session",
        "title": title,
        "model": model,
        "created_at": updated_at,
        "updated_at": updated_at,
        "turns": len(turns),
        "usage": _usage(612 * len(turns), 230 * len(turns)),
        "forked_from": None,
        "history": [
            {
                "turn": number,
                "model": model,
                "created_at": updated_at,
                "finish_reason": "stop",
                "usage": _usage(612, 230),
                "messages": messages,
            }
            for number, messages in enumerate(turns, 1)
        ],
    }


def _usage(taken: int, given: int) -> dict[str, int]:
    return {"input_tokens": taken, "output_tokens": given, "total_tokens": taken + given}


def user(content: Any) -> Message:
    return {"role": "user", "content": content}


def assistant(content: Any, **more: Any) -> Message:
    return {"role": "assistant", "content": content} | more


def text(content: str) -> Message:
    return {"type": "text", "text": content}


def tool_call(name: str, arguments: str, identifier: str = "call_1") -> Message:
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}
