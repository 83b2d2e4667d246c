"""What LiteLLM knows of a caller's key: whether it is good, whose it is, and what they may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from gateway.errors import UpstreamBroken, UpstreamRefusal
from gateway.identity.principal import key_hash_of
from gateway.units import MIB
from gateway.upstream.asking import asked, json_object, read, refusal, whole
from gateway.upstream.caller import Caller
from gateway.upstream.headers import CREDENTIAL_HEADERS, end_to_end
from gateway.upstream.litellm import LiteLLM
from gateway.upstream.records import KeyRecord, UserRecord, key_record, user_record

# Any key may ask it, with LiteLLM's database or without.
MODELS = "/v1/models"
KEY_INFO = "/key/info"
USER_INFO = "/v2/user/info"
# With the user's keys.
WHOLE_USER_INFO = "/user/info"

ADMINISTRATOR = "proxy_admin"

MAX_ANSWER = 16 * MIB

# LiteLLM's order of the headers that may carry a key, where several do (its `get_api_key`).
_PRECEDENCE = (
    b"x-litellm-api-key",
    b"authorization",
    b"api-key",
    b"x-api-key",
    b"x-goog-api-key",
    b"ocp-apim-subscription-key",
)
_SCHEME = re.compile(r"(?:Bearer|Basic)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """`key_hash`: as LiteLLM stores the key; `user_id`: of the user behind it, where it has one."""

    key_hash: str
    user_id: str | None


def key_of(caller: Caller) -> str:
    """The key that LiteLLM will take of the headers; empty where there is none."""
    found = {name: value for name, value in reversed(end_to_end(caller.headers)) if name in CREDENTIAL_HEADERS}
    given = next((found[name] for name in _PRECEDENCE if found.get(name, b"").strip()), b"")
    return _SCHEME.sub("", given.decode("latin-1").strip(), count=1).strip()


class Keys:
    """Asks LiteLLM each time. Everything raises UpstreamRefusal with LiteLLM's own status, or another UpstreamError.

    `master_key`: LiteLLM's, where the gateway has it.
    """

    def __init__(self, litellm: LiteLLM, master_key: str | None) -> None:
        self._litellm = litellm
        self._master_key = master_key

    async def check(self, caller: Caller) -> None:
        """Raises UpstreamRefusal when the key is refused."""
        await self._get(MODELS, caller.upstream_headers())

    async def owner(self, caller: Caller) -> KeyOwner:
        """Whose key it is. Raises UpstreamRefusal for a key that is blocked, expired, deleted or was never given."""
        try:
            told = await self._get(KEY_INFO, caller.upstream_headers())
        except UpstreamRefusal as error:
            if error.status == 404:
                # A good key of which LiteLLM keeps no record, such as the master key; a bad one is a 401.
                await self.check(caller)
                return KeyOwner(key_hash_of(key_of(caller)), None)
            if error.status != 403 or self._master_key is None:
                raise
            # Good for models alone, not for asking: LiteLLM is asked on the gateway's own behalf.
            headers = [("authorization", f"Bearer {self._master_key}")]
            told = await self._get(f"{KEY_INFO}?key={key_hash_of(key_of(caller))}", headers)
            if _info(told).get("status", "active") != "active":
                raise
        info, key_hash = _info(told), told.get("key")
        user_id = info.get("user_id")
        if not isinstance(key_hash, str) or not isinstance(user_id, str | None):
            raise UpstreamBroken("LiteLLM's answer does not say whose key it is")
        return KeyOwner(key_hash, user_id)

    async def record(self, caller: Caller) -> KeyRecord:
        """All that LiteLLM keeps of the caller's key, asked with the key itself."""
        told = await self._get(KEY_INFO, caller.upstream_headers())
        return key_record(told.get("key"), _info(told))

    async def user(self, caller: Caller, user_id: str) -> UserRecord:
        """The user whose key it is, asked with the key itself."""
        query = urlencode({"user_id": user_id}, quote_via=quote)
        return user_record(await self._get(f"{WHOLE_USER_INFO}?{query}", caller.upstream_headers()), user_id)

    async def post(self, caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """LiteLLM's answer to a request of the caller's, who may do what LiteLLM lets them."""
        async with asked(self._litellm, path, body, caller) as response:
            return (await whole(response)).body

    async def is_administrator(self, caller: Caller) -> bool:
        """Whether the user behind the key is one of LiteLLM's administrators."""
        try:
            told = await self._get(USER_INFO, caller.upstream_headers())
        except UpstreamRefusal as error:
            if error.status in {400, 403, 404}:  # has no user, or may not ask
                return False
            raise
        return told.get("user_role") == ADMINISTRATOR

    async def _get(self, target: str, headers: list[tuple[str, str]]) -> dict[str, Any]:
        sent = [*headers, ("accept-encoding", "identity")]
        async with self._litellm.request("GET", target, headers=sent, body=None) as response:
            body = await read(response, MAX_ANSWER)
            if response.status != 200:
                raise refusal(response.status, body, response.headers.get("retry-after"))
            return json_object(body)


def _info(told: dict[str, Any]) -> dict[str, Any]:
    info = told.get("info")
    return info if isinstance(info, dict) else {}
