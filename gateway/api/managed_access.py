"""Requests that manage users and keys: administrators' are passed on, others' are held to the access policy."""

from __future__ import annotations

from functools import partial

import orjson

from gateway.api.dialects import JSON
from gateway.api.exchange import Exchange, parse_json_object
from gateway.api.our_key import body_is_about_key, refused
from gateway.services.access.access import Access, Passed, Request
from gateway.services.access.answers import complete
from gateway.services.access.operations import Asked, Operation
from gateway.units import MIB
from gateway.upstream.asking import read
from gateway.upstream.caller import Caller
from gateway.upstream.headers import request_headers, response_headers
from gateway.upstream.litellm import LiteLLM

# What administrators send may list many keys.
MAX_BODY = 1 * MIB
MAX_ANSWER = 64 * MIB
NO_STORE = (b"cache-control", b"no-store")

# Whose answers leave out limits that were asked for.
_INCOMPLETE = frozenset({Operation.NEW_USER, Operation.NEW_KEY, Operation.REGENERATE_KEY})
# The body is read here, and may be another in the end.
_NOT_RETURNED = {b"content-length", b"content-encoding"}


class ManagedAccess:
    def __init__(self, access: Access, litellm: LiteLLM) -> None:
        self._access = access
        self._litellm = litellm

    async def perform(self, asked: Asked, exchange: Exchange) -> None:
        """Answer with what LiteLLM answers. Raises GatewayError."""
        request = Request(
            asked,
            Caller(exchange.headers, exchange.request_id),
            read=partial(exchange.json_body, MAX_BODY, "for requests that manage users or keys"),
            # No body is an empty object, as LiteLLM has it where nothing needs to be said.
            parse=lambda raw: parse_json_object(raw or b"{}"),
            pass_on=partial(self._pass_on, asked, exchange),
        )
        answer = await self._access.perform(request)
        if answer is not None:
            await exchange.respond(200, [JSON, NO_STORE], orjson.dumps(answer))

    async def _pass_on(self, asked: Asked, exchange: Exchange, passed: Passed) -> int:
        scope = exchange.scope
        headers = request_headers(
            passed.headers,
            scheme=scope["scheme"],
            client=exchange.client,
            request_id=exchange.request_id,
            content_length=len(passed.body),
        )
        sent = [(name, value) for name, value in headers if name != "accept-encoding"]
        sent.append(("accept-encoding", "identity"))
        async with (
            exchange.while_client_stays(),
            self._litellm.request(scope["method"], exchange.target, headers=sent, body=passed.body) as response,
        ):
            body = await read(response, MAX_ANSWER)
            if passed.key_is_ours and body_is_about_key(response.status, body):
                raise refused()
            kept = [pair for pair in response_headers(response.raw_headers) if pair[0] not in _NOT_RETURNED]
            if response.status == 200 and asked.operation in _INCOMPLETE:
                body = _completed(body)
            await exchange.respond(response.status, kept, body)
            return response.status


def _completed(body: bytes) -> bytes:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    mended = complete(answer) if isinstance(answer, dict) else answer
    return body if mended is answer else orjson.dumps(mended)
