"""A policy as it is used: which rule applies to a token, and what the rule gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from gateway.identity.policy.conditions import Condition
from gateway.identity.policy.limits import Limit

Role = Literal["internal_user", "internal_user_viewer", "proxy_admin"]
ExistingUser = Literal["refuse", "new_key"]
Profile = Literal["okta", "rfc9068", "scoped"]

GROUPS_CLAIM = "groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """USD, LiteLLM's durations, tokens and requests a minute, requests at once."""

    max_budget: Limit[float]
    budget_duration: Limit[str]
    tpm_limit: Limit[int]
    rpm_limit: Limit[int]
    max_parallel_requests: Limit[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLimits(Limits):
    """Of each key, beside what the user has. `count`: the most keys of a user; None is unlimited."""

    lifetime: Limit[str]
    count: int | None


SAFE_USER = Limits(
    max_budget=Limit(10.0, 10.0),
    budget_duration=Limit("30d", "30d"),
    tpm_limit=Limit(100_000, 100_000),
    rpm_limit=Limit(100, 100),
    max_parallel_requests=Limit(10, 10),
)
# A key has no budget and no rates of its own: LiteLLM counts the user's across all of the user's keys. Not so requests
# at once, which it counts key by key.
SAFE_KEY = KeyLimits(
    max_budget=Limit(None, None),
    budget_duration=Limit(None, None),
    tpm_limit=Limit(None, None),
    rpm_limit=Limit(None, None),
    max_parallel_requests=SAFE_USER.max_parallel_requests,
    lifetime=Limit("90d", "365d"),
    count=5,
)
SAFE_ADMIN_KEY = replace(SAFE_KEY, lifetime=Limit("12h", "12h"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`models`: None is every model. `when`, `groups` and `issuers` have to hold together; without one it always does.

    A rule with `deny` gives nothing, whatever else it says.
    """

    name: str
    role: Role = "internal_user"
    teams: tuple[str, ...] = ()
    models: tuple[str, ...] | None = None
    user: Limits = SAFE_USER
    key: KeyLimits = SAFE_KEY
    deny: bool = False
    when: Condition | None = None
    groups: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()

    @property
    def applies_to_everybody(self) -> bool:
        return self.when is None and not self.groups and not self.issuers

    def applies_to(self, issuer: str, claims: Mapping[str, Any]) -> bool:
        """`issuer`: as the token has it in `iss`."""
        return (
            (not self.issuers or issuer in self.issuers)
            and (not self.groups or _is_member(claims, self.groups))
            and (self.when is None or self.when.holds(claims))
        )


def _is_member(claims: Mapping[str, Any], groups: tuple[str, ...]) -> bool:
    claimed = claims.get(GROUPS_CLAIM)
    return isinstance(claimed, list) and any(group in groups for group in claimed)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerEntry:
    """An issuer as the policy names it; None and empty are what is not said."""

    issuer: str
    audience: str | None = None
    profile: Profile | None = None
    algorithms: tuple[str, ...] = ()
    required_scopes: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`metadata`: names that users may write on their keys. `digest`: changes when the file's content does."""

    token_login: bool = False
    existing_user: ExistingUser = "refuse"
    adopt_existing_users: bool = False
    metadata: tuple[str, ...] = ()
    issuers: tuple[IssuerEntry, ...] = ()
    rules: tuple[Rule, ...]
    digest: str

    def rule_for(self, issuer: str, claims: Mapping[str, Any]) -> Rule | None:
        """The first that applies, which may deny; None when none does."""
        return next((rule for rule in self.rules if rule.applies_to(issuer, claims)), None)

    def rule_named(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.name == name), None)

    def rule_without_claims(self) -> Rule | None:
        """The first that needs neither claims nor an issuer, for callers of whom none are known; it may deny."""
        return next((rule for rule in self.rules if rule.applies_to_everybody), None)


SAFE_POLICY = Policy(rules=(Rule(name="everyone"),), digest="built-in")
