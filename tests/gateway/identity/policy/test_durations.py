"""gateway/identity/policy/durations.py, beside LiteLLM's own reading of durations."""

from __future__ import annotations

import datetime
import importlib.util
import re
import types
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.policy.durations import LONGEST, SECONDS_OF, NoDuration, in_days, period_seconds, seconds_of


@pytest.fixture(scope="module")
def duration_parser():
    """LiteLLM's module alone: to import LiteLLM takes seconds, and looks for prices on the internet."""
    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "litellm_core_utils" / "duration_parser.py"
    source = re.sub(r"^from litellm.*$", "verbose_logger = None", path.read_text(), flags=re.MULTILINE)
    module = types.ModuleType("duration_parser")
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("30s", 30), ("30m", 1800), ("30h", 108_000), ("30d", 2_592_000), ("1w", 604_800), ("1mo", 2_592_000)],
)
def test_a_duration_is_in_seconds(duration, seconds):
    assert seconds_of(duration) == seconds


@pytest.mark.parametrize(
    "duration",
    [
        "",
        "30",
        "d",
        "0d",
        "00d",
        "-1d",
        "+1d",
        "1.5d",
        " 1d",
        "1d ",
        "1d\n",
        "1D",
        "1y",
        "1dx",
        "1d2h",
        "030d",
        "daily",
        "٣d",
    ],
)
def test_what_is_no_duration_is_refused_with_an_example(duration):
    with pytest.raises(NoDuration, match=r"such as 30d$"):
        seconds_of(duration)


@pytest.mark.parametrize("duration", ["3651d", "9999999999d", "315360001s", "122mo"])
def test_more_than_ten_years_are_refused(duration):
    with pytest.raises(NoDuration, match="ten years"):
        seconds_of(duration)


def test_ten_years_are_a_duration():
    assert seconds_of("3650d") == LONGEST


@given(st.integers(1, 3_000), st.sampled_from(["s", "m", "h", "d", "w"]))
def test_litellm_reads_the_same(duration_parser, number, unit):
    duration = f"{number}{unit}"
    if number * SECONDS_OF[unit] <= LONGEST:
        assert seconds_of(duration) == duration_parser.duration_in_seconds(duration)


@pytest.mark.parametrize(("duration", "days"), [("1mo", "30d"), ("12mo", "360d"), ("2w", "2w"), ("12h", "12h")])
def test_a_lifetime_has_no_months(duration, days):
    assert in_days(duration) == days
    assert seconds_of(duration) == seconds_of(days)


@pytest.mark.parametrize("duration", ["25h", "720h", "43200m", "2592000s", "2mo", "12mo"])
def test_a_period_that_litellm_does_not_keep_to_is_refused(duration):
    assert seconds_of(duration) > 0
    with pytest.raises(NoDuration, match="LiteLLM"):
        period_seconds(duration)


@pytest.mark.parametrize("duration", ["1s", "90m", "24h", "1d", "28d", "30d", "90d", "1w", "1mo"])
def test_a_period_that_litellm_keeps_to_is_renewed_no_sooner(duration_parser, duration):
    """Once it is in step with the calendar: the first period is cut to fit."""
    # A Monday, and the first of a month.
    now = datetime.datetime(2025, 9, 1, tzinfo=datetime.UTC)
    next_reset = duration_parser.get_next_standardized_reset_time(duration, now)
    assert (next_reset - now).total_seconds() >= period_seconds(duration)


def test_litellm_renews_periods_of_many_hours_daily(duration_parser):
    """Why they are refused."""
    now = datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC)
    assert duration_parser.get_next_standardized_reset_time("720h", now) - now == datetime.timedelta(days=1)
