"""The optional fields of a chat completion request: which values each accepts."""

import math
from collections.abc import Callable
from typing import Any

from deployer.fake_llm.errors import invalid, unsupported, wrong_type

Check = Callable[[str, Any], None]
"""Raises ApiError when the value (second argument) does not suit the field (first argument, for the message)."""


def check_fields(fields: dict[str, Any]) -> None:
    """Check every field that has a rule in `FIELDS`; a field without one is accepted as it is.

    Raises:
        ApiError: naming the first field that does not fit.
    """
    for name, value in fields.items():
        check = FIELDS.get(name)
        if check is not None:
            check(name, value)


def number(at_least: float, at_most: float = math.inf) -> Check:
    """A check for a finite number within the two bounds."""

    def check(name: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise wrong_type(name, "a number", value)
        _check_range(name, value, at_least, at_most)

    return check


def integer(at_least: int, at_most: float = math.inf) -> Check:
    """A check for an integer within the two bounds."""

    def check(name: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(name, "an integer", value)
        _check_range(name, value, at_least, at_most)

    return check


def one_of(*choices: str) -> Check:
    """A check for one of some words."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, str):
            raise wrong_type(name, "a string", value)
        if value not in choices:
            raise unsupported(name, value, choices)

    return check


def boolean(name: str, value: Any) -> None:
    """A check for true or false."""
    if not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)


def an_object(name: str, value: Any) -> None:
    """A check for a JSON object."""
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)


def _check_range(name: str, value: float, at_least: float, at_most: float) -> None:
    if not at_least <= value <= at_most or math.isinf(value):
        wanted = f"{at_least} or more" if math.isinf(at_most) else f"from {at_least} to {at_most}"
        raise invalid(name, f"Invalid '{name}': {value} is out of range. Expected a value of {wanted}.")


def _stop(name: str, value: Any) -> None:
    if isinstance(value, str):
        return
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise wrong_type(name, "a string or an array of strings", value)
    if len(value) > MAX_STOPS:
        raise invalid(name, f"Invalid '{name}': {len(value)} sequences. Expected at most {MAX_STOPS}.")


def _stream_options(name: str, value: Any) -> None:
    an_object(name, value)
    if value.get("include_usage") is not None:
        boolean(f"{name}.include_usage", value["include_usage"])


def _fake(name: str, value: Any) -> None:
    an_object(name, value)
    for key, setting in value.items():
        if key not in PACE_FIELDS:
            raise invalid(f"{name}.{key}", f"Unknown parameter: '{name}.{key}'. Known are: {', '.join(PACE_FIELDS)}.")
        number(0)(f"{name}.{key}", setting)


MAX_STOPS = 4
PACE_FIELDS = ("tokens_per_second", "time_to_first_token")

FIELDS: dict[str, Check] = {
    "stream": boolean,
    "stream_options": _stream_options,
    "temperature": number(0, 2),
    "top_p": number(0, 1),
    "presence_penalty": number(-2, 2),
    "frequency_penalty": number(-2, 2),
    "max_tokens": integer(1),
    "max_completion_tokens": integer(1),
    "n": integer(1, 128),
    "seed": integer(-(2**63)),
    "stop": _stop,
    "parallel_tool_calls": boolean,
    "reasoning_effort": one_of("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    "fake": _fake,
}
"""Field → check. `fake` is ours: {"tokens_per_second": number, "time_to_first_token": seconds} for this request."""
