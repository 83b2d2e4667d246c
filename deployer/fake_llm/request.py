"""A chat completion request: bytes in, a checked request out."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from deployer.fake_llm import tokens
from deployer.fake_llm.conversation import SYSTEM_ROLES, Message, read_messages
from deployer.fake_llm.errors import invalid, missing, unsupported, wrong_type
from deployer.fake_llm.fields import check_fields
from deployer.fake_llm.tools import Tool, ToolChoice, read_tool_choice, read_tools

# How an answer is delivered must not change what it says.
DELIVERY_FIELDS = ("stream", "stream_options", "fake")
RESPONSE_FORMATS = ("text", "json_object", "json_schema")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request that passed all checks. `fields` is its body without nulls, `digest` the hash of what counts."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    tool_choice: ToolChoice
    fields: dict[str, Any]
    digest: str

    def last_user_text(self) -> str | None:
        """The text of the last user message; None without one."""
        return next((message.text for message in reversed(self.messages) if message.role == "user"), None)

    def system_text(self) -> str:
        """The texts of all system and developer messages, joined by line ends."""
        return "\n".join(message.text for message in self.messages if message.role in SYSTEM_ROLES)

    def prompt_tokens(self) -> int:
        """How many tokens the messages and the tools cost."""
        messages = sum(message.token_count() for message in self.messages)
        return messages + sum(tokens.count(tool.definition_text()) for tool in self.tools)


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a body that must be a JSON object, and drop its nulls: to OpenAI, null and absent are the same.

    Raises:
        ApiError: no JSON, or not an object.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = "the request body is empty" if not body else str(error)
        raise invalid(
            None, f"We could not parse the JSON body of your request: {reason}.", code="invalid_json"
        ) from None
    if not isinstance(value, dict):
        raise invalid(None, "The body of your request must be a JSON object.", code="invalid_json")
    return {key: field for key, field in value.items() if field is not None}


def read_model(fields: dict[str, Any]) -> str:
    """The field `model`, a string that is not empty. Raises ApiError."""
    model = fields.get("model")
    if model is None or model == "":
        raise missing("model")
    if not isinstance(model, str):
        raise wrong_type("model", "a string", model)
    return model


def digest(fields: dict[str, Any]) -> str:
    """Hash a request (hexadecimal, 32 digits); the order of keys and the way of delivery do not count.

    Raises:
        ApiError: nested too deeply to be written as JSON again.
    """
    counted = {key: value for key, value in fields.items() if key not in DELIVERY_FIELDS}
    try:
        canonical = orjson.dumps(counted, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # orjson reads 1024 levels and writes 254
        raise invalid(None, "The body of your request is nested too deeply.", code="invalid_json") from None
    return hashlib.blake2b(canonical, digest_size=16).hexdigest()


def read_chat_request(body: bytes) -> ChatRequest:
    """Read the body of a POST to /v1/chat/completions.

    Raises:
        ApiError: with OpenAI's error object, naming the field that is missing or wrong.
    """
    return chat_request(parse_object(body))


def chat_request(fields: dict[str, Any]) -> ChatRequest:
    """Check the fields of a request (no value is null) and read them. Raises ApiError."""
    model = read_model(fields)
    messages = read_messages(fields.get("messages"))
    check_fields(fields)
    _check_response_format(fields.get("response_format"))
    tools = read_tools(fields.get("tools"))
    choice = read_tool_choice(fields.get("tool_choice"), tools)
    return ChatRequest(model, messages, tools, choice, fields, digest(fields))


def _check_response_format(value: Any) -> None:
    if value is None:
        return
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in RESPONSE_FORMATS:
        raise unsupported("response_format.type", kind, RESPONSE_FORMATS)
    if kind != "json_schema":
        return
    described = value.get("json_schema")
    if not isinstance(described, dict):
        raise missing("response_format.json_schema")
    if not isinstance(described.get("schema"), dict):
        raise missing("response_format.json_schema.schema")
