"""Limits as the policy's file has them: a plain value, or default and ceiling; and the safe values in that form."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from gateway.errors import AboveCeiling, Unusable
from gateway.identity.policy.limits import ABSENT, NEVER, Limit, read_value, value_for
from gateway.identity.policy.rules import SAFE_KEY, SAFE_USER, Limits

UNLIMITED = "unlimited"
PERIOD = "budget_duration"

# As a person writes the field, and as LiteLLM's requests name it.
_REQUEST_FIELDS = {"lifetime": "duration"}


class WrongLimit(ValueError):
    """What is wrong, as the rest of a sentence that begins with the field's name."""


def limit_of(field: str, written: Any) -> Limit[Any]:
    """`written`: fits the schema. Raises WrongLimit."""
    default, ceiling = (written["default"], written["ceiling"]) if isinstance(written, dict) else (written, written)
    asked = _REQUEST_FIELDS.get(field, field)
    try:
        limit: Limit[Any] = Limit(_default(asked, default), _ceiling(asked, ceiling))
        value_for(asked, ABSENT, limit)
    except Unusable as error:
        raise WrongLimit(error.reason) from None
    except AboveCeiling as error:
        raise WrongLimit(f"has a default, {default}, beyond its ceiling: {error.allowed} is allowed") from None
    return limit


def count_of(written: int | str) -> int | None:
    return None if written == UNLIMITED else int(written)


def _default(field: str, written: Any) -> Any:
    return None if written in {UNLIMITED, NEVER} else read_value(field, written)


def _ceiling(field: str, written: Any) -> Any:
    if written == UNLIMITED:
        return None
    return NEVER if written == NEVER else read_value(field, written)


def written_limit(field: str, limit: Limit[Any]) -> Any:
    """The reverse of limit_of."""
    none = NEVER if field == PERIOD else UNLIMITED
    default = none if limit.default is None else limit.default
    ceiling = UNLIMITED if limit.ceiling is None else limit.ceiling
    return default if default == ceiling else {"default": default, "ceiling": ceiling}


def _written_limits(whose: str, limits: Limits) -> dict[str, Any]:
    return {
        f"{whose}.{one.name}": written_limit(one.name, getattr(limits, one.name))
        for one in fields(limits)
        if one.name != "count"
    }


# Of `user.max_budget` and so on: what a rule gives that does not mention it.
SAFE_WRITTEN = {**_written_limits("user", SAFE_USER), **_written_limits("key", SAFE_KEY), "key.count": SAFE_KEY.count}
