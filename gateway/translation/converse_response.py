"""A chat completion into a Converse response."""

from __future__ import annotations

import re
from binascii import a2b_base64
from typing import Any

from gateway.errors import UpstreamBroken
from gateway.schemas.bedrock import ContentBlock, ConverseResponse, StopReason
from gateway.translation.answers import (
    NOT_A_COMPLETION,
    dicts_of,
    member_of,
    service_tier,
    stop_reason,
    token_usage,
    trace_of,
)
from gateway.translation.citations import cited_blocks
from gateway.translation.json_pointer import Pointer, select
from gateway.translation.tool_arguments import called_tool, parse_arguments, tool_use_id

# What a message of a completion can hold and a Converse message cannot.
_NOT_CARRIED = {"audio": "audio", "function_call": "a call of a function that toolConfig does not offer"}

_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+=*)")


def converse_response(
    completion: dict[str, Any], *, latency_ms: int, pointers: list[Pointer] | None = None
) -> ConverseResponse:
    """`pointers`: the additional fields to give back, out of the completion.

    Raises UpstreamBroken when `completion` is not a chat completion, or holds what cannot be carried back.
    """
    choice = next(iter(dicts_of(completion.get("choices"))), {})
    message = choice.get("message")
    if not isinstance(message, dict):
        raise UpstreamBroken(NOT_A_COMPLETION)
    reason = stop_reason(choice)
    if reason is None:
        raise UpstreamBroken("the model's answer does not say why it ended")
    calls, malformed = tool_use_blocks(message, completion.get("id"))
    response: ConverseResponse = {
        "output": {"message": {"role": "assistant", "content": [*_blocks(message), *calls]}},
        "stopReason": ending(reason, called=bool(calls), malformed=malformed),
        "usage": token_usage(completion.get("usage")),
        "metrics": {"latencyMs": latency_ms},
    }
    if fields := select(completion, pointers or []):
        response["additionalModelResponseFields"] = fields
    if trace := trace_of(completion):
        response["trace"] = trace
    if tier := service_tier(completion):
        response["serviceTier"] = tier
    return response


def ending(reason: StopReason, *, called: bool, malformed: bool) -> StopReason:
    """Some models say "stop" where they called a tool; and a call that cannot be read must not be made."""
    if malformed:
        return "malformed_tool_use"
    return "tool_use" if called and reason == "end_turn" else reason


def _blocks(message: dict[str, Any]) -> list[ContentBlock]:
    for name, what in _NOT_CARRIED.items():
        if message.get(name):
            raise UpstreamBroken(f"the model answered with {what}, which is not carried back")
    text = member_of(message.get("content"), str, "") + member_of(message.get("refusal"), str, "")
    images = [image_block(image) for image in dicts_of(message.get("images"))]
    return [*_reasoning(message), *cited_blocks(message, text), *images]


def _reasoning(message: dict[str, Any]) -> list[ContentBlock]:
    if blocks := dicts_of(message.get("thinking_blocks")):
        return [thinking_block(block) for block in blocks]
    text = member_of(message.get("reasoning_content"), str, "")
    return [{"reasoningContent": {"reasoningText": {"text": text}}}] if text else []


def thinking_block(block: dict[str, Any]) -> ContentBlock:
    """LiteLLM's thinking block, which is Anthropic's."""
    if block.get("type") == "redacted_thinking":
        return {"reasoningContent": {"redactedContent": _blob(member_of(block.get("data"), str, ""))}}
    text = member_of(block.get("thinking"), str, "")
    signature = member_of(block.get("signature"), str, "")
    if signature:
        return {"reasoningContent": {"reasoningText": {"text": text, "signature": signature}}}
    return {"reasoningContent": {"reasoningText": {"text": text}}}


def _blob(data: str) -> str:
    """Base64, as it is at every provider. Raises UpstreamBroken for anything else."""
    try:
        a2b_base64(data, strict_mode=True)
    except ValueError:
        raise UpstreamBroken("the model answered with bytes that are not base64") from None
    return data


def image_block(image: dict[str, Any]) -> ContentBlock:
    """An image that the model made, as LiteLLM gives it: a data URL. Raises UpstreamBroken for another."""
    url = member_of(image.get("image_url"), dict, {}).get("url")
    match = _IMAGE.fullmatch(url) if isinstance(url, str) else None
    if match is None:
        raise UpstreamBroken("the model answered with an image in a form that is not carried back")
    return {"image": {"format": match[1], "source": {"bytes": _blob(match[2])}}}


def tool_use_blocks(message: dict[str, Any], completion_id: object) -> tuple[list[ContentBlock], bool]:
    """The calls, and whether one of them cannot be read: such a one is given as the text that the model wrote."""
    blocks: list[ContentBlock] = []
    malformed = False
    for index, call in enumerate(dicts_of(message.get("tool_calls"))):
        function = member_of(call.get("function"), dict, {})
        name = called_tool(function)
        written = member_of(function.get("arguments"), str, "")
        arguments = parse_arguments(written)
        if arguments is None:
            malformed = True
            blocks.append({"text": f"{name}({written})"})
        else:
            identifier = tool_use_id(call.get("id"), completion_id, index)
            blocks.append({"toolUse": {"toolUseId": identifier, "name": name, "input": arguments}})
    return blocks, malformed
