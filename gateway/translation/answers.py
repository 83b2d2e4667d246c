"""Reading LiteLLM's answers: what is not of the shape of a chat completion is a broken upstream."""

from __future__ import annotations

import math
from typing import Any, TypeVar

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import STOP_REASONS, CacheDetail, ServiceTier, StopReason, TokenUsage

Kind = TypeVar("Kind")

NOT_A_COMPLETION = "LiteLLM's answer is not a chat completion"

_STOP_REASONS: dict[str, StopReason] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "content_filtered",
    "refusal": "content_filtered",
    **{reason: reason for reason in STOP_REASONS},
}


def member_of(value: object, kind: type[Kind], default: Kind) -> Kind:
    """A value of LiteLLM's answer if it is of that type, the default where there is none. Raises UpstreamBroken."""
    if value is None:
        return default
    if not isinstance(value, kind):
        raise UpstreamBroken(NOT_A_COMPLETION)
    return value


def dicts_of(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none where there is none. Raises UpstreamBroken."""
    return [member_of(item, dict, {}) for item in member_of(value, list, [])]


def stop_reason(choice: dict[str, Any]) -> StopReason | None:
    """Why the choice ended, None while it has not. Raises UpstreamBroken for a reason that is not known.

    LiteLLM keeps the model's own word beside OpenAI's where the two differ.
    """
    specific = member_of(choice.get("provider_specific_fields"), dict, {})
    native = _STOP_REASONS.get(str(specific.get("native_finish_reason")))
    finish_reason = choice.get("finish_reason") or None
    if finish_reason is None:
        return None
    known = native or (_STOP_REASONS.get(finish_reason) if isinstance(finish_reason, str) else None)
    if known is None:
        raise UpstreamBroken(f"the model ended for a reason that is not known here: {str(finish_reason)[:80]}")
    return known


# --- what is told of an answer: where it cannot be read, the answer is none the worse -------------


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def token_usage(usage: object) -> TokenUsage:
    """`usage` as OpenAI counts it, the cache's tokens within the prompt's; what cannot be read is not known."""
    counts = _object(usage)
    details = _object(counts.get("prompt_tokens_details"))
    prompt = _count(counts, "prompt_tokens") or 0
    completion = _count(counts, "completion_tokens") or 0
    read = _first(_count(counts, "cache_read_input_tokens"), _count(details, "cached_tokens"))
    written = _first(_count(counts, "cache_creation_input_tokens"), _count(details, "cache_creation_tokens"))
    total = _count(counts, "total_tokens")
    result: TokenUsage = {
        "inputTokens": max(0, prompt - (read or 0) - (written or 0)),
        "outputTokens": completion,
        "totalTokens": prompt + completion if total is None else total,
    }
    if read is not None:
        result["cacheReadInputTokens"] = read
    if written is not None:
        result["cacheWriteInputTokens"] = written
    if cache := _cache_details(_object(details.get("cache_creation_token_details"))):
        result["cacheDetails"] = cache
    return result


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _count(counts: dict[str, Any], name: str) -> int | None:
    value = counts.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return max(0, int(value))


def _cache_details(counts: dict[str, Any]) -> list[CacheDetail]:
    five, hour = _count(counts, "ephemeral_5m_input_tokens"), _count(counts, "ephemeral_1h_input_tokens")
    details: list[CacheDetail] = []
    if five:
        details.append({"ttl": "5m", "inputTokens": five})
    if hour:
        details.append({"ttl": "1h", "inputTokens": hour})
    return details


def service_tier(answer: dict[str, Any]) -> ServiceTier | None:
    """The tier that served the request, where it is one that Bedrock has too."""
    tier = answer.get("service_tier")
    return {"type": tier} if isinstance(tier, str) and tier in _TIERS else None


_TIERS = ("priority", "default", "flex", "reserved")


def trace_of(answer: object) -> dict[str, Any]:
    """What a guardrail at Bedrock tells of its work; empty where there is none."""
    return _object(_object(answer).get("trace"))
