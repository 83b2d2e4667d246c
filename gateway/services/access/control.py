"""The parts of access control, put together, and what they do in the background."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from gateway.database.engine import Database
from gateway.errors import IssuerUnavailable
from gateway.identity.login_keys import LoginKeys
from gateway.identity.oidc.issuer import Issuer
from gateway.identity.oidc.verifier import TokenVerifier
from gateway.identity.policy.policy_file import PolicyFile
from gateway.identity.policy.rules import Policy
from gateway.identity.user_locks import UserLocks
from gateway.services.access.access import Access, Tokens
from gateway.services.access.by_key import ByKey
from gateway.services.access.by_token import ByToken
from gateway.services.access.issuers import accepted_issuers
from gateway.services.access.key_holder import KeyHolders
from gateway.services.access.login import Login
from gateway.services.access.revocation import Revocation
from gateway.services.access.startup import policy_faults
from gateway.services.access.token_exchange import TokenExchange
from gateway.services.access.token_user import TokenUsers
from gateway.services.access.users import Users
from gateway.services.principals import Principals
from gateway.services.readiness import NotConfigured
from gateway.settings import Settings
from gateway.upstream.keys import Keys
from gateway.upstream.litellm import LiteLLM
from gateway.upstream.management import Management

_log = logging.getLogger(__name__)


class AccessControl:
    """`exchange`: None where the gateway has no master key, and so takes no tokens."""

    def __init__(
        self, litellm: LiteLLM, keys: Keys, principals: Principals, database: Database, settings: Settings
    ) -> None:
        """Raises PolicyError, ValueError for what `access_faults` finds."""
        self._settings = settings
        self.policy = PolicyFile(settings.access_policy, faults_of=partial(policy_faults, settings))
        self.policy.load()
        self.policy.on_change.append(self._configure)
        self._verifier = TokenVerifier(self._issuers(self.policy.current))
        self._management, self._locks = Management(litellm, settings.master_key), UserLocks(database)
        self._revocation: Revocation | None = None
        self._looks: set[asyncio.Task[None]] = set()
        tokens = self._tokens(settings.master_key, database) if settings.master_key is not None else None
        self.exchange = tokens.exchange if tokens else None
        by_key = ByKey(keys, self._management, self.policy)
        self.access = Access(principals, KeyHolders(keys), by_key, self._locks, self.policy, tokens)

    def _tokens(self, master_key: str, database: Database) -> Tokens:
        policy, management = self.policy, self._management
        users, login_keys = Users(management, policy), LoginKeys(database, master_key)
        login = Login(management, users, login_keys, self._locks, policy, seconds=self._settings.key_cache_time)
        token_users = TokenUsers(self._verifier, policy)
        self._revocation = Revocation(login_keys, login, token_users, policy)
        return Tokens(
            TokenExchange(token_users, login, policy, master_key), ByToken(management, users, self._locks, policy)
        )

    def start(self) -> None:
        self.policy.start()
        self._look_at_issuers()
        if self._revocation is not None:
            self._revocation.start()

    async def close(self) -> None:
        for look in self._looks:
            look.cancel()
        await self.policy.close()
        if self._revocation is not None:
            await self._revocation.close()
        await self._verifier.close()

    async def check(self) -> None:
        """Whether the issuers of tokens answer. Raises IssuerUnavailable; NotConfigured where there is none."""
        if not self._verifier.issuers:
            raise NotConfigured
        await self._verifier.check()

    def _configure(self, policy: Policy) -> None:
        self._verifier.configure(self._issuers(policy))
        self._look_at_issuers()

    def _issuers(self, policy: Policy) -> tuple[Issuer, ...]:
        return accepted_issuers(self._settings.okta_issuer, self._settings.okta_audience, policy)

    def _look_at_issuers(self) -> None:
        """What is wrong with them is better known now than when the first token comes."""
        look = asyncio.create_task(self._tell_of_issuers())
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def _tell_of_issuers(self) -> None:
        try:
            await self._verifier.check()
        except IssuerUnavailable as error:
            _log.error("access tokens cannot be verified: %s", error.message)
