"""What LiteLLM knows of a user and of a key, as far as the gateway reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.errors import UpstreamBroken

# The team that LiteLLM gives the keys of its admin UI's sessions, which nobody asked for.
UI_TEAM = "litellm-dashboard"

# Limits for single models, which LiteLLM keeps in the metadata.
PER_MODEL = ("model_rpm_limit", "model_tpm_limit")

# What else a key can be kept to; LiteLLM keeps some of it in the metadata too.
_NARROWING = ("allowed_routes", "blocked", "budget_id", "budget_limits", "model_max_budget", "object_permission_id",
              "policies", "tpd_limit")  # fmt: skip
_NARROWING_IN_METADATA = ("denied_passthrough_routes", "enforced_params", "guardrails", "mcp_rpm_limit",
                          "policies", "prompts", "tag_rpm_limit", "tags", "temp_budget_increase")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a user or a key may use; None where LiteLLM has no limit. `models`: empty where all are allowed."""

    max_budget: float | None = None
    budget_duration: str | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None
    max_parallel_requests: int | None = None
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """`token`: the key's hash. `expires_at`: seconds since 1970. `per_model`: by the field, then by the model.

    `narrowed_by`: the fields, beside these and the allowance, that keep it from something.
    """

    token: str
    user_id: str | None
    team_id: str | None
    alias: str | None
    allowance: Allowance
    metadata: Mapping[str, Any]
    per_model: Mapping[str, Mapping[str, int]]
    narrowed_by: tuple[str, ...]
    expires_at: float | None

    def counts(self, now: float) -> bool:
        """Whether it is one of the keys that a user can have only so many of."""
        return self.team_id != UI_TEAM and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    user_id: str
    role: str | None
    allowance: Allowance
    teams: tuple[str, ...]
    metadata: Mapping[str, Any]
    keys: tuple[KeyRecord, ...]


def user_record(told: Mapping[str, Any]) -> UserRecord:
    """Of an answer of `/user/info`. Raises UpstreamBroken."""
    try:
        info = told["user_info"]
        return UserRecord(
            user_id=_text(info["user_id"]),
            role=info.get("user_role"),
            allowance=_allowance(info),
            teams=_texts(info.get("teams")),
            metadata=info.get("metadata") or {},
            keys=tuple(key_record(key["token"], key) for key in told.get("keys") or ()),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UpstreamBroken("LiteLLM's answer about a user cannot be understood") from None


def key_record(token: Any, info: Mapping[str, Any]) -> KeyRecord:
    """Of the hash and the `info` of `/key/info`. Raises UpstreamBroken."""
    try:
        return KeyRecord(
            token=_text(token),
            user_id=info.get("user_id"),
            team_id=info.get("team_id"),
            alias=info.get("key_alias"),
            allowance=_allowance(info),
            metadata=info.get("metadata") or {},
            per_model=_per_model(info.get("metadata") or {}),
            narrowed_by=tuple(sorted(_narrowing(info))),
            expires_at=_time(info.get("expires")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UpstreamBroken("LiteLLM's answer about a key cannot be understood") from None


def _allowance(info: Mapping[str, Any]) -> Allowance:
    return Allowance(
        max_budget=info.get("max_budget"),
        budget_duration=info.get("budget_duration"),
        tpm_limit=info.get("tpm_limit"),
        rpm_limit=info.get("rpm_limit"),
        max_parallel_requests=info.get("max_parallel_requests"),
        models=_texts(info.get("models")),
    )


def _per_model(metadata: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    return {name: dict(metadata[name]) for name in PER_MODEL if metadata.get(name)}


def _narrowing(info: Mapping[str, Any]) -> Iterator[str]:
    for fields, names in ((info, _NARROWING), (info.get("metadata") or {}, _NARROWING_IN_METADATA)):
        yield from (name for name in names if fields.get(name))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, value or ()))


def _time(text: str | None) -> float | None:
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
