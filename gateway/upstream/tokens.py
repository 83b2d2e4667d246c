"""LiteLLM's counting of tokens: by the model's provider where it can count, else estimated by LiteLLM.

Any key may ask for the models that it may use. https://docs.litellm.ai/docs/count_tokens
"""

from __future__ import annotations

from typing import Any

from gateway.errors import UpstreamBroken, UpstreamRefusal
from gateway.upstream.asking import Answer, asked, whole
from gateway.upstream.caller import Caller
from gateway.upstream.litellm import LiteLLM

# With `call_endpoint`, a provider that counts is asked.
CHAT_TARGET = "/utils/token_counter?call_endpoint=true"
MESSAGES_TARGET = "/v1/messages/count_tokens"

# LiteLLM's code where neither the provider nor an estimate counts what is in the messages.
_UNCOUNTABLE = "token_counting_error"
# What it makes of an exception of its own, such as its estimate raises for shapes that it does not know.
_RAISED = "internal_server_error"


class Tokens:
    """Both calls raise UpstreamRefusal, with status 400 when the tokens cannot be counted, or another UpstreamError."""

    def __init__(self, litellm: LiteLLM) -> None:
        self._litellm = litellm

    async def of_chat(self, body: dict[str, Any], caller: Caller) -> Answer:
        """`body`: model, messages and tools of a chat completion; the answer's body is `{"inputTokens": n}`."""
        return await self._count(CHAT_TARGET, "total_tokens", body, caller)

    async def of_messages(self, body: dict[str, Any], caller: Caller) -> Answer:
        """`body`: a request of Anthropic's Messages; the answer's body is `{"inputTokens": n}`."""
        return await self._count(MESSAGES_TARGET, "input_tokens", body, caller)

    async def _count(self, target: str, member: str, body: dict[str, Any], caller: Caller) -> Answer:
        try:
            async with asked(self._litellm, target, body, caller) as response:
                answer = await whole(response)
        except UpstreamRefusal as error:
            raise _uncountable(error) or error from None
        count = None if answer.body.get("error") else answer.body.get(member)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise UpstreamBroken("LiteLLM's answer holds no count of tokens")
        return Answer({"inputTokens": count}, answer.headers)


def _uncountable(error: UpstreamRefusal) -> UpstreamRefusal | None:
    """The refusal where it is the messages' fault: one that says so, and that no client tries again."""
    if error.code == _RAISED:
        return UpstreamRefusal(400, "LiteLLM cannot count the tokens of these messages", code=error.code)
    if error.code == _UNCOUNTABLE and error.status < 500:
        return UpstreamRefusal(400, f"the tokens cannot be counted: {error.message}", code=error.code)
    return None
