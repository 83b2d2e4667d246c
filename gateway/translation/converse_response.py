"""A chat completion into a Converse response."""

from __future__ import annotations

from typing import Any

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import ContentBlock, ConverseResponse, StopReason, TokenUsage

_STOP_REASONS: dict[str, StopReason] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "content_filtered",
}


def stop_reason(finish_reason: str | None) -> StopReason:
    """OpenAI's finish_reason as Converse's stopReason; raises UpstreamBroken for one that is unknown."""
    if finish_reason not in _STOP_REASONS:
        raise UpstreamBroken(f"the model ended for a reason that is not known here: {finish_reason}")
    return _STOP_REASONS[finish_reason]


def token_usage(usage: dict[str, Any] | None) -> TokenUsage:
    """`usage` as OpenAI counts it; without one, nothing is known to have been used."""
    counts = usage or {}
    prompt = int(counts.get("prompt_tokens") or 0)
    completion = int(counts.get("completion_tokens") or 0)
    return {
        "inputTokens": prompt,
        "outputTokens": completion,
        "totalTokens": int(counts.get("total_tokens") or prompt + completion),
    }


def converse_response(completion: dict[str, Any], *, latency_ms: int) -> ConverseResponse:
    """Raises UpstreamBroken when `completion` is not a chat completion, or holds what cannot be carried back."""
    try:
        choice = completion["choices"][0]
        message = choice["message"]
        content = list(_blocks(message))
        finish_reason = choice["finish_reason"]
    except (KeyError, IndexError, TypeError):
        raise UpstreamBroken("LiteLLM's answer is not a chat completion") from None
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop_reason(finish_reason),
        "usage": token_usage(completion.get("usage")),
        "metrics": {"latencyMs": latency_ms},
    }


def _blocks(message: dict[str, Any]) -> list[ContentBlock]:
    refuse_tool_calls(message)
    blocks: list[ContentBlock] = []
    if message.get("reasoning_content"):
        blocks.append({"reasoningContent": {"reasoningText": {"text": message["reasoning_content"]}}})
    if message.get("content"):
        blocks.append({"text": message["content"]})
    return blocks


def refuse_tool_calls(message: dict[str, Any]) -> None:
    """No tools are offered to the model, so a call of one is no answer. Raises UpstreamBroken."""
    if message.get("tool_calls"):
        raise UpstreamBroken("the model called a tool that it was not offered")
