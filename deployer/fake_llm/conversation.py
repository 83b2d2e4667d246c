"""The messages of a request, checked, and reduced to what the model sees in them."""

from dataclasses import dataclass
from typing import Any

from deployer.fake_llm import tokens
from deployer.fake_llm.errors import invalid, missing, unsupported, wrong_type
from deployer.fake_llm.parts import Part, read_part

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
SYSTEM_ROLES = ("system", "developer")

TOKENS_PER_MESSAGE = 1
TOKENS_PER_MEDIUM = 85  # what OpenAI bills for an image of low detail


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its text parts joined by line ends, and the rest as facts."""

    role: str
    text: str
    reasoning: str
    media: tuple[Part, ...]
    tool_calls: tuple[dict[str, Any], ...]
    tool_call_id: str | None

    def token_count(self) -> int:
        """How many prompt tokens the message costs."""
        arguments = sum(tokens.count(call["name"]) + tokens.count(call["arguments"]) for call in self.tool_calls)
        texts = tokens.count(self.text) + tokens.count(self.reasoning)
        return TOKENS_PER_MESSAGE + texts + arguments + TOKENS_PER_MEDIUM * len(self.media)


def read_messages(messages: Any) -> tuple[Message, ...]:
    """Read the field `messages`.

    Raises:
        ApiError: naming the first field that is missing or wrong.
    """
    if messages is None:
        raise missing("messages")
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise invalid("messages", "Invalid 'messages': empty array. Expected one message or more.", code="empty_array")
    return tuple(_read_message(message, f"messages[{index}]") for index, message in enumerate(messages))


def _read_message(message: Any, where: str) -> Message:
    if not isinstance(message, dict):
        raise wrong_type(where, "an object", message)
    role = _read_role(message.get("role"), f"{where}.role")
    parts = _read_content(message.get("content"), role, f"{where}.content")
    return Message(
        role=role,
        text="\n".join(part.text for part in parts if part.kind == "text"),
        reasoning=_read_reasoning(message, parts, where),
        media=tuple(part for part in parts if part.kind not in {"text", "reasoning"}),
        tool_calls=_read_tool_calls(message.get("tool_calls"), f"{where}.tool_calls"),
        tool_call_id=_read_tool_call_id(message.get("tool_call_id"), role, f"{where}.tool_call_id"),
    )


def _read_role(role: Any, where: str) -> str:
    if role is None:
        raise missing(where)
    if not isinstance(role, str):
        raise wrong_type(where, "a string", role)
    if role not in ROLES:
        raise unsupported(where, role, ROLES)
    return role


def _read_content(content: Any, role: str, where: str) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (Part("text", text=content),)
    if isinstance(content, list):
        return tuple(read_part(part, f"{where}[{index}]") for index, part in enumerate(content))
    if content is not None:
        raise wrong_type(where, "a string or an array of objects", content)
    if role != "assistant":  # an assistant's message may consist of tool calls alone
        raise missing(where)
    return ()


def _read_reasoning(message: dict[str, Any], parts: tuple[Part, ...], where: str) -> str:
    value = message.get("reasoning_content")
    if value is not None and not isinstance(value, str):
        raise wrong_type(f"{where}.reasoning_content", "a string", value)
    thoughts = [value or "", *(part.text for part in parts if part.kind == "reasoning")]
    return "\n".join(filter(None, thoughts))


def _read_tool_calls(calls: Any, where: str) -> tuple[dict[str, Any], ...]:
    if calls is None:
        return ()
    if not isinstance(calls, list):
        raise wrong_type(where, "an array of objects", calls)
    return tuple(_read_tool_call(call, f"{where}[{index}]") for index, call in enumerate(calls))


def _read_tool_call(call: Any, where: str) -> dict[str, Any]:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        raise wrong_type(where, "an object with 'id' and 'function'", call)
    seen = {"id": call.get("id"), "name": function.get("name"), "arguments": function.get("arguments")}
    for key, value in seen.items():
        if not isinstance(value, str):
            raise wrong_type(f"{where}.{key if key == 'id' else f'function.{key}'}", "a string", value)
    return seen


def _read_tool_call_id(value: Any, role: str, where: str) -> str | None:
    if value is None and role == "tool":
        raise missing(where)
    if value is not None and not isinstance(value, str):
        raise wrong_type(where, "a string", value)
    return value
