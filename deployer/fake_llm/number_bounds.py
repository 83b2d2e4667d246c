"""Numbers that a JSON schema allows."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}


def next_to_zero(schema: Mapping[str, Any], step: float) -> float | None:
    """The number next to zero within the bounds of `schema`, among the multiples of `step` (0: among all numbers).

    None when there is none. Keywords whose values are no numbers do not count.
    """
    bounds = {name: schema[name] for name in _BOUNDS if _is_number(schema.get(name))}
    fitting = (value for value in _candidates(list(bounds.values()), step) if _within(bounds, value))
    return min(fitting, key=abs, default=None)


def _candidates(bounds: list[float], step: float) -> Iterator[float]:
    """Zero, and what lies at or next to a bound."""
    yield 0
    if step:
        yield from (multiple * step for bound in bounds for multiple in _around(bound / step))
        return
    yield from bounds
    yield from (bound + shift for bound in bounds for shift in (1, -1))
    yield from [sum(bounds) / len(bounds)] if bounds else []


def _around(value: float) -> Iterator[int]:
    if math.isfinite(value):
        yield from (math.floor(value) + shift for shift in (-1, 0, 1, 2))


def _within(bounds: Mapping[str, float], value: float) -> bool:
    return all(_BOUNDS[name](value, bound) for name, bound in bounds.items())


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
