"""The limits that bind a request: the access policy's, the user's own, those of the key that asks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gateway.errors import AboveCeiling
from gateway.identity.policy.limits import ABSENT, NEVER, Limit, is_within, lowest, value_for
from gateway.identity.policy.rules import KeyLimits, Rule
from gateway.identity.policy.rules import Limits as PolicyLimits
from gateway.upstream.records import Allowance, KeyRecord

NUMBERS = ("max_budget", "tpm_limit", "rpm_limit", "max_parallel_requests")
FIELDS = (*NUMBERS, "budget_duration")

Limits = Mapping[str, Limit[Any]]


def of_policy(limits: PolicyLimits) -> Limits:
    """By the names of LiteLLM's fields."""
    return {field: getattr(limits, field) for field in FIELDS}


def defaults_of(rule: Rule) -> dict[str, Any]:
    """The fields of a user who asks for nothing."""
    fields = {field: value_for(field, ABSENT, limit) for field, limit in of_policy(rule.user).items()}
    given = {field: value for field, value in fields.items() if value is not None}
    return given | ({"models": list(rule.models)} if rule.models else {})


def of_key_policy(limits: KeyLimits) -> Limits:
    """The same, and a key's lifetime as `duration`."""
    return {**of_policy(limits), "duration": limits.lifetime}


def own(allowance: Allowance) -> Limits:
    """What somebody has themselves as what they can have at most; a budget is never to be renewed more often."""
    limits = {field: _at_most(getattr(allowance, field)) for field in NUMBERS}
    period = allowance.budget_duration or (NEVER if allowance.max_budget is not None else None)
    return {**limits, "budget_duration": Limit(allowance.budget_duration, period)}


def delegated(limits: Limits, key: KeyRecord, now: float) -> Limits:
    """Within what a key has itself, its lifetime included: what it makes, or becomes, can do no more.

    Raises AboveCeiling for a key that is about to expire.
    """
    mine: dict[str, Limit[Any]] = dict(own(key.allowance))
    if key.expires_at is not None:
        mine["duration"] = _at_most(seconds_until(key.expires_at, now))
    return {
        field: lowest(field, mine[field], limit) if field in mine and mine[field].ceiling is not None else limit
        for field, limit in limits.items()
    }


def seconds_until(time: float, now: float) -> str:
    """As a duration of LiteLLM's. Raises AboveCeiling when nothing is left."""
    left = math.floor(time - now)
    if left < 1:
        raise AboveCeiling("duration", "a longer lifetime", "none: the key has reached its lifetime")
    return f"{left}s"


def clamped(allowance: Allowance, limits: PolicyLimits) -> dict[str, Any]:
    """The fields of a user that are above their ceiling, brought down to it."""
    return {
        field: None if limit.ceiling == NEVER else limit.ceiling
        for field, limit in of_policy(limits).items()
        if not is_within(field, getattr(allowance, field), limit.ceiling)
    }


def _at_most(value: Any) -> Limit[Any]:
    return Limit(value, value)
