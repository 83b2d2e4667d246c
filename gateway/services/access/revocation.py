"""Revokes the login keys that no token is good for any more: of issuers that are gone, of a policy without login."""

from __future__ import annotations

import asyncio
import logging
import secrets

from gateway.errors import GatewayError
from gateway.identity.login_keys import LoginKeys, StoredKey
from gateway.identity.policy.policy_file import PolicyFile
from gateway.services.access.login import Login
from gateway.services.access.token_user import TokenUsers
from gateway.units import SECONDS

INTERVAL = 3600 * SECONDS
# After a failure, such as of a LiteLLM that is not up yet.
AGAIN = 60 * SECONDS

_log = logging.getLogger(__name__)


class Revocation:
    """At the start, when the policy changes, and every hour; several replicas may do it at once."""

    def __init__(self, keys: LoginKeys, login: Login, tokens: TokenUsers, policy: PolicyFile) -> None:
        self._keys = keys
        self._login = login
        self._tokens = tokens
        self._policy = policy
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        policy.on_change.append(lambda _: self._due.set())

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while True:
            self._due.clear()
            try:
                all_done = await self.revoke()
            except Exception:
                # Whatever it is: keys that nobody revokes any more would go unnoticed.
                _log.exception("login keys could not be revoked; tried again later")
                all_done = False
            try:
                await asyncio.wait_for(self._due.wait(), INTERVAL if all_done else AGAIN)
            except TimeoutError:
                continue

    async def revoke(self) -> bool:
        """Whether all of them are revoked that are of no use; those that cannot be keep no other from it."""
        try:
            useless = [stored for stored in await self._keys.all() if not self._is_of_use(stored)]
        except GatewayError as error:
            _log.warning("login keys cannot be looked through; tried again later", extra={"code": error.code})
            return False
        return all([await self._is_revoked(stored) for stored in useless])

    async def _is_revoked(self, stored: StoredKey) -> bool:
        request_id = f"revocation-{secrets.token_hex(8)}"
        try:
            await self._login.revoke_stored(stored, request_id)
        except GatewayError as error:
            extra = {"request_id": request_id, "code": error.code}
            _log.warning("a login key could not be revoked; tried again later", extra=extra)
            return False
        return True

    def _is_of_use(self, stored: StoredKey) -> bool:
        return self._policy.current.token_login and self._tokens.are_accepted_from(stored.issuer)
