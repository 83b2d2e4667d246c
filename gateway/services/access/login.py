"""A key of LiteLLM in place of a user's access token: the gateway keeps one a user, and nobody else knows it.

Budgets, limits and spend stay LiteLLM's: the key is the user's own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from weakref import WeakValueDictionary

from gateway.errors import GatewayError, UpstreamBroken
from gateway.expiring import Expiring
from gateway.identity.login_keys import LoginKeys, StoredKey
from gateway.identity.user_locks import UserLocks
from gateway.services.access.binding import state_of
from gateway.services.access.limits import defaults_of
from gateway.services.access.token_user import TokenUser
from gateway.services.access.users import Users
from gateway.telemetry.audit import audit
from gateway.units import DAY, SECONDS
from gateway.upstream.management import Behalf, Management
from gateway.upstream.records import KeyRecord, UserRecord

# LiteLLM's aliases are unique; no other key may have one that begins so.
ALIAS = "genai-gateway-login-"

LIFETIME = 1 * DAY
# Left of it when a new one is made: the old one still serves what is under way.
RENEWED_BEFORE = 2 * 3600 * SECONDS
MAX_REMEMBERED = 10_000

_log = logging.getLogger(__name__)


def is_login_key(key: KeyRecord) -> bool:
    return key.alias is not None and key.alias.startswith(ALIAS)


class Login:
    """`seconds`: how long a user and their key are taken for granted, once LiteLLM has confirmed them."""

    def __init__(
        self, management: Management, users: Users, keys: LoginKeys, locks: UserLocks, *, seconds: float
    ) -> None:
        self._management = management
        self._users = users
        self._keys = keys
        self._locks = locks
        self._seconds = seconds
        self._confirmed: Expiring[tuple[str, ...], str] = Expiring(MAX_REMEMBERED, time.monotonic)
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def key_of(self, who: TokenUser, request_id: str) -> str:
        """The key; the user is made where there is none, and brought in step with the policy.

        Raises Forbidden, AccessUnavailable, UserBusy, UpstreamError.
        """
        name = (who.identity.issuer, who.user_id, state_of(who.rule))
        async with self._asking.setdefault(who.user_id, asyncio.Lock()):
            key = self._confirmed.get(name)
            if key is None:
                key = await self._confirm(who, who.behalf(request_id))
                self._confirmed.put(name, key, self._seconds)
        return key

    async def _confirm(self, who: TokenUser, behalf: Behalf) -> str:
        record = await self._users.find(who, behalf)
        if record is not None and self._users.is_in_step(who, record):
            stored = await self._keys.get(who.user_id)
            if stored is not None and stored.key is not None and _good(stored, who, record):
                return stored.key
        async with self._locks.of(who.user_id):
            return await self._set_up(who, behalf)

    async def _set_up(self, who: TokenUser, behalf: Behalf) -> str:
        """Alone with the user: another replica may just have done it."""
        record = await self._users.find(who, behalf)
        if record is None:
            await self._users.make(who, defaults_of(who.rule), behalf)
            self._tell(who, "user/new", behalf)
        elif not self._users.is_in_step(who, record):
            await self._users.bring_in_step(who, record, behalf)
            self._tell(who, "user/update", behalf)
        stored = await self._keys.get(who.user_id)
        if stored is not None and stored.key is not None and record is not None and _good(stored, who, record):
            return stored.key
        key = await self._new_key(who, behalf)
        if stored is not None and stored.key is None:
            # Encrypted under another master key: nobody can use it any more.
            await self._management.delete_keys([stored.key_hash], behalf)
        return key

    async def _new_key(self, who: TokenUser, behalf: Behalf) -> str:
        body = {
            "user_id": who.user_id,
            "key_alias": ALIAS + secrets.token_hex(8),
            "duration": f"{round(LIFETIME)}s",
        }
        told = await self._management.new_key(body, behalf)
        key, token = told.get("key"), told.get("token_id") or told.get("token")
        if not isinstance(key, str) or not isinstance(token, str):
            raise UpstreamBroken("LiteLLM's answer has no key")
        await self._keys.put(who.user_id, who.identity.issuer, token, key, LIFETIME)
        self._tell(who, "key/generate", behalf)
        return key

    @staticmethod
    def _tell(who: TokenUser, operation: str, behalf: Behalf) -> None:
        audit(who.actor, operation, request_id=behalf.request_id, decision="allowed", target=who.user_id, by="login")

    async def revoke(self, user_id: str, issuer: str, request_id: str) -> None:
        """Of somebody whose tokens give nothing any more. Failures are logged: the key expires by itself."""
        try:
            stored = await self._keys.get(user_id)
            if stored is not None and stored.issuer == issuer:
                await self.revoke_stored(stored, request_id)
        except GatewayError as error:
            _log.warning("a login key could not be revoked", extra={"request_id": request_id, "code": error.code})

    async def revoke_stored(self, stored: StoredKey, request_id: str) -> None:
        """Raises UpstreamError, AccessUnavailable."""
        await self._management.delete_keys([stored.key_hash], Behalf(stored.user_id, request_id))
        await self._keys.remove(stored.user_id, stored.key_hash)


def _good(stored: StoredKey, who: TokenUser, record: UserRecord) -> bool:
    """Whether LiteLLM still has the key, and will for a while."""
    return (
        stored.issuer == who.identity.issuer
        and stored.seconds_left > RENEWED_BEFORE
        and any(key.token == stored.key_hash for key in record.keys)
    )
