"""What is asked for a field, held against its limit: each function is about one field, and pure."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from gateway.errors import AboveCeiling, Unusable
from gateway.identity.policy.durations import NoDuration, in_days, period_seconds, seconds_of

MOST_MONEY = 1_000_000_000
MOST_A_MINUTE = 1_000_000_000_000
MOST_AT_ONCE = 1_000_000

# A budget's period without end, where it is a ceiling: the budget may not be renewed.
NEVER = "never"

Value = TypeVar("Value", bound=float | int | str)


class Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Limit(Generic[Value]):
    """`default`: what whoever asks for nothing has; `ceiling`: the most that can be asked for. None is unlimited.

    Of a budget's period, the ceiling is the shortest that can be asked for, since a shorter one renews the budget more
    often: None allows every period, NEVER none at all. There, None as default is a budget that is never renewed.
    """

    default: Value | None
    ceiling: Value | None


def _money(asked: object) -> float:
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not 0 <= asked <= MOST_MONEY:
        raise ValueError(f"must be a number from 0 to {MOST_MONEY}, in USD")
    return float(asked)


def _count(most: int) -> Callable[[object], int]:
    def read(asked: object) -> int:
        if isinstance(asked, bool) or not isinstance(asked, int) or not 0 <= asked <= most:
            raise ValueError(f"must be a whole number from 0 to {most}")
        return asked

    return read


def _period(asked: object) -> str:
    duration = _text(asked)
    period_seconds(duration)
    return duration


def _lifetime(asked: object) -> str:
    duration = _text(asked)
    seconds_of(duration)
    return in_days(duration)


def _text(asked: object) -> str:
    if not isinstance(asked, str):
        raise NoDuration("must be a text, such as 30d")
    return asked


def _longest_first(period: str) -> float:
    return -math.inf if period == NEVER else -period_seconds(period)


@dataclass(frozen=True, slots=True)
class _Measure:
    """How values of a field are read (ValueError says what they must be) and how much each gives: more is looser.

    `without`: what a value of None gives. `bound`: a ceiling, as a person reads it.
    """

    read: Callable[[object], Any]
    gives: Callable[[Any], float]
    without: float = math.inf
    bound: str = "at most {}"


_MEASURES: dict[str, _Measure] = {
    "max_budget": _Measure(_money, float),
    "budget_duration": _Measure(_period, _longest_first, without=-math.inf, bound="{} or longer"),
    "tpm_limit": _Measure(_count(MOST_A_MINUTE), float),
    "rpm_limit": _Measure(_count(MOST_A_MINUTE), float),
    "max_parallel_requests": _Measure(_count(MOST_AT_ONCE), float),
    "duration": _Measure(_lifetime, seconds_of),
}

# The fields of LiteLLM's requests that have a limit; `duration` is a key's lifetime.
FIELDS = tuple(_MEASURES)


def value_for(field: str, asked: object, limit: Limit[Value]) -> Value | None:
    """What to use for one of FIELDS: `asked` is ABSENT, or what the JSON has there; null asks for no limit.

    None is unlimited, or of a budget's period: never renewed. Raises AboveCeiling and Unusable.
    """
    value = limit.default if asked is ABSENT else None if asked is None else read_value(field, asked)
    if not is_within(field, value, limit.ceiling):
        raise AboveCeiling(field, _shown(field, value), _bound(field, limit.ceiling))
    return value


def is_within(field: str, value: Any, ceiling: Any) -> bool:
    """Whether a value as LiteLLM has it keeps to a ceiling; one that cannot be read keeps to none but itself."""
    return value == ceiling or _gives(field, value) <= _allows(field, ceiling)


def lowest(field: str, *limits: Limit[Value]) -> Limit[Value]:
    """The tightest ceiling of them all, and the first's default, brought down to it; a single Limit at least.

    What LiteLLM has may be a ceiling, too: one that cannot be read is tighter than all that can.
    """
    ceiling = min((limit.ceiling for limit in limits), key=lambda one: _allows(field, one))
    default = limits[0].default
    if not is_within(field, default, ceiling):
        default = None if ceiling == NEVER else ceiling
    return Limit(default, ceiling)


def read_value(field: str, asked: object) -> Any:
    """A value as it is kept: USD as float, a lifetime without months. Raises Unusable."""
    try:
        return _MEASURES[field].read(asked)
    except ValueError as error:
        raise Unusable(field, str(error)) from None


def _gives(field: str, value: Any) -> float:
    measure = _MEASURES[field]
    try:
        return measure.without if value is None else measure.gives(value)
    except ValueError:
        return math.inf


def _allows(field: str, ceiling: Any) -> float:
    try:
        return math.inf if ceiling is None else _MEASURES[field].gives(ceiling)
    except ValueError:
        # Yet not as tight as NEVER.
        return -sys.float_info.max


def _shown(field: str, value: Any) -> str:
    if value is None:
        return "no limit"
    return f"{value:.12g} USD" if field == "max_budget" else str(value)


def _bound(field: str, ceiling: Any) -> str:
    if ceiling == NEVER:
        return "a budget that is never renewed"
    return _MEASURES[field].bound.format(_shown(field, ceiling))
