"""What Bedrock tells of an invocation beside its answer: tokens, and milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Bedrock's names in a stream's last chunk → the members of a usage that hold it, Anthropic's and OpenAI's.
_TOKENS = {
    "inputTokenCount": ("input_tokens", "prompt_tokens"),
    "outputTokenCount": ("output_tokens", "completion_tokens"),
    "cacheReadInputTokenCount": ("cache_read_input_tokens",),
    "cacheWriteInputTokenCount": ("cache_creation_input_tokens",),
}
# The same names → headers of a whole answer.
_HEADERS = {
    "inputTokenCount": b"x-amzn-bedrock-input-token-count",
    "outputTokenCount": b"x-amzn-bedrock-output-token-count",
    "cacheReadInputTokenCount": b"x-amzn-bedrock-cache-read-input-token-count",
    "cacheWriteInputTokenCount": b"x-amzn-bedrock-cache-write-input-token-count",
    "invocationLatency": b"x-amzn-bedrock-invocation-latency",
}
# The member of a stream's last chunk.
MEMBER = "amazon-bedrock-invocationMetrics"


def token_counts(usage: Any) -> dict[str, int]:
    """Those that a usage tells, by Bedrock's names; none where it is none."""
    if not isinstance(usage, Mapping):
        return {}
    counts: dict[str, int] = {}
    for name, members in _TOKENS.items():
        for member in members:
            value = usage.get(member)
            if isinstance(value, int) and not isinstance(value, bool):
                counts[name] = value
    return counts


def metric_headers(metrics: Mapping[str, int]) -> list[tuple[bytes, bytes]]:
    """The headers that tell these metrics."""
    return [(_HEADERS[name], str(value).encode()) for name, value in metrics.items() if name in _HEADERS]
