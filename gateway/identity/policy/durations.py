"""LiteLLM's durations, such as 30s, 30m, 30h, 30d, 1w and 1mo, in seconds."""

from __future__ import annotations

import re

SECONDS_OF = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 30 * 86_400}

DAYS_OF_MONTH = 30
LONGEST = 3650 * SECONDS_OF["d"]
# Of a budget's period in units below the day: LiteLLM renews a budget of 720h at every midnight.
LONGEST_IN_HOURS = SECONDS_OF["d"]

_DURATION = re.compile(r"([1-9][0-9]{0,9})(mo|[smhdw])", re.ASCII)


class NoDuration(ValueError):
    """What is wrong, as the rest of a sentence that begins with the field's name."""


def seconds_of(duration: str) -> int:
    """A month counts as 30 days. Raises NoDuration for other spellings, for zero and for more than ten years."""
    number, unit = _parts_of(duration)
    seconds = number * SECONDS_OF[unit]
    if seconds > LONGEST:
        raise NoDuration("must be at most ten years, 3650d")
    return seconds


def period_seconds(duration: str) -> int:
    """The same of a budget's period. Raises NoDuration also for those that LiteLLM does not keep to."""
    number, unit = _parts_of(duration)
    seconds = seconds_of(duration)
    if unit == "mo" and number > 1:
        raise NoDuration("must be 1mo where it is in months: LiteLLM knows no other; write days, such as 60d")
    if unit in {"s", "m", "h"} and seconds > LONGEST_IN_HOURS:
        raise NoDuration("must be in days, such as 30d: LiteLLM renews a budget daily where it is in shorter units")
    return seconds


def in_days(duration: str) -> str:
    """A lifetime without months, which would last as long as those of the calendar do: 1mo is 30d."""
    number, unit = _parts_of(duration)
    return f"{number * DAYS_OF_MONTH}d" if unit == "mo" else duration


def _parts_of(duration: str) -> tuple[int, str]:
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise NoDuration("must be a duration above zero: a whole number and s, m, h, d, w or mo, such as 30d")
    return int(match[1]), match[2]
