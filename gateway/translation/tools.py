"""Converse's toolConfig as the tools and the tool_choice of a chat completion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.translation.blocks import cache_control
from gateway.translation.fields import Field

Chat = dict[str, Any]

# Nova's search of the web; LiteLLM asks any model that can for it by this field.
_WEB_SEARCH = "nova_grounding"


def tool_config(field: Field, chat: Chat) -> None:
    """Adds `tools`, `tool_choice`, `web_search_options`. Raises MalformedBody and UnsupportedField."""
    tools = field.only("tools", "toolChoice").member("tools")
    if not tools.expect(list):
        raise tools.invalid("must not be empty")
    offered: list[dict[str, Any]] = []
    for item in tools.items():
        item.only_member().read(_TOOLS)(offered, chat)
    if offered:
        chat["tools"] = offered
    if choice := field.optional("toolChoice"):
        chat["tool_choice"] = _choice(choice, [tool["function"]["name"] for tool in offered])


Adds = Callable[[list[dict[str, Any]], Chat], None]


def _tool_spec(field: Field) -> Adds:
    field.only("name", "description", "inputSchema", "strict")
    function: dict[str, Any] = {"name": field.member("name").text()}
    if description := field.optional("description"):
        function["description"] = description.text()
    function["parameters"] = field.member("inputSchema").only("json").member("json").expect(dict)
    if strict := field.optional("strict"):
        function["strict"] = strict.expect(bool)
    return lambda offered, _: offered.append({"type": "function", "function": function})


def _system_tool(field: Field) -> Adds:
    name = field.only("name").member("name")
    if name.text() != _WEB_SEARCH:
        raise name.unsupported(f"of the tools that run at the provider only {_WEB_SEARCH} is carried")

    def add(_: list[dict[str, Any]], chat: Chat) -> None:
        chat["web_search_options"] = {}

    return add


def _cache_point(field: Field) -> Adds:
    control = cache_control(field)

    def add(offered: list[dict[str, Any]], _: Chat) -> None:
        if not offered:
            raise field.invalid("must follow the tools that it ends")
        offered[-1]["cache_control"] = control

    return add


_TOOLS: dict[str, Callable[[Field], Adds]] = {
    "toolSpec": _tool_spec,
    "systemTool": _system_tool,
    "cachePoint": _cache_point,
}


def _choice(field: Field, names: list[str]) -> str | dict[str, Any]:
    if not names:
        raise field.invalid("needs a toolSpec to choose from")
    return field.only_member().read(_CHOICES)(names)


def _named(field: Field) -> Callable[[list[str]], dict[str, Any]]:
    name = field.only("name").member("name")

    def choose(names: list[str]) -> dict[str, Any]:
        return {"type": "function", "function": {"name": name.one_of(names)}}

    return choose


def _mode(mode: str) -> Callable[[Field], Callable[[list[str]], str]]:
    def read(field: Field) -> Callable[[list[str]], str]:
        field.only()
        return lambda _: mode

    return read


_CHOICES: dict[str, Callable[[Field], Callable[[list[str]], str | dict[str, Any]]]] = {
    "auto": _mode("auto"),
    "any": _mode("required"),
    "tool": _named,
}
