"""Anthropic's Messages asked of LiteLLM, which serves them over any model: https://docs.anthropic.com/en/api/messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from gateway.codecs.sse import Event
from gateway.errors import UpstreamBroken, UpstreamError, UpstreamRefusal
from gateway.upstream.asking import Answer, RawHeaderList, asked, events, json_object, useful_headers, whole
from gateway.upstream.caller import Caller
from gateway.upstream.litellm import LiteLLM

TARGET = "/v1/messages"

# Anthropic's error types and their statuses: https://docs.anthropic.com/en/api/errors. A stream tells only the type.
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


@dataclass(frozen=True, slots=True)
class MessageStream:
    """A streamed answer: lists of events, each what came at once, up to `message_stop`, without `ping`."""

    events: AsyncIterator[list[dict[str, Any]]]
    headers: RawHeaderList


class Messages:
    """Both calls raise UpstreamRefusal with LiteLLM's own status, or another UpstreamError.

    `betas`: values of the header anthropic-beta.
    """

    def __init__(self, litellm: LiteLLM) -> None:
        self._litellm = litellm

    async def create(self, body: dict[str, Any], betas: list[str], caller: Caller) -> Answer:
        async with asked(self._litellm, TARGET, body, caller, headers=_beta_header(betas)) as response:
            answer = await whole(response)
        _raise_error(answer.body)  # LiteLLM answers some failures of the model with status 200
        return answer

    @asynccontextmanager
    async def stream(self, body: dict[str, Any], betas: list[str], caller: Caller) -> AsyncIterator[MessageStream]:
        async with asked(self._litellm, TARGET, body, caller, headers=_beta_header(betas)) as response:
            yield MessageStream(_message_events(response), useful_headers(response))


def _beta_header(betas: list[str]) -> list[tuple[str, str]]:
    return [("anthropic-beta", ",".join(betas))] if betas else []


async def _message_events(response: aiohttp.ClientResponse) -> AsyncIterator[list[dict[str, Any]]]:
    async with aclosing(events(response)) as batches:
        async for batch in batches:
            told: list[dict[str, Any]] = []
            try:
                for event in batch:
                    parsed = _parsed(event)
                    if parsed.get("type") != "ping":
                        told.append(parsed)
                    if parsed.get("type") == "message_stop":
                        yield told
                        return
            except UpstreamError:
                # What came before the failure has been said.
                yield told
                raise
            yield told
    raise UpstreamBroken("the model's answer broke off before it was complete")


def _parsed(event: Event) -> dict[str, Any]:
    parsed = json_object(event.data)
    _raise_error(parsed)
    if not isinstance(parsed.get("type"), str):
        raise UpstreamBroken("an event of LiteLLM's stream has no type")
    return parsed


def _raise_error(parsed: dict[str, Any]) -> None:
    error = parsed.get("error")
    if error is None and parsed.get("type") != "error":
        return
    told = error if isinstance(error, dict) else {}
    kind = str(told.get("type"))
    message = str(told.get("message") or "the model failed")
    raise UpstreamRefusal(_STATUSES.get(kind, 500), message, code=kind)
