"""The fields that users themselves may set on users and keys, each with its check; all others are administrators'."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import AboveCeiling, FieldNotAllowed, MalformedBody, Unusable
from gateway.identity.policy.limits import ABSENT, Limit, value_for
from gateway.identity.policy.models import ModelList, models_asked
from gateway.services.access.bounds import NUMBERS, Limits
from gateway.services.access.login import ALIAS

LONGEST_ALIAS = 200
LONGEST_METADATA = 500

# The types of keys that can do no more than one without a type.
_KEY_TYPES = ("default", "llm_api", "read_only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What somebody may give: to a key, or to their user.

    `user_id`: theirs. `own`: the user's limits, which LiteLLM holds over all their keys. `models`: every list has to
    allow a model. `metadata`: the names that may be written.
    """

    user_id: str
    limits: Limits
    own: Limits
    models: tuple[ModelList, ...]
    teams: tuple[str, ...]
    metadata: tuple[str, ...]


Check = Callable[[Authority, Any], Any]


# --- values -----------------------------------------------------------------------


def _limited(field: str) -> Check:
    def check(authority: Authority, asked: Any) -> Any:
        if asked is not None and field in NUMBERS:
            value_for(field, asked, Limit(None, authority.own[field].ceiling))
        return value_for(field, asked, authority.limits[field])

    return check


def _models(authority: Authority, asked: Any) -> list[str]:
    return list(models_asked(asked, *authority.models) or ())


def _own_id(authority: Authority, asked: Any) -> str:
    if asked != authority.user_id:
        raise FieldNotAllowed("user_id", f"you can act for yourself alone, {authority.user_id}")
    return authority.user_id


def _own_team(authority: Authority, asked: Any) -> str:
    if not isinstance(asked, str) or asked not in authority.teams:
        teams = ", ".join(authority.teams) or "none"
        raise FieldNotAllowed("team_id", f"must be one of the teams that you belong to: {teams}")
    return asked


def _own_teams(authority: Authority, asked: Any) -> list[str]:
    if not isinstance(asked, list):
        raise Unusable("teams", "must be a list of the ids of teams")
    for team in asked:
        if team not in authority.teams:
            teams = ", ".join(authority.teams) or "none"
            raise FieldNotAllowed("teams", f"the access policy gives you these teams: {teams}")
    return list(authority.teams)


def _text(field: str) -> Check:
    def check(_: Authority, asked: Any) -> str:
        if not isinstance(asked, str) or not 0 < len(asked) <= LONGEST_ALIAS or not asked.isprintable():
            raise Unusable(field, f"must be one line of 1 to {LONGEST_ALIAS} characters")
        if asked.startswith(ALIAS):
            raise FieldNotAllowed(field, f"names that begin with {ALIAS} are the gateway's own")
        return asked

    return check


def _metadata(authority: Authority, asked: Any) -> dict[str, str]:
    if not isinstance(asked, dict):
        raise Unusable("metadata", "must be an object")
    for name, value in asked.items():
        if name not in authority.metadata:
            allowed = ", ".join(authority.metadata) or "none"
            raise FieldNotAllowed(f"metadata.{name[:80]}", f"only administrators may set it; yours to set: {allowed}")
        if not isinstance(value, str) or len(value) > LONGEST_METADATA or not value.isprintable():
            raise Unusable(f"metadata.{name}", f"must be one line of at most {LONGEST_METADATA} characters")
    return dict(asked)


def _per_model(field: str, of_all: str) -> Check:
    """A limit for each of some models, none above that of all together."""

    def check(authority: Authority, asked: Any) -> dict[str, int]:
        if not isinstance(asked, dict) or not asked:
            raise Unusable(field, "must be an object: the names of models, and a limit for each")
        models_asked(list(asked), *authority.models)
        return {model: _one(authority, f"{field}.{model}", of_all, value) for model, value in asked.items()}

    return check


def _one(authority: Authority, name: str, field: str, asked: Any) -> int:
    if asked is None:
        raise Unusable(name, "must be a whole number: null is no limit, which every model has without it")
    try:
        return int(_limited(field)(authority, asked))
    except Unusable as error:
        raise Unusable(name, error.reason) from None
    except AboveCeiling as error:
        raise AboveCeiling(name, error.asked, error.allowed) from None


def _key_type(_: Authority, asked: Any) -> str:
    if asked not in _KEY_TYPES:
        raise FieldNotAllowed("key_type", f"must be one of {', '.join(_KEY_TYPES)}")
    return str(asked)


# --- tables -----------------------------------------------------------------------

_ALLOWANCE: Mapping[str, Check] = {
    **{field: _limited(field) for field in (*NUMBERS, "budget_duration")},
    "models": _models,
}

NEW_KEY: Mapping[str, Check] = {
    **_ALLOWANCE,
    "duration": _limited("duration"),
    "model_rpm_limit": _per_model("model_rpm_limit", "rpm_limit"),
    "model_tpm_limit": _per_model("model_tpm_limit", "tpm_limit"),
    "user_id": _own_id,
    "team_id": _own_team,
    "key_alias": _text("key_alias"),
    "key_type": _key_type,
    "metadata": _metadata,
}
# Without those that would take the place of what administrators have set on the key.
CHANGED_KEY: Mapping[str, Check] = {
    name: NEW_KEY[name] for name in (*_ALLOWANCE, "duration", "user_id", "key_alias", "metadata")
}
NEW_USER: Mapping[str, Check] = {
    **_ALLOWANCE,
    "user_id": _own_id,
    "user_alias": _text("user_alias"),
    "teams": _own_teams,
}
CHANGED_USER: Mapping[str, Check] = {**_ALLOWANCE, "user_id": _own_id, "user_alias": _text("user_alias")}
# Of POST /user/new, beside what is the user's: what the key is made with.
FIRST_KEY: Mapping[str, Check] = {
    name: NEW_KEY[name] for name in ("duration", "key_alias", "metadata", "model_rpm_limit", "model_tpm_limit")
}

# What LiteLLM knows beside these. They give more than a limit can measure: other people's place, other routes, other
# guardrails, other deployments, budgets of others.
# fmt: off
ADMINISTRATORS_FIELDS = frozenset(
    {
        "access_group_ids", "agent_id", "aliases", "allowed_cache_controls", "allowed_passthrough_routes",
        "allowed_routes", "allowed_vector_store_indexes", "auto_create_key", "auto_rotate", "blocked",
        "budget_fallbacks", "budget_id", "budget_limits", "config", "default_estimated_output_tokens",
        "default_estimated_output_tokens_per_model", "denied_passthrough_routes", "disable_global_guardrails",
        "duration", "enable_prompt_caching", "end_user_budget_id", "enforced_params", "grace_period", "guardrails",
        "key", "key_alias", "key_type", "mcp_rpm_limit", "metadata", "model_max_budget", "model_rpm_limit",
        "model_tpm_limit", "new_key", "new_master_key", "object_permission", "organization_id", "organizations",
        "password", "permissions", "policies", "project_id", "prompts", "rotation_interval", "router_settings",
        "rpm_limit_type", "send_invite_email", "soft_budget", "spend", "sso_user_id", "tag_rpm_limit", "tags",
        "team_id", "teams", "temp_budget_expiry", "temp_budget_increase", "throttle_on_budget_exceeded", "tpd_limit",
        "tpm_limit_type", "user_alias", "user_email", "user_role",
    }
)
# fmt: on


def made(table: Mapping[str, Check], body: Mapping[str, Any], authority: Authority) -> dict[str, Any]:
    """The fields of something new: what is not asked for has its default.

    Null and empty values are LiteLLM's own defaults: they ask for nothing. Raises FieldNotAllowed, AboveCeiling,
    Unusable, MalformedBody.
    """
    asked = {name: value for name, value in body.items() if not _asks_for_nothing(value)}
    _check_names(table, asked)
    fields = {name: table[name](authority, value) for name, value in asked.items()}
    for name, limit in authority.limits.items():
        if name in table and name not in fields:
            fields[name] = value_for(name, ABSENT, limit)
    if "models" in table and "models" not in fields:
        fields["models"] = list(models_asked(ABSENT, *authority.models) or ())
    return {name: value for name, value in fields.items() if not _asks_for_nothing(value) or name in asked}


def changed(table: Mapping[str, Check], body: Mapping[str, Any], authority: Authority) -> dict[str, Any]:
    """The fields of a change: only what is asked for, null and empty values included. Raises as `made` does."""
    _check_names(table, body)
    return {name: table[name](authority, value) for name, value in body.items()}


def _asks_for_nothing(value: Any) -> bool:
    return value is None or value is False or value in ({}, [], "")


def _check_names(table: Mapping[str, Check], asked: Mapping[str, Any]) -> None:
    for name in asked:
        if name in table:
            continue
        if name in ADMINISTRATORS_FIELDS:
            raise FieldNotAllowed(name, "only administrators may set it")
        close = difflib.get_close_matches(name, table, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise MalformedBody(f"{name[:80]}: is not known here{hint}", param=name[:80])
