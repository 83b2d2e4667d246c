"""What LiteLLM knows of a user and of a key, as far as the gateway reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from gateway.errors import UpstreamBroken
from gateway.identity.policy.metadata_names import is_interpreted

# The team that LiteLLM gives the keys of its admin UI's sessions, which nobody asked for.
UI_TEAM = "litellm-dashboard"

# Limits for single models, which LiteLLM keeps in the metadata.
PER_MODEL = ("model_rpm_limit", "model_tpm_limit")

# What a key can have, by LiteLLM's names, without being kept from anything that another key of its user may do: what
# tells of it, and what is handed on to the keys that it makes. All else narrows it.
# fmt: off
HARMLESS = frozenset(
    {
        "token", "key_name", "key_alias", "spend", "total_spend", "expires", "user_id", "team_id", "metadata", "config",
        "budget_reset_at", "model_spend", "soft_budget_cooldown", "litellm_budget_table", "key_type", "status",
        "created_at", "created_by", "updated_at", "updated_by", "settings_updated_at", "last_active", "rotation_count",
        "auto_rotate", "rotation_interval", "last_rotation_at", "key_rotation_at", "jwt_key_mappings", "team_alias",
        "litellm_organization_table", "litellm_project_table", "model_max_budget_usage",
        "budget_limits_usage", "object_permission", "access_group_ids",
        "max_budget", "budget_duration", "tpm_limit", "rpm_limit", "max_parallel_requests", "models",
    }
)
# fmt: on
# Of the names in the metadata that LiteLLM acts on.
_HARMLESS_METADATA = frozenset(PER_MODEL)


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
    is_blocked: bool
    expires_at: float | None

    @property
    def is_session(self) -> bool:
        """Of LiteLLM's admin UI: its limits are the window's, and not its user's."""
        return self.team_id == UI_TEAM

    @property
    def is_whole(self) -> bool:
        """Whether it may do what its user may: it is neither a team's nor narrowed."""
        return self.is_session or not (self.narrowed_by or self.team_id)

    def counts(self, now: float) -> bool:
        """Whether it is one of the keys that a user can have only so many of."""
        return not self.is_session and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    user_id: str
    role: str | None
    allowance: Allowance
    teams: tuple[str, ...]
    metadata: Mapping[str, Any]
    keys: tuple[KeyRecord, ...]


def user_record(told: Mapping[str, Any], user_id: str) -> UserRecord:
    """Of an answer of `/user/info` about this user, and no other. Raises UpstreamBroken."""
    try:
        info = told["user_info"]
        if info["user_id"] != user_id:
            raise UpstreamBroken("LiteLLM has answered about another user than was asked for")
        return UserRecord(
            user_id=_text(info["user_id"]),
            role=_maybe(str, info.get("user_role")),
            allowance=_allowance(info),
            teams=_texts(info.get("teams")),
            metadata=_object(info.get("metadata")),
            keys=tuple(key_record(key["token"], key) for key in told.get("keys") or ()),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UpstreamBroken("LiteLLM's answer about a user cannot be understood") from None


def key_record(token: Any, info: Mapping[str, Any]) -> KeyRecord:
    """Of the hash and the `info` of `/key/info`. Raises UpstreamBroken."""
    try:
        return KeyRecord(
            token=_text(token),
            user_id=_maybe(str, info.get("user_id")),
            team_id=_maybe(str, info.get("team_id")),
            alias=_maybe(str, info.get("key_alias")),
            allowance=_allowance(info),
            metadata=_object(info.get("metadata")),
            per_model=_per_model(_object(info.get("metadata"))),
            narrowed_by=tuple(sorted(set(_narrowing(info)))),
            is_blocked=bool(info.get("blocked")),
            expires_at=_time(info.get("expires")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UpstreamBroken("LiteLLM's answer about a key cannot be understood") from None


def _allowance(info: Mapping[str, Any]) -> Allowance:
    return Allowance(
        max_budget=_maybe(int | float, info.get("max_budget")),
        budget_duration=_maybe(str, info.get("budget_duration")),
        tpm_limit=_maybe(int, info.get("tpm_limit")),
        rpm_limit=_maybe(int, info.get("rpm_limit")),
        max_parallel_requests=_maybe(int, info.get("max_parallel_requests")),
        models=_texts(info.get("models")),
    )


def _per_model(metadata: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    return {name: dict(metadata[name]) for name in PER_MODEL if metadata.get(name)}


def _narrowing(info: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name, value in info.items() if name not in HARMLESS and _says_something(value))
    for name, value in (info.get("metadata") or {}).items():
        if is_interpreted(name) and name not in _HARMLESS_METADATA and _says_something(value):
            yield name


def _says_something(value: Any) -> bool:
    """LiteLLM writes what is not set as null, as nothing, or as an object of nothing but these."""
    if isinstance(value, dict):
        return any(map(_says_something, value.values()))
    return bool(value)


def _maybe(kind: Any, value: Any) -> Any:
    if value is not None and not isinstance(value, kind):
        raise TypeError
    return value


def _object(value: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], _maybe(dict, value) or {})


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
