"""A chat completion into a Converse response."""

from __future__ import annotations

from typing import Any, TypeVar

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import ContentBlock, ConverseResponse, StopReason, TokenUsage

Kind = TypeVar("Kind")

_STOP_REASONS: dict[str, StopReason] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "content_filtered",
}


_NOT_A_COMPLETION = "LiteLLM's answer is not a chat completion"


def stop_reason(finish_reason: object) -> StopReason:
    """OpenAI's finish_reason as Converse's stopReason; raises UpstreamBroken for one that is unknown."""
    if not isinstance(finish_reason, str) or finish_reason not in _STOP_REASONS:
        raise UpstreamBroken(f"the model ended for a reason that is not known here: {str(finish_reason)[:80]}")
    return _STOP_REASONS[finish_reason]


def token_usage(usage: object) -> TokenUsage:
    """`usage` as OpenAI counts it; without one, nothing is known to have been used. Raises UpstreamBroken."""
    counts = member_of(usage, dict, {})
    prompt = member_of(counts.get("prompt_tokens"), int, 0)
    completion = member_of(counts.get("completion_tokens"), int, 0)
    return {
        "inputTokens": prompt,
        "outputTokens": completion,
        "totalTokens": member_of(counts.get("total_tokens"), int, prompt + completion),
    }


def converse_response(completion: dict[str, Any], *, latency_ms: int) -> ConverseResponse:
    """Raises UpstreamBroken when `completion` is not a chat completion, or holds what cannot be carried back."""
    choices = member_of(completion.get("choices"), list, [])
    choice = member_of(choices[0] if choices else None, dict, {})
    if not isinstance(choice.get("message"), dict):
        raise UpstreamBroken(_NOT_A_COMPLETION)
    return {
        "output": {"message": {"role": "assistant", "content": list(_blocks(choice["message"]))}},
        "stopReason": stop_reason(choice.get("finish_reason")),
        "usage": token_usage(completion.get("usage")),
        "metrics": {"latencyMs": latency_ms},
    }


def _blocks(message: dict[str, Any]) -> list[ContentBlock]:
    refuse_tool_calls(message)
    blocks: list[ContentBlock] = []
    if reasoning := member_of(message.get("reasoning_content"), str, ""):
        blocks.append({"reasoningContent": {"reasoningText": {"text": reasoning}}})
    if text := member_of(message.get("content"), str, ""):
        blocks.append({"text": text})
    return blocks


def refuse_tool_calls(message: dict[str, Any]) -> None:
    """No tools are offered to the model, so a call of one is no answer. Raises UpstreamBroken."""
    if message.get("tool_calls"):
        raise UpstreamBroken("the model called a tool that it was not offered")


def member_of(value: object, kind: type[Kind], default: Kind) -> Kind:
    """A value of LiteLLM's answer if it is of that type, the default where there is none. Raises UpstreamBroken."""
    if value is None:
        return default
    if not isinstance(value, kind):
        raise UpstreamBroken(_NOT_A_COMPLETION)
    return value
