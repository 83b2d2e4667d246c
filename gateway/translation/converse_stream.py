"""The chunks of a streamed chat completion into the events of ConverseStream, in AWS's order."""

from __future__ import annotations

from typing import Any, Literal

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import StreamEvent
from gateway.translation.converse_response import member_of, refuse_tool_calls, stop_reason, token_usage

BlockKind = Literal["text", "reasoning"]


class ConverseStream:
    """`feed` each chunk, then `finish`; both give the events that follow from it.

    messageStart, then for each content block its deltas and contentBlockStop, then messageStop, then metadata.
    """

    def __init__(self) -> None:
        self._started = False
        self._open: BlockKind | None = None
        self._index = 0
        self._finish_reason: object = None
        self._usage: dict[str, Any] = {}

    def feed(self, chunk: dict[str, Any]) -> list[StreamEvent]:
        """Raises UpstreamBroken when the chunk holds what cannot be carried back."""
        events: list[StreamEvent] = []
        self._usage = member_of(chunk.get("usage"), dict, self._usage)
        for item in member_of(chunk.get("choices"), list, []):
            choice = member_of(item, dict, {})
            if not self._started:
                self._started = True
                events.append(("messageStart", {"role": "assistant"}))
            events += self._content(member_of(choice.get("delta"), dict, {}))
            self._finish_reason = choice.get("finish_reason") or self._finish_reason
        return events

    def _content(self, delta: dict[str, Any]) -> list[StreamEvent]:
        refuse_tool_calls(delta)
        events: list[StreamEvent] = []
        if reasoning := member_of(delta.get("reasoning_content"), str, ""):
            events += self._delta("reasoning", {"reasoningContent": {"text": reasoning}})
        if text := member_of(delta.get("content"), str, ""):
            events += self._delta("text", {"text": text})
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
