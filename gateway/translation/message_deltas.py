"""The message of an answer, put together from the pieces in which it comes: deltas of a stream, or one whole."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from typing import Any

from gateway.translation.answers import dicts_of, member_of
from gateway.translation.stored_json import Json
from gateway.translation.tool_arguments import parse_arguments, tool_use_id

_REDACTED = "redacted_thinking"
# LiteLLM's own second copies of thinking_blocks, whole and in pieces.
_REPEATED = ("thinking_blocks", "reasoningContent", "reasoningContentBlocks")


class MessageDeltas:
    """`add` each delta, then `message`; both raise UpstreamBroken for what is not of a chat completion.

    Each delta costs what is in it: texts are joined at the end.
    """

    def __init__(self, *, is_whole: bool = False) -> None:
        """`is_whole`: there is one delta, which is the whole message."""
        self._is_whole = is_whole
        self._texts: dict[str, list[str]] = {}
        self._lists: dict[str, list[Any]] = {}
        self._thinking: list[_Pieces] = []
        self._function = _Pieces("arguments")
        self._audio = _Pieces("data", "transcript")
        self._calls = _Calls()
        self._specific: Json = {}
        self._native: list[Json] = []
        self._cited: list[list[object]] = []
        self._is_citing = False

    def add(self, delta: Json, completion_id: object) -> None:
        for name, value in delta.items():
            if value and (read := _MEMBERS.get(name)) is not None:
                read(self, name, value, completion_id)

    def message(self) -> Json:
        """Without members that nothing was said of."""
        made: Json = {name: "".join(pieces) for name, pieces in self._texts.items()}
        made |= self._lists
        made["tool_calls"] = self._calls.whole()
        made["function_call"] = self._function.whole()
        made["audio"] = self._audio.whole()
        made["thinking_blocks"] = [_thinking_block(block) for block in self._thinking]
        citations = {"citationsContent": self._native, "citations": self._cited}
        made["provider_specific_fields"] = self._specific | _told(citations)
        return _told(made)

    # --- members: name, value that is not empty, id of the completion -------------------

    def _text(self, name: str, value: object, _: object) -> None:
        if name == "content":
            self._is_citing = False
        self._texts.setdefault(name, []).append(member_of(value, str, ""))

    def _list(self, name: str, value: object, _: object) -> None:
        self._lists.setdefault(name, []).extend(dicts_of(value))

    def _function_call(self, _: str, value: object, __: object) -> None:
        self._function.add(member_of(value, dict, {}))

    def _audio_piece(self, _: str, value: object, __: object) -> None:
        self._audio.add(member_of(value, dict, {}))

    def _tool_calls(self, _: str, value: object, completion_id: object) -> None:
        for piece in dicts_of(value):
            self._calls.add(piece, completion_id)

    def _thinking_blocks(self, _: str, value: object, __: object) -> None:
        """A block ends with its signature; what is redacted comes whole."""
        for piece in dicts_of(value):
            last = self._thinking[-1].members if self._thinking else None
            is_redacted = piece.get("type") == _REDACTED
            ended = last is None or last.get("signature") or last.get("type") == _REDACTED
            if ended or is_redacted or self._is_whole:
                self._thinking.append(_Pieces("thinking"))
            self._thinking[-1].add(piece)

    def _provider_fields(self, _: str, value: object, __: object) -> None:
        """Citations come one by one in a stream, and are collected under the names that they have in a whole answer."""
        for name, told in member_of(value, dict, {}).items():
            if not told:
                continue
            if name == "citation":
                self._citation(told)
            elif name == "citationsContent":
                self._native += dicts_of(told if isinstance(told, list) else [told])
            elif name not in _REPEATED:
                self._specific[name] = told

    def _citation(self, citation: object) -> None:
        """Those that no text stands between are of one sentence."""
        if not self._is_citing:
            self._cited.append([])
            self._is_citing = True
        self._cited[-1].append(citation)


def _told(members: Json) -> Json:
    return {name: value for name, value in members.items() if value}


def _thinking_block(pieces: _Pieces) -> Json:
    """Valid as input: the text of a signed one may be empty, but must be there."""
    block = pieces.whole()
    return block if block.get("type") == _REDACTED else {"type": "thinking", "thinking": ""} | block


_MEMBERS: dict[str, Callable[[MessageDeltas, str, object, object], None]] = {
    "content": MessageDeltas._text,
    "refusal": MessageDeltas._text,
    "reasoning_content": MessageDeltas._text,
    "images": MessageDeltas._list,
    "annotations": MessageDeltas._list,
    "tool_calls": MessageDeltas._tool_calls,
    "function_call": MessageDeltas._function_call,
    "thinking_blocks": MessageDeltas._thinking_blocks,
    "audio": MessageDeltas._audio_piece,
    "provider_specific_fields": MessageDeltas._provider_fields,
}


class _Pieces:
    """An object that comes in pieces: some of its members are written piece by piece, of the others the last holds."""

    __slots__ = ("members", "written")

    def __init__(self, *written: str) -> None:
        self.written: dict[str, list[str]] = {name: [] for name in written}
        self.members: Json = {}

    def add(self, piece: Json) -> None:
        for name, value in piece.items():
            if value is None:
                continue
            pieces = self.written.get(name)
            if pieces is None:
                self.members[name] = value
            else:
                pieces.append(member_of(value, str, ""))

    def whole(self) -> Json:
        joined = {name: _JOINERS.get(name, "".join)(pieces) for name, pieces in self.written.items() if pieces}
        return self.members | joined


def _joined_arguments(pieces: list[str]) -> str:
    """Some models say `null` before they begin."""
    told = [piece for piece in pieces if piece.strip()]
    return "".join(pieces if len(told) < 2 or told[0].strip() != "null" else told[1:])


def _joined_base64(pieces: list[str]) -> str:
    """Pieces are padded each for itself, or cut out of one text."""
    if not any(piece.endswith("=") for piece in pieces[:-1]):
        return "".join(pieces)
    try:
        return b2a_base64(b"".join(map(a2b_base64, pieces)), newline=False).decode()
    except ValueError:
        return "".join(pieces)


_JOINERS: dict[str, Callable[[list[str]], str]] = {"arguments": _joined_arguments, "data": _joined_base64}


# --- tool calls -------------------------------------------------------------------


class _Call:
    """A tool call, of a function or a custom tool. `given`: the id that the model gave it."""

    __slots__ = ("bodies", "given", "members")

    def __init__(self, identifier: str, given: str | None) -> None:
        self.given = given
        self.members: Json = {"id": identifier}
        self.bodies: dict[str, _Pieces] = {}

    def add(self, piece: Json) -> None:
        for name, value in piece.items():
            if not value or name in {"index", "id"}:
                continue
            if name not in _BODIES:
                self.members[name] = value
                continue
            body = self.bodies.setdefault(name, _Pieces(_BODIES[name]))
            told = member_of(value, dict, {})
            # The name comes whole; some models say it again and again, or empty after the first time.
            body.add({key: said for key, said in told.items() if key != "name" or (said and key not in body.members)})

    def is_complete(self) -> bool:
        """Whether its arguments are an object, as far as they have come."""
        pieces = self.bodies["function"].written["arguments"] if "function" in self.bodies else []
        # Only where they may be: to join them at each piece would be quadratic.
        last = next((piece for piece in reversed(pieces) if piece.strip()), "")
        return last.rstrip().endswith("}") and parse_arguments("".join(pieces)) is not None

    def whole(self) -> Json:
        return self.members | {name: body.whole() for name, body in self.bodies.items()}


# What is called, and the member of it that is written piece by piece.
_BODIES = {"function": "arguments", "custom": "input"}


class _Calls:
    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._latest: dict[int, _Call] = {}

    def add(self, piece: Json, completion_id: object) -> None:
        index, given = member_of(piece.get("index"), int, 0), member_of(piece.get("id"), str, "") or None
        call = self._latest.get(index)
        if call is None or self._is_another(call, given, piece):
            call = _Call(tool_use_id(given, completion_id, len(self._calls)), given)
            self._calls.append(call)
            self._latest[index] = call
        elif call.given is None and given is not None:
            call.given = call.members["id"] = given
        call.add(piece)

    @staticmethod
    def _is_another(call: _Call, given: str | None, piece: Json) -> bool:
        """A new id at an index is a new call, as some models never count, and so is a new name after a call that is
        complete, as some give no ids. Neither is without a name: some give each piece an id of its own."""
        if not any(member_of(piece.get(body), dict, {}).get("name") for body in _BODIES):
            return False
        if given is not None:
            return given != call.given
        return call.given is None and call.is_complete()

    def whole(self) -> list[Json]:
        return [call.whole() for call in self._calls]
