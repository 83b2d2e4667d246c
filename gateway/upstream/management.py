"""LiteLLM's management of users and keys, asked on the gateway's own behalf, with the master key.

https://docs.litellm.ai/docs/proxy/virtual_keys and /users
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from gateway.codecs.json_text import request_json
from gateway.errors import AccessUnavailable, GatewayError, UpstreamRefusal, UpstreamTimeout
from gateway.units import MIB, SECONDS
from gateway.upstream.asking import UNAUTHORIZED, is_about_key, json_object, read, refusal
from gateway.upstream.litellm import LiteLLM
from gateway.upstream.records import KeyRecord, UserRecord, key_record, user_record

MAX_ANSWER = 16 * MIB
# Of one request: people wait, and others with them.
TIMEOUT = 20 * SECONDS

# LiteLLM's header for who is behind a change that another key makes, which its audit log then names.
CHANGED_BY = "litellm-changed-by"

OK = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Behalf:
    """For whom the gateway acts, and in which request."""

    user_id: str
    request_id: str


class Management:
    """Everything raises UpstreamRefusal with LiteLLM's own status, or another UpstreamError; AccessUnavailable where
    the gateway has no master key, or not LiteLLM's."""

    def __init__(self, litellm: LiteLLM, master_key: str | None) -> None:
        self._litellm = litellm
        self._master_key = master_key

    async def user(self, user_id: str, behalf: Behalf) -> UserRecord | None:
        """None where LiteLLM has no such user."""
        try:
            return user_record(await self._get("/user/info", {"user_id": user_id}, behalf), user_id)
        except UpstreamRefusal as error:
            if error.status == 404:
                return None
            raise

    async def key(self, token: str, behalf: Behalf) -> KeyRecord | None:
        """By its hash. None where LiteLLM has no such key."""
        try:
            told = await self._get("/key/info", {"key": token}, behalf)
        except UpstreamRefusal as error:
            if error.status == 404:
                return None
            raise
        return key_record(told.get("key"), told.get("info") or {})

    async def has_team(self, team_id: str, behalf: Behalf) -> bool:
        try:
            await self._get("/team/info", {"team_id": team_id}, behalf)
        except UpstreamRefusal as error:
            if error.status == 404:
                return False
            raise
        return True

    async def new_user(self, body: dict[str, Any], behalf: Behalf) -> dict[str, Any]:
        return await self._post("/user/new", body, behalf)

    async def update_user(self, body: dict[str, Any], behalf: Behalf) -> dict[str, Any]:
        return await self._post("/user/update", body, behalf)

    async def new_key(self, body: dict[str, Any], behalf: Behalf) -> dict[str, Any]:
        return await self._post("/key/generate", body, behalf)

    async def update_key(self, body: dict[str, Any], behalf: Behalf) -> dict[str, Any]:
        return await self._post("/key/update", body, behalf)

    async def regenerate_key(self, body: dict[str, Any], behalf: Behalf) -> dict[str, Any]:
        return await self._post("/key/regenerate", body, behalf)

    async def delete_keys(self, tokens: Sequence[str], behalf: Behalf) -> dict[str, Any]:
        """By their hashes."""
        return await self._post("/key/delete", {"keys": list(tokens)}, behalf)

    async def delete_user(self, user_id: str, behalf: Behalf) -> None:
        """With their keys, and out of their teams."""
        await self._request("POST", "/user/delete", request_json({"user_ids": [user_id]}), behalf)

    async def join_team(self, team_id: str, user_id: str, behalf: Behalf) -> None:
        member = {"role": "user", "user_id": user_id}
        await self._post("/team/member_add", {"team_id": team_id, "member": member}, behalf)

    async def leave_team(self, team_id: str, user_id: str, behalf: Behalf) -> None:
        await self._post("/team/member_delete", {"team_id": team_id, "user_id": user_id}, behalf)

    async def _get(self, path: str, query: dict[str, str], behalf: Behalf) -> dict[str, Any]:
        return await self._asked("GET", f"{path}?{urlencode(query, quote_via=quote)}", None, behalf)

    async def _post(self, path: str, body: dict[str, Any], behalf: Behalf) -> dict[str, Any]:
        return await self._asked("POST", path, request_json(body), behalf)

    async def _asked(self, method: str, target: str, body: bytes | None, behalf: Behalf) -> dict[str, Any]:
        return json_object(await self._request(method, target, body, behalf))

    async def _request(self, method: str, target: str, body: bytes | None, behalf: Behalf) -> bytes:
        headers = self._headers(behalf)
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                self._litellm.request(method, target, headers=headers, body=body) as response,
            ):
                raw = await read(response, MAX_ANSWER)
        except TimeoutError:
            raise UpstreamTimeout(f"LiteLLM did not answer within {TIMEOUT:g} seconds") from None
        if response.status != OK:
            raise _refused(refusal(response.status, raw, response.headers.get("retry-after")))
        return raw

    def _headers(self, behalf: Behalf) -> list[tuple[str, str]]:
        if self._master_key is None:
            raise AccessUnavailable("the gateway has no master key (GATEWAY_MASTER_KEY) to do this with")
        return [
            ("authorization", f"Bearer {self._master_key}"),
            ("content-type", "application/json"),
            ("accept-encoding", "identity"),
            (CHANGED_BY, behalf.user_id.encode("ascii", "backslashreplace").decode()),
            ("x-request-id", behalf.request_id),
        ]


def _refused(error: UpstreamRefusal) -> GatewayError:
    """A 401 is about the gateway's own key, not the caller's, and LiteLLM's words about a bad key describe the key."""
    if error.status != UNAUTHORIZED:
        return error
    reason = "the key is not LiteLLM's" if is_about_key(error) else f"LiteLLM says {error.code}"
    _log.error("LiteLLM refuses what is asked with the master key (GATEWAY_MASTER_KEY): %s", reason)
    return AccessUnavailable("LiteLLM refuses the gateway's own key; tell whoever runs the gateway")
