"""A key of LiteLLM in place of a user's access token: the gateway keeps one a user, and nobody else knows it.

Budgets, limits and spend stay LiteLLM's: the key is the user's own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Any

from gateway.errors import AccessUnavailable, Forbidden, GatewayError, UpstreamBroken, UpstreamRefusal
from gateway.expiring import Expiring
from gateway.identity.login_keys import LoginKeys, StoredKey
from gateway.identity.policy.limits import ABSENT, value_for
from gateway.identity.policy.policy_file import PolicyFile
from gateway.identity.user_locks import UserLocks
from gateway.services.access.binding import NAME, state_of
from gateway.services.access.bounds import defaults_of, of_policy
from gateway.services.access.token_user import VIEWER, TokenUser
from gateway.services.access.users import Users
from gateway.telemetry.audit import Actor, audit
from gateway.units import DAY, SECONDS
from gateway.upstream.management import Behalf, Management
from gateway.upstream.records import KeyRecord, UserRecord

# LiteLLM's aliases are unique; no other key may have one that begins so.
ALIAS = "genai-gateway-login-"

LIFETIME = 1 * DAY
# Left of it when a new one is made: the old one still serves what is under way.
RENEWED_BEFORE = 2 * 3600 * SECONDS
MAX_REMEMBERED = 10_000

# LiteLLM's statuses for keys that it does not have.
_GONE = frozenset({400, 404})

# Issuer, user, rule, policy.
_Name = tuple[str, str, str, str]

_log = logging.getLogger(__name__)


def is_login_key(key: KeyRecord) -> bool:
    return key.alias is not None and key.alias.startswith(ALIAS)


class Login:
    """`seconds`: how long a user and their key are taken for granted, once LiteLLM has confirmed them."""

    def __init__(
        self,
        management: Management,
        users: Users,
        keys: LoginKeys,
        locks: UserLocks,
        policy: PolicyFile,
        *,
        seconds: float,
    ) -> None:
        self._management = management
        self._users = users
        self._keys = keys
        self._locks = locks
        self._policy = policy
        self._seconds = seconds
        self._confirmed: Expiring[_Name, str] = Expiring(MAX_REMEMBERED, time.monotonic)
        self._flights: dict[_Name, asyncio.Task[str]] = {}

    async def key_of(self, who: TokenUser, request_id: str) -> str:
        """The key; the user is made where there is none, and brought in step with the policy.

        Raises Forbidden, AccessUnavailable, UserBusy, UpstreamError.
        """
        name = (who.identity.issuer, who.user_id, who.rule.name, self._policy.current.digest)
        key = self._confirmed.get(name)
        return key if key is not None else await self._joined(name, who, request_id)

    async def _joined(self, name: _Name, who: TokenUser, request_id: str) -> str:
        """Asked once, however many wait; whoever goes away leaves it to the others."""
        flight = self._flights.get(name)
        if flight is None:
            flight = asyncio.create_task(self._confirm(who, who.behalf(request_id)))
            self._flights[name] = flight
            flight.add_done_callback(lambda done: self._landed(name, done))
        return await asyncio.shield(flight)

    def _landed(self, name: _Name, flight: asyncio.Task[str]) -> None:
        del self._flights[name]
        # The failure is seen here, even when everybody who asked has gone.
        if not flight.cancelled() and flight.exception() is None:
            self._confirmed.put(name, flight.result(), self._seconds)

    def forget(self, key: str) -> None:
        """Of a key that LiteLLM refuses: the next request asks anew."""
        self._confirmed.drop(lambda remembered: remembered == key)

    async def _confirm(self, who: TokenUser, behalf: Behalf) -> str:
        record = await self._users.find(who, behalf)
        if record is not None and self._users.is_in_step(who, record):
            key = await self._kept(who, record)
            if key is not None:
                return key
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
        if record is not None and (key := await self._kept(who, record)) is not None:
            return key
        return await self._replaced(who, behalf)

    async def _kept(self, who: TokenUser, record: UserRecord) -> str | None:
        """The key that is there, where LiteLLM still has it, as the rule wants it, and will for a while.

        Raises Forbidden where an administrator has blocked it.
        """
        stored = await self._keys.get(who.user_id)
        if stored is None or stored.key is None or stored.issuer != who.identity.issuer:
            return None
        key = next((key for key in record.keys if key.token == stored.key_hash), None)
        if key is not None and key.is_blocked:
            raise Forbidden("an administrator has blocked the key that the gateway keeps for this user's tokens")
        good = key is not None and key.metadata.get(NAME) == state_of(who.rule) and stored.seconds_left > RENEWED_BEFORE
        return stored.key if good else None

    async def _replaced(self, who: TokenUser, behalf: Behalf) -> str:
        before = await self._keys.get(who.user_id)
        told = await self._management.new_key(login_key_fields(who), behalf)
        key, token = told.get("key"), told.get("token_id") or told.get("token")
        if not isinstance(key, str) or not isinstance(token, str):
            raise UpstreamBroken("LiteLLM's answer has no key")
        try:
            await self._keys.put(who.user_id, who.identity.issuer, token, key, LIFETIME)
        except AccessUnavailable:
            # Nobody would know of it.
            await self._management.delete_keys([token], behalf)
            raise
        self._tell(who, "key/generate", behalf)
        if before is not None and before.key is None:
            # Encrypted under another master key: nobody can use it any more. Others may be in use at this moment.
            await self._delete(before, behalf)
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
        await self._delete(stored, Behalf(stored.user_id, request_id))
        await self._keys.remove(stored.user_id, stored.key_hash)
        if stored.key is not None:
            self.forget(stored.key)
        actor = Actor(kind="token", user=stored.user_id, issuer=stored.issuer, key=stored.key_hash[:16])
        audit(
            actor,
            "key/delete",
            request_id=request_id,
            decision="allowed",
            target=stored.user_id,
            by="revocation",
        )

    async def _delete(self, stored: StoredKey, behalf: Behalf) -> None:
        try:
            await self._management.delete_keys([stored.key_hash], behalf)
        except UpstreamRefusal as error:
            if error.status not in _GONE:
                raise


def login_key_fields(who: TokenUser) -> dict[str, Any]:
    """What LiteLLM is asked for: a key with the rule's limits of keys, but for its number and lifetime."""
    limits = {field: value_for(field, ABSENT, limit) for field, limit in of_policy(who.rule.key).items()}
    fields = {
        **{field: value for field, value in limits.items() if value is not None},
        "user_id": who.user_id,
        "key_alias": ALIAS + secrets.token_hex(8),
        "duration": f"{round(LIFETIME)}s",
        "metadata": {NAME: state_of(who.rule)},
    }
    if who.rule.models:
        fields["models"] = list(who.rule.models)
    if who.rule.role == VIEWER:
        fields["key_type"] = "read_only"
    return fields
