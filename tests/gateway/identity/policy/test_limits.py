"""gateway/identity/policy/limits.py."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import AboveCeiling, Unusable
from gateway.identity.policy.durations import period_seconds, seconds_of
from gateway.identity.policy.limits import ABSENT, FIELDS, NEVER, Limit, is_within, lowest, value_for

COUNTS = ("tpm_limit", "rpm_limit", "max_parallel_requests")

_LIFETIMES = st.one_of(
    st.integers(1, 3650).map(lambda days: f"{days}d"),
    st.integers(1, 500).map(lambda weeks: f"{weeks}w"),
    st.integers(1, 120).map(lambda months: f"{months}mo"),
    st.integers(1, 90_000).map(lambda minutes: f"{minutes}m"),
)
_PERIODS = st.one_of(
    st.integers(1, 400).map(lambda days: f"{days}d"), st.integers(1, 24).map(lambda hours: f"{hours}h"), st.just("1mo")
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "max_budget": st.one_of(st.integers(0, 10**9), st.floats(0, 1e9)),
    "budget_duration": _PERIODS,
    **dict.fromkeys(COUNTS, st.integers(0, 10**6)),
    "duration": _LIFETIMES,
}


def limits_of(field: str) -> st.SearchStrategy[Limit[Any]]:
    """With a default that keeps to the ceiling, as the policy has them."""
    ceilings = st.one_of(st.none(), _VALUES[field])
    if field == "budget_duration":
        ceilings = st.one_of(ceilings, st.just(NEVER))
    pairs = st.builds(Limit, st.one_of(st.none(), _VALUES[field]), ceilings)
    return pairs.filter(lambda limit: is_within(field, limit.default, limit.ceiling))


def keeps_to(field: str, value: Any, ceiling: Any) -> bool:
    """Said otherwise than by the code under test."""
    if ceiling is None:
        return True
    if field == "budget_duration":
        return value is None or (ceiling != NEVER and period_seconds(value) >= period_seconds(ceiling))
    if value is None:
        return False
    return seconds_of(value) <= seconds_of(ceiling) if field == "duration" else value <= ceiling


# --- what is used


@pytest.mark.parametrize("field", ["max_budget", *COUNTS])
def test_who_asks_for_nothing_has_the_default(field):
    assert value_for(field, ABSENT, Limit(5, 10)) == 5


@pytest.mark.parametrize("field", ["max_budget", *COUNTS])
def test_up_to_the_ceiling_can_be_asked_for(field):
    assert value_for(field, 10, Limit(5, 10)) == 10
    with pytest.raises(AboveCeiling) as over:
        value_for(field, 11, Limit(5, 10))
    assert (over.value.field, over.value.param, over.value.status) == (field, field, 403)
    assert str(over.value).startswith(f"{field}: 11")
    assert over.value.allowed.startswith("at most 10")


@pytest.mark.parametrize("field", ["max_budget", *COUNTS])
def test_null_asks_for_no_limit(field):
    assert value_for(field, None, Limit(5, None)) is None
    with pytest.raises(AboveCeiling, match="no limit was asked"):
        value_for(field, None, Limit(5, 10))


def test_a_period_has_to_be_as_long_as_the_ceiling():
    limit = Limit("30d", "30d")
    assert value_for("budget_duration", "60d", limit) == "60d"
    assert value_for("budget_duration", "1mo", limit) == "1mo"
    with pytest.raises(AboveCeiling, match="1d was asked, 30d or longer is allowed"):
        value_for("budget_duration", "1d", limit)


def test_a_budget_that_is_never_renewed_keeps_to_every_period():
    assert value_for("budget_duration", None, Limit("30d", "30d")) is None
    assert value_for("budget_duration", None, Limit(None, NEVER)) is None


def test_where_a_budget_is_never_renewed_no_period_can_be_asked_for():
    assert value_for("budget_duration", ABSENT, Limit(None, NEVER)) is None
    with pytest.raises(AboveCeiling, match="a budget that is never renewed is allowed"):
        value_for("budget_duration", "3650d", Limit(None, NEVER))


def test_a_lifetime_ends_by_its_ceiling_whatever_the_month():
    assert value_for("duration", "1mo", Limit("7d", "30d")) == "30d"
    with pytest.raises(AboveCeiling, match="31d was asked, at most 30d is allowed"):
        value_for("duration", "31d", Limit("7d", "30d"))


# --- what is no value


@pytest.mark.parametrize("asked", [True, False, "10", math.nan, math.inf, -math.inf, -1, 10**13, 10**400, [], {}])
@pytest.mark.parametrize("field", ["max_budget", *COUNTS])
def test_what_is_no_number_is_refused_even_where_all_is_allowed(field, asked):
    with pytest.raises(Unusable, match=f"^{field}: must be ") as unusable:
        value_for(field, asked, Limit(None, None))
    assert unusable.value.status == 400


@pytest.mark.parametrize("field", COUNTS)
def test_counts_are_whole_numbers(field):
    with pytest.raises(Unusable, match="whole number"):
        value_for(field, 10.0, Limit(None, None))


@pytest.mark.parametrize(
    "asked", [30, True, "", "30", "0d", "1y", "720h", NEVER, "unlimited", ["30d"], "9" * 5000 + "d"]
)
def test_what_is_no_period_is_refused(asked):
    with pytest.raises(Unusable):
        value_for("budget_duration", asked, Limit(None, None))


@pytest.mark.parametrize("asked", [30, True, "", "30", "0d", "1y", "-1d", "4000d", {}])
def test_what_is_no_lifetime_is_refused(asked):
    with pytest.raises(Unusable):
        value_for("duration", asked, Limit(None, None))


def test_what_was_asked_is_not_repeated_when_it_is_no_value():
    with pytest.raises(Unusable) as unusable:
        value_for("max_budget", "sk-secret", Limit(None, None))
    assert "sk-secret" not in str(unusable.value)


# --- several limits


def test_the_lowest_ceiling_counts_and_the_default_is_brought_down():
    assert lowest("max_budget", Limit(50.0, 100.0), Limit(20.0, 20.0), Limit(None, None)) == Limit(20.0, 20.0)
    assert lowest("max_budget", Limit(5.0, 100.0), Limit(20.0, 20.0)) == Limit(5.0, 20.0)
    assert lowest("rpm_limit", Limit(None, None)) == Limit(None, None)


def test_of_periods_the_longest_is_the_lowest():
    assert lowest("budget_duration", Limit("7d", "7d"), Limit("30d", "30d")) == Limit("30d", "30d")
    assert lowest("budget_duration", Limit("7d", "7d"), Limit(None, NEVER)) == Limit(None, NEVER)


def test_of_lifetimes_the_shortest_is_the_lowest():
    assert lowest("duration", Limit("90d", "365d"), Limit("12h", "12h")) == Limit("12h", "12h")


def test_a_ceiling_that_cannot_be_read_allows_itself_and_nothing_else():
    own = Limit("720h", "720h")
    both = lowest("budget_duration", Limit("30d", "30d"), own)
    assert both == own
    assert value_for("budget_duration", ABSENT, both) == "720h"
    with pytest.raises(AboveCeiling):
        value_for("budget_duration", "365d", both)
    assert lowest("budget_duration", own, Limit(None, NEVER)) == Limit(None, NEVER)


def test_a_value_that_cannot_be_read_keeps_to_no_ceiling():
    assert not is_within("budget_duration", "720h", "30d")
    assert not is_within("max_budget", math.nan, 10.0)
    assert is_within("budget_duration", "720h", None)


@pytest.mark.parametrize("field", FIELDS)
@given(data=st.data())
def test_no_result_exceeds_any_ceiling(field, data):
    limits = data.draw(st.lists(limits_of(field), min_size=1, max_size=4))
    asked = data.draw(st.one_of(st.just(ABSENT), st.none(), _VALUES[field]))
    try:
        value = value_for(field, asked, lowest(field, *limits))
    except AboveCeiling:
        assert asked is not ABSENT
        assert not all(keeps_to(field, asked, limit.ceiling) for limit in limits)
    else:
        assert all(keeps_to(field, value, limit.ceiling) for limit in limits)


@pytest.mark.parametrize("field", FIELDS)
@given(
    asked=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    )
)
def test_whatever_is_asked_there_is_a_value_or_one_of_two_errors(field, asked):
    limit: Limit[Any] = {"budget_duration": Limit("30d", "30d"), "duration": Limit("1d", "30d")}.get(
        field, Limit(1, 10)
    )
    try:
        value = value_for(field, asked, limit)
    except (AboveCeiling, Unusable):
        return
    assert keeps_to(field, value, limit.ceiling)
