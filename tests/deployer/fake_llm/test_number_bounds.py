from typing import Any

import pytest

from deployer.fake_llm.number_bounds import next_to_zero


@pytest.mark.parametrize(
    ("schema", "step", "expected"),
    [
        ({}, 0, 0),
        ({"minimum": 3}, 0, 3),
        ({"exclusiveMinimum": 3}, 1, 4),
        ({"maximum": -2.5}, 0, -2.5),
        ({"maximum": -2.5}, 1, -3),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0, 0.5),
        ({"minimum": 10}, 7, 14),
        ({"minimum": -9, "maximum": -1}, 4, -4),
        ({"minimum": 1, "exclusiveMaximum": 1}, 0, None),
        ({"minimum": 1, "maximum": 2}, 5, None),
        ({"minimum": "3"}, 0, 0),
        ({"minimum": 1e308}, 1e-300, None),
    ],
)
def test_the_number_next_to_zero_within_the_bounds(schema: dict[str, Any], step: float, expected: float | None) -> None:
    assert next_to_zero(schema, step) == expected
