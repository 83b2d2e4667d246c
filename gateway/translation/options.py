"""Everything of a Converse request but its messages and tools, as fields of a chat completion request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from gateway.translation.fields import Field
from gateway.translation.json_pointer import Pointer, parse_pointer

Chat = dict[str, Any]

MAX_INTEGER = 2**31 - 1  # the service model's integers
MAX_RESPONSE_PATHS = 10
MAX_METADATA = 16

# --- inferenceConfig --------------------------------------------------------------


def _max_tokens(field: Field) -> int:
    if not 1 <= field.expect(int) <= MAX_INTEGER:
        raise field.invalid(f"must be from 1 to {MAX_INTEGER}")
    return int(field.value)


def _fraction(field: Field) -> float:
    if not 0 <= field.expect(float) <= 1:
        raise field.invalid("must be from 0 to 1")
    return float(field.value)


def _stop_sequences(field: Field) -> list[str]:
    return [item.text() for item in field.items()]


_INFERENCE: dict[str, tuple[str, Callable[[Field], Any]]] = {
    "maxTokens": ("max_tokens", _max_tokens),
    "temperature": ("temperature", _fraction),
    "topP": ("top_p", _fraction),
    "stopSequences": ("stop", _stop_sequences),
}


def inference_config(field: Field, chat: Chat) -> None:
    for member in field.members():
        name, convert = member.row(_INFERENCE)
        value = convert(member)
        if value != []:  # no stop sequences are none to stop at
            chat[name] = value


# --- what LiteLLM takes for Bedrock's models, by Bedrock's own names -------------------


def guardrail_config(field: Field, chat: Chat) -> None:
    """https://docs.litellm.ai/docs/providers/bedrock, "Usage - Bedrock Guardrails"."""
    field.only(*_GUARDRAIL)
    config = {str(member.name): member.read(_GUARDRAIL) for member in field.members()}
    if config:
        for needed in ("guardrailIdentifier", "guardrailVersion"):
            field.member(needed)
        chat["guardrailConfig"] = config


_GUARDRAIL: dict[str, Callable[[Field], str]] = {
    "guardrailIdentifier": Field.text,
    "guardrailVersion": Field.text,
    "trace": lambda field: field.one_of(["enabled", "disabled", "enabled_full"]),
    "streamProcessingMode": lambda field: field.one_of(["sync", "async"]),
}


def performance_config(field: Field, chat: Chat) -> None:
    latency = field.only("latency").optional("latency")
    if latency is not None and latency.one_of(["standard", "optimized"]) == "optimized":
        chat["performanceConfig"] = {"latency": "optimized"}


def service_tier(field: Field, chat: Chat) -> None:
    kind = field.only("type").member("type")
    if kind.one_of(["priority", "default", "flex", "reserved"]) == "reserved":
        raise kind.unsupported("the tier reserved has no counterpart in a chat completion")
    chat["service_tier"] = kind.value


def request_metadata(field: Field, chat: Chat) -> None:
    pairs = {str(member.name): str(member.expect(str)) for member in field.members()}
    if len(pairs) > MAX_METADATA:
        raise field.invalid(f"must have at most {MAX_METADATA} members")
    chat |= logged(pairs)


def logged(pairs: dict[str, str]) -> dict[str, Any]:
    """Metadata as LiteLLM logs it: with the spend, and as tags. No fields where there is none."""
    if not pairs:
        return {}
    tags = [f"{name}:{value}" for name, value in pairs.items()]
    return {"litellm_metadata": {"spend_logs_metadata": pairs, "tags": tags}}


# --- outputConfig -------------------------------------------------------------------


def output_config(field: Field, chat: Chat) -> None:
    field.only("textFormat", "effort")
    if text_format := field.optional("textFormat"):
        chat["response_format"] = _response_format(text_format)
    if effort := field.optional("effort"):
        chat["reasoning_effort"] = effort.text()


def _response_format(field: Field) -> dict[str, Any]:
    field.only("type", "structure").member("type").one_of(["json_schema"])
    described = field.member("structure").only("jsonSchema").member("jsonSchema").only("schema", "name", "description")
    name = described.optional("name")
    schema: dict[str, Any] = {
        "name": name.text() if name else "response",
        "schema": _schema(described.member("schema")),
        "strict": True,  # what Bedrock promises of every answer
    }
    if description := described.optional("description"):
        schema["description"] = description.expect(str)
    return {"type": "json_schema", "json_schema": schema}


def _schema(field: Field) -> dict[str, Any]:
    try:
        schema = orjson.loads(field.text())
    except orjson.JSONDecodeError as error:
        raise field.invalid(f"must hold a JSON schema: {error}") from None
    if not isinstance(schema, dict):
        raise field.invalid("must hold a JSON schema, which is an object")
    return schema


# --- additional fields ----------------------------------------------------------------

# Asked of the gateway, not of the model; Converse and ConverseStream take them out before.
NO_HISTORY = "chat history goes with chat completions, Converse and ConverseStream alone"

# Converse sets them itself, or could not give back what comes of them.
_RESERVED = {
    "model": "the model is the request's modelId",
    "messages": "the messages are the request's own",
    "stream": "whether the answer is streamed is up to the operation",
    "stream_options": "whether the answer is streamed is up to the operation",
    "n": "Converse answers with one message",
    "functions": "tools are offered by toolConfig",
    "function_call": "a tool is chosen by toolConfig.toolChoice",
    **dict.fromkeys(("enable_history", "session_id"), NO_HISTORY),
}


def additional_fields(field: Field, chat: Chat) -> None:
    """Merged last. What the request sets already is a conflict, as it is at Bedrock, not a way to overwrite it."""
    for member in field.members():
        name = str(member.name)
        if name in _RESERVED:
            raise member.unsupported(_RESERVED[name])
        if name in chat:
            raise member.invalid("conflicts with a field of the request; remove one of them")
        chat[name] = member.value


def response_field_paths(field: Field) -> list[Pointer]:
    """additionalModelResponseFieldPaths, parsed."""
    items = list(field.items())
    if len(items) > MAX_RESPONSE_PATHS:
        raise field.invalid(f"must have at most {MAX_RESPONSE_PATHS} paths")
    return [_pointer(item) for item in items]


def _pointer(item: Field) -> Pointer:
    pointer = parse_pointer(item.text())
    if pointer is None:
        raise item.invalid("must be a JSON pointer such as /usage/prompt_tokens")
    return pointer
