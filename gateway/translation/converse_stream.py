"""The chunks of a streamed chat completion into the events of ConverseStream, in AWS's order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import Citation, StopReason, StreamEvent
from gateway.translation.answers import dicts_of, member_of, service_tier, stop_reason, token_usage, trace_of
from gateway.translation.citations import anthropic_citation, bedrock_citation, url_citation
from gateway.translation.converse_response import ending, image_block, thinking_block
from gateway.translation.json_pointer import Pointer, select
from gateway.translation.stream_blocks import Blocks

# What tells of the whole completion; each chunk repeats it or adds to it.
_OF_THE_COMPLETION = (
    "id",
    "created",
    "model",
    "system_fingerprint",
    "service_tier",
    "usage",
    "provider_specific_fields",
)


class ConverseStream:
    """`feed` each chunk, then `finish`; both give the events that follow from it.

    messageStart, then for each content block contentBlockStart (tools and images), its deltas and contentBlockStop,
    then messageStop, then metadata.
    """

    def __init__(self, pointers: list[Pointer] | None = None) -> None:
        self._pointers = pointers or []
        self._started = False
        self._blocks = Blocks()
        self._completion: dict[str, Any] = {}
        self._reason: StopReason | None = None
        self._choice: dict[str, Any] = {"index": 0}

    def feed(self, chunk: dict[str, Any]) -> Iterator[StreamEvent]:
        """Raises UpstreamBroken when the chunk holds what cannot be carried back, after what can be."""
        for name in _OF_THE_COMPLETION:
            if chunk.get(name) is not None:
                self._completion[name] = chunk[name]
        for choice in dicts_of(chunk.get("choices")):
            if choice.get("index"):
                continue  # of several answers, Converse has the first
            if not self._started:
                self._started = True
                yield "messageStart", {"role": "assistant"}
            if delta := choice.get("delta"):
                try:
                    self._content(member_of(delta, dict, {}))
                finally:
                    yield from self._blocks.take()
            if reason := stop_reason(choice):
                self._reason = reason
                self._choice["finish_reason"] = choice["finish_reason"]

    def _content(self, delta: dict[str, Any]) -> None:
        if delta.get("audio") or delta.get("function_call"):
            raise UpstreamBroken("the model answered with what ConverseStream does not carry")
        specific = member_of(delta.get("provider_specific_fields"), dict, {})
        self._reasoning(delta)
        for name in ("content", "refusal"):
            if text := member_of(delta.get(name), str, ""):
                self._blocks.text({"text": text})
        for citation in _citations(delta, specific):
            self._blocks.text({"citation": citation})
        for image in dicts_of(delta.get("images")):
            made = image_block(image)["image"]
            self._blocks.whole({"image": {"format": made["format"]}}, {"image": {"source": made["source"]}})
        for call in dicts_of(delta.get("tool_calls")):
            self._blocks.tool(call, self._completion.get("id"))

    def _reasoning(self, delta: dict[str, Any]) -> None:
        thinking = dicts_of(delta.get("thinking_blocks"))
        for block in thinking:
            content = thinking_block(block)["reasoningContent"]
            if "redactedContent" in content:
                self._blocks.redacted(content["redactedContent"])
            else:
                self._blocks.reasoning(content["reasoningText"])
        if not thinking and (text := member_of(delta.get("reasoning_content"), str, "")):
            self._blocks.reasoning({"text": text})

    def finish(self, *, latency_ms: int) -> list[StreamEvent]:
        """The end of the stream; raises UpstreamBroken when the model never said that it had finished."""
        if self._reason is None:
            raise UpstreamBroken("the model's answer broke off before it was complete")
        self._blocks.close()
        events = self._blocks.take()
        stop: dict[str, Any] = {
            "stopReason": ending(self._reason, called=self._blocks.called, malformed=self._blocks.malformed)
        }
        if fields := select(self._completion | {"choices": [self._choice]}, self._pointers):
            stop["additionalModelResponseFields"] = fields
        return [*events, ("messageStop", stop), ("metadata", self._metadata(latency_ms))]

    def _metadata(self, latency_ms: int) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "usage": token_usage(self._completion.get("usage")),
            "metrics": {"latencyMs": latency_ms},
        }
        specific = self._completion.get("provider_specific_fields")
        if trace := trace_of(specific):
            metadata["trace"] = trace
        if tier := service_tier(self._completion):
            metadata["serviceTier"] = tier
        return metadata


def _citations(delta: dict[str, Any], specific: dict[str, Any]) -> list[Citation]:
    """In the three dialects that citations.py tells of."""
    if native := member_of(specific.get("citationsContent"), dict, {}):
        return [bedrock_citation(citation) for citation in dicts_of(native.get("citations"))]
    if anthropic := member_of(specific.get("citation"), dict, {}):
        return [anthropic_citation(anthropic)]
    return [url_citation(annotation) for annotation in dicts_of(delta.get("annotations"))]
