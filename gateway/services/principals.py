"""Who calls, asked of LiteLLM and remembered for a while."""

from __future__ import annotations

import hashlib
import hmac

import orjson

from gateway.cache import Cache
from gateway.identity.principal import Principal, key_hash_of, principal_of
from gateway.upstream.caller import Caller
from gateway.upstream.keys import Keys, key_of

# What differs from one request to the next, and is no key.
_NO_KEY = {"user-agent", "traceparent", "tracestate", "content-type", "x-request-id"}


class Principals:
    """`seconds`: how long LiteLLM's answer is taken for granted; so long a key is good that has just been blocked.

    Everything raises UpstreamRefusal with LiteLLM's own status, which is not remembered, or another UpstreamError.
    """

    def __init__(self, keys: Keys, cache: Cache, *, seconds: float, master_key: str | None) -> None:
        self._keys = keys
        self._cache = cache
        self._seconds = seconds
        self._master_key = master_key

    async def of(self, caller: Caller) -> Principal:
        """Who the caller is."""
        key = key_of(caller)
        if self._master_key is not None and hmac.compare_digest(key.encode(), self._master_key.encode()):
            return Principal(f"key:{key_hash_of(key)}", is_master=True)
        name = f"owner:{self._name_of(caller)}"
        remembered = await self._cache.get(name)
        if remembered is not None:
            key_hash, user_id = orjson.loads(remembered)
            return principal_of(user_id, key_hash)
        owner = await self._keys.owner(caller)
        await self._cache.put(name, orjson.dumps([owner.key_hash, owner.user_id]).decode(), self._seconds)
        return principal_of(owner.user_id, owner.key_hash)

    async def is_administrator(self, principal: Principal, caller: Caller, *, now: bool = False) -> bool:
        """Whether they may see and manage what is others', as the administrator's session of LiteLLM's UI may, too."""
        if principal.is_master:
            return True
        if now:
            return await self._keys.is_administrator(caller)
        name = f"administrator:{self._name_of(caller)}"
        remembered = await self._cache.get(name)
        if remembered is None:
            remembered = str(await self._keys.is_administrator(caller))
            await self._cache.put(name, remembered, self._seconds)
        return remembered == str(True)

    def _name_of(self, caller: Caller) -> str:
        """A hash of all that LiteLLM is sent of the caller and that could be the key, and of whose LiteLLM it is.

        Whatever it takes of that, and wherever it is configured to look, its answer is that of the same headers.
        """
        digest = hashlib.sha256((self._master_key or "").encode())
        for name, value in caller.upstream_headers():
            if name not in _NO_KEY:
                for part in (name, value):
                    encoded = part.encode("latin-1")
                    digest.update(len(encoded).to_bytes(8, "big") + encoded)
        return digest.hexdigest()
