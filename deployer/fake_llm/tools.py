"""The tools that a request offers, and its wish which of them are called."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson

from deployer.fake_llm.errors import invalid, missing, unsupported, wrong_type


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; `parameters` is a JSON schema, `where` the tool's place in the request."""

    name: str
    parameters: dict[str, Any]
    definition: dict[str, Any]
    where: str

    def definition_text(self) -> str:
        """The definition as the compact JSON that a model reads as part of its prompt."""
        return orjson.dumps(self.definition).decode()


class Choice(Enum):
    """Whether tools are called: never, when the user asks, always."""

    NONE = "none"
    AUTO = "auto"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """The field `tool_choice`; `name` is the one function that a request insists on."""

    choice: Choice = Choice.AUTO
    name: str | None = None


def read_tools(value: Any) -> tuple[Tool, ...]:
    """Read the field `tools`. Raises ApiError."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong_type("tools", "an array of objects", value)
    return tuple(_read_tool(tool, f"tools[{index}]") for index, tool in enumerate(value))


def read_tool_choice(value: Any, tools: tuple[Tool, ...]) -> ToolChoice:
    """Read the field `tool_choice`: "none", "auto", "required" or {"type": "function", "function": {"name"}}.

    Raises:
        ApiError: another value, no tools to choose from, or a name that is not among them.
    """
    if value is None:
        return ToolChoice()
    if not tools:
        raise invalid("tool_choice", "Invalid value for 'tool_choice': it is only allowed when 'tools' are specified.")
    if isinstance(value, str) and value in (choice.value for choice in Choice):
        return ToolChoice(Choice(value))
    function = value.get("function") if isinstance(value, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if name is None:
        expected = '\'none\', \'auto\', \'required\' or an object like {"type": "function", "function": {"name": …}}'
        raise invalid("tool_choice", f"Invalid value for 'tool_choice': expected {expected}.")
    if name not in [tool.name for tool in tools]:
        raise invalid("tool_choice", f"Invalid value for 'tool_choice': '{name}' is not among the tools.")
    return ToolChoice(Choice.REQUIRED, name)


def _read_tool(tool: Any, where: str) -> Tool:
    if not isinstance(tool, dict):
        raise wrong_type(where, "an object", tool)
    if tool.get("type") != "function":
        raise unsupported(f"{where}.type", tool.get("type"), ("function",))
    where = f"{where}.function"
    function = tool.get("function")
    if not isinstance(function, dict):
        raise missing(where)
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise missing(f"{where}.name")
    parameters = function.get("parameters")
    if parameters is None:
        parameters = {}
    if not isinstance(parameters, dict):
        raise wrong_type(f"{where}.parameters", "an object", parameters)
    return Tool(name, parameters, function, where)
