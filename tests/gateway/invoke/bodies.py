"""Bodies of both formats, what an upstream answers to them, and what a client reads."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

METRICS = "amazon-bedrock-invocationMetrics"
MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "hi"}],
    "model": "m",
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 6},
}
EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": MESSAGE | {"content": [], "usage": {"input_tokens": 3, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}},
    {"type": "message_stop"},
]
CHUNK: dict[str, Any] = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "hi"}}]}
LAST_CHUNK: dict[str, Any] = CHUNK | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE_CHUNK: dict[str, Any] = CHUNK | {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
DONE = "data: [DONE]\n\n"


def anthropic(text: str = "say: hi", **others: Any) -> str:
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100}
    return json.dumps(body | {"messages": [{"role": "user", "content": text}]} | others)


def chat(text: str = "say: hi", **others: Any) -> str:
    return json.dumps({"messages": [{"role": "user", "content": text}]} | others)


def answer(response: Any) -> Any:
    return json.loads(response["body"].read())


def seen(response: Any) -> tuple[dict[str, Any], dict[str, str], str]:
    """Body, headers and target of what the upstream was asked."""
    asked = answer(response)
    return asked["body"], asked["headers"], asked["target"]


def chunks_of(response: Any) -> list[dict[str, Any]]:
    with closing(response["body"]) as events:
        return [json.loads(event["chunk"]["bytes"]) for event in events]
