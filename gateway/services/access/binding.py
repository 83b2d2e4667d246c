"""What the gateway writes on a user of LiteLLM whom it made: whose token they came with, and by which rule."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from gateway.identity.policy.rules import Rule

# In the user's metadata, which only administrators of LiteLLM and the gateway can write.
NAME = "genai_gateway"


@dataclass(frozen=True, slots=True)
class Binding:
    """`applied`: the state of the rule whose limits the user was given; `teams`: those that it made them join."""

    issuer: str
    rule: str
    applied: str
    teams: tuple[str, ...] = ()

    def in_metadata(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """The metadata with it."""
        return {**metadata, NAME: asdict(self) | {"teams": list(self.teams)}}


def binding_of(metadata: Mapping[str, Any]) -> Binding | None:
    """None where there is none, or something else has its name."""
    found = metadata.get(NAME)
    if not isinstance(found, dict):
        return None
    issuer, rule, applied, teams = (found.get(name) for name in ("issuer", "rule", "applied", "teams"))
    if not (isinstance(issuer, str) and isinstance(rule, str) and isinstance(applied, str) and isinstance(teams, list)):
        return None
    return Binding(issuer, rule, applied, tuple(team for team in teams if isinstance(team, str)))


def new_binding(issuer: str, rule: Rule) -> Binding:
    return Binding(issuer, rule.name, state_of(rule), rule.teams)


def state_of(rule: Rule) -> str:
    """Changes when anything that the rule gives does."""
    return hashlib.sha256(repr(replace(rule, when=None)).encode()).hexdigest()[:16]
