"""The chunks of a streamed chat completion into the events of ConverseStream, in AWS's order."""

from __future__ import annotations

from typing import Any, Literal

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import StreamEvent
from gateway.translation.converse_response import refuse_tool_calls, stop_reason, token_usage

BlockKind = Literal["text", "reasoning"]


class ConverseStream:
    """`feed` each chunk, then `finish`; both give the events that follow from it.

    messageStart, then for each content block its deltas and contentBlockStop, then messageStop, then metadata.
    """

    def __init__(self) -> None:
        self._started = False
        self._open: BlockKind | None = None
        self._index = 0
        self._finish_reason: str | None = None
        self._usage: dict[str, Any] | None = None

    def feed(self, chunk: dict[str, Any]) -> list[StreamEvent]:
        """Raises UpstreamBroken when the chunk holds what cannot be carried back."""
        events: list[StreamEvent] = []
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        for choice in chunk.get("choices") or []:
            if not self._started:
                self._started = True
                events.append(("messageStart", {"role": "assistant"}))
            delta = choice.get("delta") or {}
            refuse_tool_calls(delta)
            if delta.get("reasoning_content"):
                events += self._delta("reasoning", {"reasoningContent": {"text": delta["reasoning_content"]}})
            if delta.get("content"):
                events += self._delta("text", {"text": delta["content"]})
            self._finish_reason = choice.get("finish_reason") or self._finish_reason
        return events

    def finish(self, *, latency_ms: int) -> list[StreamEvent]:
        """The end of the stream; raises UpstreamBroken when the model never said that it had finished."""
        if self._finish_reason is None:
            raise UpstreamBroken("the model's answer broke off before it was complete")
        return [
            *self._close(),
            ("messageStop", {"stopReason": stop_reason(self._finish_reason)}),
            ("metadata", {"usage": token_usage(self._usage), "metrics": {"latencyMs": latency_ms}}),
        ]

    def _delta(self, kind: BlockKind, delta: dict[str, Any]) -> list[StreamEvent]:
        events = [] if self._open in {None, kind} else self._close()
        self._open = kind
        events.append(("contentBlockDelta", {"delta": delta, "contentBlockIndex": self._index}))
        return events

    def _close(self) -> list[StreamEvent]:
        if self._open is None:
            return []
        event: StreamEvent = ("contentBlockStop", {"contentBlockIndex": self._index})
        self._open = None
        self._index += 1
        return [event]
