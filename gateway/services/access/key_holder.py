"""Somebody with a key of LiteLLM's, and what the key, its user and the access policy let them give."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.errors import Forbidden
from gateway.identity.policy.rules import Policy, Rule
from gateway.services.access.binding import binding_of
from gateway.telemetry.audit import Actor
from gateway.upstream.caller import Caller
from gateway.upstream.keys import Keys
from gateway.upstream.management import Behalf
from gateway.upstream.records import KeyRecord, UserRecord

NO_USERS_KEY = "the key belongs to no user; only administrators manage such keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """Nobody's administrator. `rule`: by which their user was made; else the one that needs no claims."""

    key: KeyRecord
    user: UserRecord
    rule: Rule
    caller: Caller

    @property
    def actor(self) -> Actor:
        return Actor(kind="key", user=self.user.user_id, key=self.key.token[:16], rule=self.rule.name)

    @property
    def behalf(self) -> Behalf:
        return Behalf(self.user.user_id, self.caller.request_id)

    @property
    def is_whole(self) -> bool:
        """Whether the key may do what its user may."""
        return self.key.is_whole

    @property
    def delegates(self) -> bool:
        """Whether the key's own limits bind what it makes."""
        return not self.key.is_session


class KeyHolders:
    """Asks LiteLLM each time, with the caller's own key: what is decided on here must be true now."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def key(self, caller: Caller) -> KeyRecord:
        """Raises UpstreamError."""
        return await self._keys.record(caller)

    async def of(self, caller: Caller, policy: Policy) -> KeyHolder:
        """Raises Forbidden for a key without a user, or whose user the policy denies; UpstreamError."""
        key = await self._keys.record(caller)
        if key.user_id is None:
            raise Forbidden(NO_USERS_KEY)
        user = await self._keys.user(caller, key.user_id)
        return KeyHolder(key=key, user=user, rule=_rule(user, policy), caller=caller)


def _rule(user: UserRecord, policy: Policy) -> Rule:
    binding = binding_of(user.metadata)
    rule = (policy.rule_named(binding.rule) if binding else None) or policy.rule_without_claims()
    if rule is None or rule.deny:
        raise Forbidden(f"the access policy has no rule for the user {user.user_id}; ask an administrator")
    return rule
