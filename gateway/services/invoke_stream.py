"""The events of a streamed invocation as Bedrock sends them: the model's own, and metrics in the last."""

from __future__ import annotations

from typing import Any, Protocol

from gateway.errors import UpstreamBroken
from gateway.services.invocation_metrics import MEMBER, token_counts

Chunk = dict[str, Any]


class InvocationStream(Protocol):
    """`feed` each event, then `finish`; both give the chunks that follow from it."""

    def feed(self, event: Chunk) -> list[Chunk]: ...

    def finish(self, latencies: dict[str, int]) -> list[Chunk]:
        """`latencies`: invocationLatency and firstByteLatency in milliseconds. Raises UpstreamBroken."""


def _broken() -> UpstreamBroken:
    return UpstreamBroken("the model's answer broke off before it was complete")


class MessagesInvocation:
    """Anthropic's events; `message_stop` gets the metrics."""

    def __init__(self) -> None:
        self._usage: dict[str, Any] = {}
        self._last: Chunk | None = None

    def feed(self, event: Chunk) -> list[Chunk]:
        message = event.get("message")
        started = message.get("usage") if isinstance(message, dict) else None
        for usage in (started, event.get("usage")):
            if isinstance(usage, dict):
                # The counts of message_delta are those of the whole message.
                self._usage |= {name: value for name, value in usage.items() if value is not None}
        if event.get("type") == "message_stop":
            self._last = event
            return []
        return [event]

    def finish(self, latencies: dict[str, int]) -> list[Chunk]:
        if self._last is None:
            raise _broken()
        return [self._last | {MEMBER: token_counts(self._usage) | latencies}]


class ChatInvocation:
    """OpenAI's chunks; the last gets the metrics.

    The chunk that tells nothing but the usage is passed on only where the client asked for it: who did not, reads
    `choices[0]` of every chunk.
    """

    def __init__(self, *, usage_asked: bool) -> None:
        self._usage_asked = usage_asked
        self._usage: Any = None
        self._finished = False
        self._last: Chunk | None = None

    def feed(self, event: Chunk) -> list[Chunk]:
        self._usage = event.get("usage") or self._usage
        choices = event.get("choices")
        if not choices and not self._usage_asked and event.get("usage"):
            return []
        held, self._last = self._last, None
        passed = [held] if held else []
        if isinstance(choices, list) and any(isinstance(one, dict) and one.get("finish_reason") for one in choices):
            self._finished = True
        if not self._finished:
            return [*passed, event]
        self._last = event
        return passed

    def finish(self, latencies: dict[str, int]) -> list[Chunk]:
        if not self._finished or self._last is None:
            raise _broken()
        return [self._last | {MEMBER: token_counts(self._usage) | latencies}]
