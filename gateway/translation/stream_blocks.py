"""The content blocks of a stream, one after the other, whatever order a model writes them in.

A client of ConverseStream may rely on a block's events standing together: start, deltas, stop. A chat completion may
write several tool calls at once. So one block is open at a time; what comes for another waits until the open one is
complete, which a tool call is once its arguments are a JSON object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import ReasoningText, StreamEvent
from gateway.translation.answers import member_of
from gateway.translation.tool_arguments import called_tool, parse_arguments, tool_use_id

Key = tuple[str, Any]


@dataclass(slots=True)
class _Block:
    key: Key
    start: dict[str, Any] | None = None
    deltas: list[dict[str, Any]] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    sealed: bool = False  # nothing may be added to it

    @property
    def is_tool(self) -> bool:
        return self.key[0] == "tool"

    def complete(self) -> bool:
        """Whether another may begin. Of a tool call without arguments it is not known before the end."""
        text = "".join(self.arguments)
        return not self.is_tool or bool(text.strip() and parse_arguments(text) is not None)

    def malformed(self) -> bool:
        return self.is_tool and parse_arguments("".join(self.arguments)) is None


class Blocks:
    """Add to blocks by their kind, `take` the events that this leads to, `close` at the end."""

    def __init__(self) -> None:
        self.called = False
        self.malformed = False
        self._events: list[StreamEvent] = []
        self._index = 0
        self._open: _Block | None = None
        self._waiting: list[_Block] = []
        self._ids: dict[int, tuple[str | None, int]] = {}
        self._tools: set[Key] = set()

    def take(self) -> list[StreamEvent]:
        """The events since the last call."""
        events, self._events = self._events, []
        return events

    # --- kinds --------------------------------------------------------------------

    def text(self, delta: dict[str, Any]) -> None:
        self._add(("text", None), None, delta)

    def reasoning(self, content: ReasoningText) -> None:
        """Text, and what signs it: nothing may follow a signature in its block."""
        if content["text"]:
            self._add(("reasoning", None), None, {"reasoningContent": {"text": content["text"]}})
        if signature := content.get("signature"):
            block = self._add(("reasoning", None), None, {"reasoningContent": {"signature": signature}})
            block.sealed = True

    def redacted(self, data: str) -> None:
        self.whole(None, {"reasoningContent": {"redactedContent": data}})

    def whole(self, start: dict[str, Any] | None, delta: dict[str, Any]) -> None:
        """A block of one delta."""
        self._add(("whole", object()), start, delta).sealed = True

    def tool(self, call: dict[str, Any], completion_id: object) -> None:
        """A piece of a tool call. Raises UpstreamBroken for one that goes on after its end, or has no name."""
        function = member_of(call.get("function"), dict, {})
        key = self._tool_key(call, member_of(function.get("name"), str, ""))
        written = member_of(function.get("arguments"), str, "")
        if key not in self._tools:
            self._tools.add(key)
            self.called = True
            name = called_tool(function)
            identifier = tool_use_id(call.get("id"), completion_id, len(self._tools) - 1)
            self._add(key, {"toolUse": {"toolUseId": identifier, "name": name}}, None)
        if written:
            block = self._find(key)
            if block is None:
                if written.strip():
                    raise UpstreamBroken("a tool call went on after it was complete")
                return
            if not block.arguments and written.strip() == "null":
                return  # no arguments, in words
            block.arguments.append(written)
            self._write(block, {"toolUse": {"input": written}})
            if self._waiting and block is self._open and written.rstrip().endswith("}"):
                self._advance()

    def _tool_key(self, call: dict[str, Any], name: str) -> Key:
        """By its index; a new id at an index is a new call, as some models never count, and so is a new name after a
        call that is complete, as some give no ids."""
        index, given = member_of(call.get("index"), int, 0), member_of(call.get("id"), str, "") or None
        known = ("tool", (index, *self._ids.get(index, (None, 0))))
        if known not in self._tools:
            self._ids[index] = (given, 0)
        elif given is not None and given != known[1][1]:
            self._ids[index] = (given, known[1][2] + 1)
        elif given is known[1][1] is None and name and self._is_complete(known):
            self._ids[index] = (None, known[1][2] + 1)
        return ("tool", (index, *self._ids[index]))

    def _is_complete(self, key: Key) -> bool:
        block = self._find(key)
        return block is None or block.complete()

    # --- order --------------------------------------------------------------------

    def _find(self, key: Key) -> _Block | None:
        blocks = [self._open, *self._waiting] if self._open else []
        return next((block for block in reversed(blocks) if block and block.key == key and not block.sealed), None)

    def _add(self, key: Key, start: dict[str, Any] | None, delta: dict[str, Any] | None) -> _Block:
        last = self._waiting[-1] if self._waiting else self._open
        if last is None or last.key != key or last.sealed:
            last = _Block(key, start)
            self._waiting.append(last)
            self._advance()
        if delta is not None:
            self._write(last, delta)
        return last

    def _write(self, block: _Block, delta: dict[str, Any]) -> None:
        if block is self._open:
            self._events.append(("contentBlockDelta", {"delta": delta, "contentBlockIndex": self._index}))
        else:
            block.deltas.append(delta)

    def _advance(self) -> None:
        """Open what waits, as far as what is open is complete."""
        while self._waiting and (self._open is None or self._open.complete()):
            self._stop()
            self._begin(self._waiting.pop(0))

    def _begin(self, block: _Block) -> None:
        self._open = block
        if block.start is not None:
            self._events.append(("contentBlockStart", {"start": block.start, "contentBlockIndex": self._index}))
        for delta in block.deltas:
            self._write(block, delta)

    def _stop(self) -> None:
        block = self._open
        if block is None:
            return
        self.malformed = self.malformed or block.malformed()
        if block.is_tool and not "".join(block.arguments).strip():
            self._write(block, {"toolUse": {"input": "{}"}})  # clients parse what they have collected
        self._events.append(("contentBlockStop", {"contentBlockIndex": self._index}))
        self._open = None
        self._index += 1

    def close(self) -> None:
        """Every block to its end, complete or not."""
        while self._open is not None or self._waiting:
            self._stop()
            if self._waiting:
                self._begin(self._waiting.pop(0))
