"""The part of bedrock-runtime's Converse that the gateway writes: responses and the events of a stream.

Source: botocore's service model `bedrock-runtime`, 2023-09-30.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, get_args

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

STOP_REASONS: tuple[StopReason, ...] = get_args(StopReason)

EventType = Literal[
    "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"
]

# One event of a stream: its type, and the payload as it stands in the frame.
StreamEvent = tuple[EventType, dict[str, Any]]


class ReasoningText(TypedDict):
    text: str
    signature: NotRequired[str]


class ReasoningContent(TypedDict, total=False):
    """Exactly one member is there; a blob is base64."""

    reasoningText: ReasoningText
    redactedContent: str


class ToolUse(TypedDict):
    toolUseId: str
    name: str
    input: dict[str, Any]


class Text(TypedDict):
    text: str


class Citation(TypedDict, total=False):
    title: str
    source: str
    sourceContent: list[Text]
    location: dict[str, dict[str, Any]]


class CitationsContent(TypedDict):
    content: list[Text]
    citations: list[Citation]


class ImageSource(TypedDict):
    bytes: str


class Image(TypedDict):
    format: str
    source: ImageSource


class ContentBlock(TypedDict, total=False):
    """Exactly one member is there."""

    text: str
    reasoningContent: ReasoningContent
    toolUse: ToolUse
    citationsContent: CitationsContent
    image: Image


class Message(TypedDict):
    role: Literal["assistant"]
    content: list[ContentBlock]


class Output(TypedDict):
    message: Message


class CacheDetail(TypedDict):
    ttl: Literal["5m", "1h"]
    inputTokens: int


class TokenUsage(TypedDict):
    """`inputTokens` are those that came from no cache and went into none."""

    inputTokens: int
    outputTokens: int
    totalTokens: int
    cacheReadInputTokens: NotRequired[int]
    cacheWriteInputTokens: NotRequired[int]
    cacheDetails: NotRequired[list[CacheDetail]]


class Metrics(TypedDict):
    latencyMs: int


class ServiceTier(TypedDict):
    type: str


class ConverseResponse(TypedDict):
    output: Output
    stopReason: StopReason
    usage: TokenUsage
    metrics: Metrics
    additionalModelResponseFields: NotRequired[dict[str, Any]]
    trace: NotRequired[dict[str, Any]]
    serviceTier: NotRequired[ServiceTier]
