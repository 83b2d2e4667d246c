"""Bedrock's CountTokens: what a request would have for input tokens, over any model of LiteLLM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.errors import RequestError, UnsupportedField
from gateway.services.invoke_bodies import MessagesRequest, refuse_prompt, upstream_request
from gateway.translation.converse_request import chat_request
from gateway.upstream.asking import Answer
from gateway.upstream.caller import Caller
from gateway.upstream.tokens import Tokens

CONVERSE = "input.converse"
INVOKE_MODEL = "input.invokeModel.body"

# The parts of a chat message that LiteLLM counts; it fails, and not gently, over others.
_COUNTABLE = frozenset({"text", "image_url", "image", "document", "file", "thinking", "redacted_thinking"})
# What has tokens; the rest of a request are settings.
_COUNTED = ("model", "messages", "tools")


class CountTokens:
    """Each call gives `{"inputTokens": n}`; raises MalformedBody, UnsupportedField or an UpstreamError."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def of_converse(self, model: str, request: dict[str, Any], caller: Caller) -> Answer:
        """`request`: a body of Converse."""
        refuse_prompt(model)
        try:
            chat = chat_request(model, request, stream=False)
        except RequestError as error:
            raise _within(CONVERSE, error) from None
        return await self._of_chat(CONVERSE, chat, caller)

    async def of_invocation(self, model: str, body: dict[str, Any], caller: Caller) -> Answer:
        """`body`: a body of InvokeModel."""
        refuse_prompt(model)
        try:
            request = upstream_request(model, body, {}, stream=False)
        except RequestError as error:
            raise _within(INVOKE_MODEL, error) from None
        if isinstance(request, MessagesRequest):
            return await self._tokens.of_messages(request.body, caller)
        return await self._of_chat(INVOKE_MODEL, request.body, caller)

    async def _of_chat(self, path: str, chat: dict[str, Any], caller: Caller) -> Answer:
        for kind in _part_types(chat["messages"]):
            if kind not in _COUNTABLE:
                raise UnsupportedField(f"{path}.messages", f"the tokens of content of type {kind} cannot be counted")
        return await self._tokens.of_chat({name: chat[name] for name in _COUNTED if name in chat}, caller)


def _part_types(messages: list[dict[str, Any]]) -> Iterator[str]:
    for message in messages:
        content = message.get("content")
        if isinstance(content, list):
            yield from (str(part.get("type"))[:80] for part in content)


def _within(path: str, error: RequestError) -> RequestError:
    """The error with the path of its member from the request's own top."""
    separator = "." if error.param else ": "
    error.message = f"{path}{separator}{error.message}"
    error.param = f"{path}.{error.param}" if error.param else path
    return error
