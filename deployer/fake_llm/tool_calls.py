"""Which tools the answer calls, and with which arguments."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import orjson

from deployer.fake_llm.errors import invalid
from deployer.fake_llm.request import ChatRequest
from deployer.fake_llm.schema_instance import NoInstanceError, smallest_instance
from deployer.fake_llm.tools import Choice, Tool

_ASKING = re.compile(r"\b(?:call|use)\s+[`'\"]?(?P<name>[\w-]+)[`'\"]?\s*", re.IGNORECASE)
_FURTHER = re.compile(r"(?:,\s*and\b|,|\band\b)\s*[`'\"]?(?P<name>[\w-]+)[`'\"]?\s*", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call: the tool's name and its arguments as JSON text."""

    name: str
    arguments: str


def requested_calls(request: ChatRequest) -> tuple[ToolCall, ...]:
    """The calls that the answer to `request` consists of; empty when it is a text.

    The user asks with "call <name>" or "use <name>", then maybe a JSON object with the arguments, then maybe
    "and <name>" or ", <name>". A `tool_choice` that requires a call gets one in any case.

    Raises:
        ApiError: a tool's parameters have no smallest instance.
    """
    if not request.tools or request.tool_choice.choice is Choice.NONE:
        return ()
    forced = request.tool_choice.choice is Choice.REQUIRED
    offered = {tool.name: tool for tool in request.tools if request.tool_choice.name in (None, tool.name)}
    text = request.messages[-1].text if request.messages[-1].role == "user" else ""
    calls = tuple(_asked(text, offered))
    if forced and not calls:
        calls = (_call(next(iter(offered.values())), None),)
    return calls[:1] if request.fields.get("parallel_tool_calls") is False else calls


def _asked(text: str, offered: dict[str, Tool]) -> Iterator[ToolCall]:
    at = 0
    while asking := _ASKING.search(text, at):
        at = asking.start("name")  # in "use call x" the first name is a verb
        next_name: re.Match[str] | None = asking
        while next_name and (tool := offered.get(next_name["name"])):
            arguments, at = _arguments(text, next_name.end())
            yield _call(tool, arguments)
            next_name = _FURTHER.match(text, at)


def _arguments(text: str, at: int) -> tuple[str | None, int]:
    """The JSON object at `at`, as it is written, and where the text goes on; None when there is none."""
    if not text.startswith("{", at):
        return None, at
    try:
        _, end = _JSON.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, at
    gap = _SPACE.match(text, end)
    return text[at:end], gap.end() if gap else end


def _call(tool: Tool, arguments: str | None) -> ToolCall:
    if arguments is not None:
        return ToolCall(tool.name, arguments)
    try:
        instance = smallest_instance({"type": "object", **tool.parameters})
    except NoInstanceError as error:
        where = f"{tool.where}.parameters"
        raise invalid(where, f"Invalid schema in '{where}': {error}.", code="invalid_function_parameters") from None
    return ToolCall(tool.name, orjson.dumps(instance).decode())


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)
