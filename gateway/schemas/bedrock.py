"""The part of bedrock-runtime's Converse that the gateway writes: responses and the events of a stream.

Source: botocore's service model `bedrock-runtime`, 2023-09-30.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

StopReason = Literal[
    "end_turn",
    "tool_use",
    "max_tokens",
    "stop_sequence",
    "guardrail_intervened",
    "content_filtered",
    "malformed_model_output",
    "malformed_tool_use",
    "model_context_window_exceeded",
]

EventType = Literal[
    "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"
]

# One event of a stream: its type, and the payload as it stands in the frame.
StreamEvent = tuple[EventType, dict[str, Any]]


class ReasoningText(TypedDict):
    text: str


class ReasoningContent(TypedDict):
    reasoningText: ReasoningText


class ContentBlock(TypedDict):
    """Exactly one member is there."""

    text: NotRequired[str]
    reasoningContent: NotRequired[ReasoningContent]


class Message(TypedDict):
    role: Literal["assistant"]
    content: list[ContentBlock]


class Output(TypedDict):
    message: Message


class TokenUsage(TypedDict):
    inputTokens: int
    outputTokens: int
    totalTokens: int


class Metrics(TypedDict):
    latencyMs: int


class ConverseResponse(TypedDict):
    output: Output
    stopReason: StopReason
    usage: TokenUsage
    metrics: Metrics
