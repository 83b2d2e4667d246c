"""Managed prompts of Bedrock in place of a model: in a Converse request, and in a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import GatewayError, MalformedBody, RequestError, UnsupportedField
from gateway.prompts.arn import PromptArn, parse_prompt_arn
from gateway.prompts.errors import UnusablePrompt
from gateway.prompts.store import Prompts
from gateway.prompts.template import FilledPrompt, fill, prompt_variables
from gateway.translation.converse_request import ChatRequest, partial_chat_request
from gateway.upstream.caller import Caller
from gateway.upstream.keys import Keys

# What the prompt sets itself; Bedrock refuses it beside one.
_OF_THE_PROMPT = ("inferenceConfig", "system", "toolConfig", "additionalModelRequestFields")

# What of a chat completion may stand beside a prompt: OpenAI's names of what Bedrock allows there, and what is
# LiteLLM's own affair.
_BESIDE_A_PROMPT = frozenset(
    {
        *("model", "messages", "stream", "stream_options", "promptVariables"),
        *("response_format", "reasoning_effort", "service_tier", "guardrailConfig", "performanceConfig"),
        *("metadata", "litellm_metadata", "tags", "user", "timeout", "num_retries", "fallbacks"),
    }
)
_ROLES_OF_THE_PROMPT = ("system", "developer")


@dataclass(frozen=True, slots=True)
class ManagedPrompts:
    """`keys` is asked before anything of a prompt is told, or AWS is asked for it."""

    prompts: Prompts
    keys: Keys

    async def chat_request(
        self, arn: PromptArn, request: dict[str, Any], caller: Caller, *, stream: bool
    ) -> ChatRequest:
        """`request`: the body of Converse whose model is the prompt; its messages come after the prompt's.

        Raises UnsupportedField for what the prompt sets, and what can be wrong with prompts and requests.
        """
        for name in _OF_THE_PROMPT:
            if request.get(name) is not None:
                raise UnsupportedField(name, "is not allowed with a managed prompt, which sets it")
        _refuse_system_messages(request.get("messages"))
        own = {name: value for name, value in request.items() if name != "promptVariables"}
        asked = partial_chat_request("", own, stream=stream)
        of_prompt = await self._translated(arn, request.get("promptVariables"), caller)
        return _joined(of_prompt, asked)

    async def completion(self, arn: PromptArn, request: Mapping[str, Any], caller: Caller) -> ChatRequest:
        """`request`: the body of a chat completion whose model is the prompt. Raises as `chat_request` does."""
        for name, value in request.items():
            if value is not None and name not in _BESIDE_A_PROMPT:
                raise UnsupportedField(name, "is not allowed with a managed prompt, which sets it")
        messages = request.get("messages")
        if not isinstance(messages, list | None):
            raise MalformedBody("messages: must be a list", param="messages")
        _refuse_system_messages(messages)
        of_prompt = await self._translated(arn, request.get("promptVariables"), caller)
        own = {name: value for name, value in request.items() if name != "promptVariables"}
        return _joined(of_prompt, own | {"messages": messages or []})

    async def _translated(self, arn: PromptArn, variables: Any, caller: Caller) -> ChatRequest:
        values = prompt_variables(variables)
        prompt = self.prompts.cached(arn)
        if prompt is None:
            await self.keys.check(caller)
            prompt = await self.prompts.get(arn)
        try:
            return _of_prompt(arn, fill(prompt, values))
        except GatewayError:
            await self.keys.check(caller)
            raise


def prompt_of(model: object) -> PromptArn | None:
    """The prompt that is given in place of a model. Raises MalformedPromptArn."""
    return parse_prompt_arn(model) if isinstance(model, str) else None


def _refuse_system_messages(messages: Any) -> None:
    for index, message in enumerate(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and message.get("role") in _ROLES_OF_THE_PROMPT:
            path = f"messages[{index}].role"
            raise UnsupportedField(path, "a system prompt is not allowed with a managed prompt, which sets it")


def _of_prompt(arn: PromptArn, filled: FilledPrompt) -> ChatRequest:
    try:
        return partial_chat_request(filled.model, filled.request, stream=False)
    except RequestError as error:
        raise UnusablePrompt(f"the prompt {arn.text} cannot be used: {error.message}") from None


def _joined(of_prompt: ChatRequest, asked: Mapping[str, Any]) -> ChatRequest:
    """The prompt's messages first; what both set is the prompt's doing, by its additional fields."""
    for name in of_prompt.keys() & asked.keys() - {"model", "messages"}:
        raise UnusablePrompt(f"the prompt sets {name} among its additional fields, and so does the request", param=name)
    messages = [*of_prompt["messages"], *asked["messages"]]
    if not any(message.get("role") != "system" for message in messages if isinstance(message, dict)):
        raise MalformedBody("messages: the prompt has no message of its own; send one", param="messages")
    return {**of_prompt, **asked, "model": of_prompt["model"], "messages": messages}
