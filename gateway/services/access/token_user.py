"""Somebody with an access token, and what the access policy makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.errors import Forbidden, InvalidToken
from gateway.identity.oidc.identity import Identity
from gateway.identity.oidc.verifier import TokenVerifier
from gateway.identity.policy.policy_file import PolicyFile
from gateway.identity.policy.rules import Rule
from gateway.identity.principal import RESERVED_USERS
from gateway.telemetry.audit import Actor
from gateway.upstream.management import Behalf

ADMINISTRATOR = "proxy_admin"
# Sees its own keys and spend, and makes and uses none.
VIEWER = "internal_user_viewer"


@dataclass(frozen=True, slots=True)
class TokenUser:
    """`user_id`: LiteLLM's id of them, the token's `sub`."""

    identity: Identity
    rule: Rule

    @property
    def user_id(self) -> str:
        return self.identity.subject

    @property
    def is_administrator(self) -> bool:
        return self.rule.role == ADMINISTRATOR

    @property
    def actor(self) -> Actor:
        return Actor(kind="token", user=self.user_id, issuer=self.identity.issuer, rule=self.rule.name)

    def behalf(self, request_id: str) -> Behalf:
        return Behalf(self.user_id, request_id)


class TokenUsers:
    """Reads access tokens by the policy that holds at the moment."""

    def __init__(self, verifier: TokenVerifier, policy: PolicyFile) -> None:
        self._verifier = verifier
        self._policy = policy

    @property
    def are_taken(self) -> bool:
        """Whether there is an issuer whose tokens are accepted."""
        return bool(self._verifier.issuers)

    def are_accepted_from(self, issuer: str) -> bool:
        return any(accepted.url == issuer for accepted in self._verifier.issuers)

    async def of(self, token: str) -> TokenUser:
        """Raises InvalidToken; NoRule for a good token that gives nothing; IssuerUnavailable."""
        identity = await self._verifier.verify(token)
        if identity.subject in RESERVED_USERS:
            raise InvalidToken(f"the access token is of {identity.subject}, which is a name of LiteLLM's own")
        rule = self._policy.current.rule_for(identity.issuer, identity.claims)
        if rule is None:
            raise NoRule(identity, "no rule of the access policy applies to this user; ask an administrator for access")
        if rule.deny:
            raise NoRule(identity, f"the access policy gives this user no access (rule {rule.name})")
        return TokenUser(identity, rule)


class NoRule(Forbidden):
    """A good token, of somebody to whom the policy gives nothing."""

    def __init__(self, identity: Identity, message: str) -> None:
        super().__init__(message)
        self.identity = identity

    @property
    def actor(self) -> Actor:
        return Actor(kind="token", user=self.identity.subject, issuer=self.identity.issuer)
