"""The two formats of InvokeModel's body that LiteLLM serves over any model: Anthropic's Messages, OpenAI's chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import MalformedBody, UnsupportedField
from gateway.services.invoke_options import Options, chat_fields, merged, messages_fields
from gateway.services.managed_prompts import prompt_of
from gateway.translation.fields import NOT_CARRIED, Field

TAKEN = (
    "InvokeModel takes Anthropic's Messages (a body with \"anthropic_version\") and OpenAI's chat completions "
    '(a body with "messages") for every model; for what other formats say, use Converse'
)

# Members of other formats, by which a body with `messages` is known not to be OpenAI's.
_NOT_OPENAIS = {
    "schemaVersion": "Amazon Nova",
    "inferenceConfig": "Amazon Nova",
    "toolConfig": "Amazon Nova",
    "system": "Anthropic",
    "stop_sequences": "Anthropic",
    "anthropic_beta": "Anthropic",
}
_HINTS = {"Anthropic": 'if it is Anthropic\'s, "anthropic_version" is missing; '}
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})

# What Bedrock understands of its own within a body, and LiteLLM would drop.
_BEDROCKS_OWN = "amazon-bedrock-"
_EXTRANEOUS = "extraneous key [{}] is not permitted; {}"

# A token of a header (RFC 9110, section 5.6.2).
_BETA = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """A body for `/v1/messages`, and the values of its header anthropic-beta."""

    body: dict[str, Any]
    betas: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A body for `/v1/chat/completions`; `usage_asked`: whether the client itself asked for a chunk with the usage."""

    body: dict[str, Any]
    usage_asked: bool = False


def upstream_request(
    model: str, body: dict[str, Any], options: Options, *, stream: bool
) -> MessagesRequest | ChatRequest:
    """What LiteLLM is asked. Raises MalformedBody where the format is another, UnsupportedField by name."""
    refuse_prompt(model)
    for name in body:
        if name.startswith(_BEDROCKS_OWN):
            raise UnsupportedField(name[:80], NOT_CARRIED)
    if "anthropic_version" in body:
        return _messages_request(model, body, options, stream=stream)
    if reason := _not_chat(body):
        raise MalformedBody(f"{reason}; {TAKEN}")
    return _chat_request(model, body, options, stream=stream)


def refuse_prompt(model: str) -> None:
    """Raises UnsupportedField where the model is the ARN of a managed prompt, which only Converse fills in."""
    if prompt_of(model) is not None:
        raise UnsupportedField("modelId", "is the ARN of a managed prompt, which Converse and ConverseStream take")


# --- Anthropic's -----------------------------------------------------------------


def _messages_request(model: str, body: dict[str, Any], options: Options, *, stream: bool) -> MessagesRequest:
    request = Field(body)
    request.member("anthropic_version").text()
    request.member("messages").expect(list)
    reasons = {"model": "the model is the request's modelId", "stream": "the operation says whether it is streamed"}
    for name, reason in reasons.items():
        if name in body:
            raise UnsupportedField(name, _EXTRANEOUS.format(name, reason))
    betas = request.optional("anthropic_beta")
    rest = {name: value for name, value in body.items() if name not in {"anthropic_version", "anthropic_beta"}}
    asked = {"model": model} | merged(rest, messages_fields(options))
    return MessagesRequest(asked | ({"stream": True} if stream else {}), list(_betas(betas)) if betas else [])


def _betas(given: Field) -> Iterator[str]:
    for item in given.items():
        if not _BETA.fullmatch(item.text()):
            raise item.invalid("must be the name of a beta feature, such as context-1m-2025-08-07")
        yield str(item.value)


# --- OpenAI's ---------------------------------------------------------------------


def _not_chat(body: dict[str, Any]) -> str | None:
    """Why this is no body of OpenAI's chat completions."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return "the body's format is not known"
    for name, whose in _NOT_OPENAIS.items():
        if name in body:
            return f"the body's member {name} is none of OpenAI's: {_HINTS.get(whose, '')}other formats are not taken"
    if not messages or not all(map(_is_chat_message, messages)):
        return "the body's messages are not in OpenAI's format"
    return None


def _is_chat_message(message: Any) -> bool:
    if not isinstance(message, dict) or str(message.get("role")) not in _ROLES:
        return False
    content = message.get("content")
    if isinstance(content, list):
        return all(isinstance(part, dict) and "type" in part for part in content)
    return content is None or isinstance(content, str)


def _chat_request(model: str, body: dict[str, Any], options: Options, *, stream: bool) -> ChatRequest:
    # AWS's own examples for gpt-oss send both, and say that they may be left out.
    if body.get("model", model) != model:
        raise MalformedBody("model: must be absent, or the same as the request's modelId", param="model")
    if body.get("stream", stream) is not stream:
        reason = "for a streamed answer use InvokeModelWithResponseStream, for a whole one InvokeModel"
        raise UnsupportedField("stream", _EXTRANEOUS.format("stream", reason))
    rest = {name: value for name, value in body.items() if name not in {"model", "stream"}}
    asked: dict[str, Any] = {"model": model} | merged(rest, chat_fields(options))
    if not stream:
        return ChatRequest(asked)
    wanted = Field(body).optional("stream_options")
    settings = wanted.expect(dict) if wanted else {}
    asked |= {"stream": True, "stream_options": settings | {"include_usage": True}}
    return ChatRequest(asked, usage_asked=settings.get("include_usage") is True)
