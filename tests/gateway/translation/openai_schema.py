"""Whether a request is one of OpenAI's, by the types of the openai package, once what is LiteLLM's own is set aside."""

from __future__ import annotations

import copy
from typing import Any

import orjson
from openai.types.chat import (
    ChatCompletionContentPartParam,
    ChatCompletionContentPartTextParam,
    ChatCompletionMessageParam,
    ChatCompletionMessageToolCallUnionParam,
    ChatCompletionToolUnionParam,
)
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import TypeAdapter

_REQUEST: TypeAdapter[Any] = TypeAdapter(CompletionCreateParamsNonStreaming)
# The types say Iterable, which pydantic checks when it is walked, one level deep: so each list is checked by itself.
_MESSAGE: TypeAdapter[Any] = TypeAdapter(ChatCompletionMessageParam)
_TOOL: TypeAdapter[Any] = TypeAdapter(ChatCompletionToolUnionParam)
_CALL: TypeAdapter[Any] = TypeAdapter(ChatCompletionMessageToolCallUnionParam)
_TEXT: TypeAdapter[Any] = TypeAdapter(ChatCompletionContentPartTextParam)
_PART: TypeAdapter[Any] = TypeAdapter(ChatCompletionContentPartParam)

# LiteLLM's own, each by its documentation or its types/llms/openai.py; efforts are more than OpenAI's.
_OF_LITELLM = ("guardrailConfig", "performanceConfig", "litellm_metadata", "reasoning_effort")
_OF_A_MESSAGE = ("cache_control", "thinking_blocks", "reasoning_content", "provider_specific_fields")
_PARTS = {"guarded_text", "grounding_source", "query", "document"}


def check_request(chat: dict[str, Any]) -> None:
    """Raises pydantic's ValidationError when it is none, and TypeError when it cannot be written as JSON."""
    plain = orjson.loads(orjson.dumps(chat))
    for name in _OF_LITELLM:
        plain.pop(name, None)
    plain["messages"] = [_plain_message(message) for message in copy.deepcopy(chat["messages"])]
    _REQUEST.validate_python(plain)
    for message in plain["messages"]:
        _MESSAGE.validate_python(message)
        content = message.get("content")
        for part in content if isinstance(content, list) else []:
            (_PART if message["role"] == "user" else _TEXT).validate_python(part)
        for call in message.get("tool_calls") or []:
            _CALL.validate_python(call)
    for tool in plain.get("tools") or []:
        _TOOL.validate_python(tool)


def _plain_message(message: dict[str, Any]) -> dict[str, Any]:
    for name in _OF_A_MESSAGE:
        message.pop(name, None)
    if isinstance(message.get("content"), list):
        message["content"] = [_plain_part(part, message["role"]) for part in message["content"]]
    return message


def _plain_part(part: dict[str, Any], role: str) -> dict[str, Any]:
    part.pop("cache_control", None)
    # A tool's and the assistant's messages have texts alone at OpenAI; LiteLLM takes images and files too.
    if part["type"] in _PARTS or (role != "user" and part["type"] in {"image_url", "file"}):
        return {"type": "text", "text": str(part)}
    if part["type"] == "input_audio":
        part["input_audio"]["format"] = "wav"  # OpenAI takes wav and mp3; others go to other providers
    return part
