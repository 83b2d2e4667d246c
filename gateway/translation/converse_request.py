"""A Converse request into a chat completion request.

A member that cannot be carried to the model is refused by name; none is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.translation import options
from gateway.translation.fields import Field, refused
from gateway.translation.json_pointer import Pointer
from gateway.translation.messages import chat_messages, system_messages
from gateway.translation.tools import tool_config

ChatRequest = dict[str, Any]


def chat_request(model: str, request: dict[str, Any], *, stream: bool) -> ChatRequest:
    """`request`: the body of Converse or ConverseStream. Raises MalformedBody and UnsupportedField.

    Its additionalModelResponseFieldPaths are for the answer: see `response_pointers`.
    """
    messages = Field(request).member("messages")
    if not messages.expect(list):
        raise messages.invalid("must not be empty")
    return partial_chat_request(model, request, stream=stream)


def partial_chat_request(model: str, request: dict[str, Any], *, stream: bool) -> ChatRequest:
    """The same for a request whose messages may be missing or none, as others join them."""
    chat: ChatRequest = {"model": model, "messages": []}
    if stream:
        chat |= {"stream": True, "stream_options": {"include_usage": True}}
    for field in sorted(Field(request).members(), key=_order):
        field.row(_MEMBERS)(field, chat)
    return chat


def response_pointers(request: dict[str, Any]) -> list[Pointer]:
    """Which additional fields of the model's answer are asked for. Raises MalformedBody."""
    paths = Field(request).optional("additionalModelResponseFieldPaths")
    return options.response_field_paths(paths) if paths else []


def _order(field: Field) -> int:
    """The system prompt is the first message, additional fields must not overwrite what others set."""
    return {"system": 0, "additionalModelRequestFields": 2}.get(str(field.name), 1)


def _system(field: Field, chat: ChatRequest) -> None:
    chat["messages"] += system_messages(field)


def _messages(field: Field, chat: ChatRequest) -> None:
    chat["messages"] += chat_messages(field)


def _response_paths(field: Field, _: ChatRequest) -> None:
    options.response_field_paths(field)


_no_prompt = refused("only a managed prompt has variables; the modelId is not the ARN of one")

_MEMBERS: dict[str, Callable[[Field, ChatRequest], None]] = {
    "system": _system,
    "messages": _messages,
    "inferenceConfig": options.inference_config,
    "toolConfig": tool_config,
    "guardrailConfig": options.guardrail_config,
    "performanceConfig": options.performance_config,
    "serviceTier": options.service_tier,
    "requestMetadata": options.request_metadata,
    "outputConfig": options.output_config,
    "additionalModelRequestFields": options.additional_fields,
    "additionalModelResponseFieldPaths": _response_paths,
    "promptVariables": lambda field, _: _no_prompt(field),
}
