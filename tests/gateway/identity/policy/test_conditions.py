"""gateway/identity/policy/conditions.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.policy.conditions import DEEPEST, LONGEST, MOST_STEPS, Condition, NoCondition

ADMINS = "contains(groups, 'llm-admins')"


@pytest.mark.parametrize(
    ("expression", "claims"),
    [
        (ADMINS, {"groups": ["a", "llm-admins"]}),
        ("mfa", {"mfa": True}),
        ("mfa == `true`", {"mfa": True}),
        ("department == 'x' || contains(groups, 'a')", {"department": "x"}),
        ("length(groups[?starts_with(@, 'llm-')]) > `0`", {"groups": ["llm-x"]}),
        ("""contains("https://example.com/roles", 'llm')""", {"https://example.com/roles": ["llm"]}),
        ("contains(to_array(groups), 'a')", {"groups": "a"}),
        ("realm.access == 'all'", {"realm": {"access": "all"}}),
        ("not_null(a, b) == 'x'", {"b": "x"}),
        ("a == '`text`'", {"a": "`text`"}),
    ],
)
def test_a_condition_holds_when_it_is_true(expression, claims):
    assert Condition(expression).holds(claims)
    assert not Condition(expression).holds({})


@pytest.mark.parametrize(
    "claims", [{}, {"groups": None}, {"groups": "not-llm-admins"}, {"groups": "llm-admins"}, {"groups": {}}]
)
def test_contains_is_of_lists_alone(claims):
    assert not Condition(ADMINS).holds(claims)


@pytest.mark.parametrize("groups", [["not-llm-admins"], ["LLM-ADMINS"], [["llm-admins"]], ["llm-admins "], []])
def test_contains_is_of_what_is_equal(groups):
    assert not Condition(ADMINS).holds({"groups": groups})


@pytest.mark.parametrize("value", [1, 1.0, "true", "x", ["x"], {"a": 1}, 0])
def test_a_result_that_is_merely_something_is_not_true(value):
    assert not Condition("claim").holds({"claim": value})
    assert not Condition("claim || claim").holds({"claim": value})


def test_numbers_and_booleans_are_different():
    assert not Condition("contains(levels, `1`)").holds({"levels": [True]})
    assert not Condition("contains(levels, `true`)").holds({"levels": [1]})
    assert Condition("contains(levels, `1`)").holds({"levels": [1.0]})


@pytest.mark.parametrize(
    "expression", ["level > `3`", "level < 'x'", "length(level) > `1`", "starts_with(level, 'a')", "a.b.c == `1`"]
)
@pytest.mark.parametrize("level", [None, "x", 1, True, [], {}, [1, "x"]])
def test_claims_of_other_types_raise_nothing(expression, level):
    assert Condition(expression).holds({"level": level, "a": level}) in {True, False}


def test_to_negate_a_type_error_is_not_true():
    assert not Condition(f"!{ADMINS}").holds({"groups": "llm-admins"})


def test_a_claim_that_is_missing_is_different_from_everything():
    """As docs/access-policy.md warns."""
    assert Condition("department != 'sales'").holds({})
    assert not Condition("department && department != 'sales'").holds({})


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "is not JMESPath: .*empty"),
        (" ", "is not JMESPath"),
        ("groups ==", "is not JMESPath: .*Incomplete"),
        ("groups = 'a'", "is not JMESPath"),
        ("'open", "is not JMESPath"),
        ("a == `{`", "has `{`, which is not JSON; a text is written in quotes"),
        ("a == `text`", "has `text`, which is not JSON"),
        ("a == ``", "has ``, which is not JSON"),
        ("in_group('a')", r"calls in_group\(\), which conditions cannot; they can contains, ends_with"),
        ("contains(groups)", r"calls contains\(\) with 1 arguments; it takes 2"),
        ("contains(a, b, c)", r"calls contains\(\) with 3 arguments"),
        ("not_null()", r"calls not_null\(\) with 0 arguments"),
        ("map(&a, groups) == `1`", r"calls map\(\)"),
        ("a || [a, b]", "must not build lists"),
        ("{a: b}", "must not build lists"),
        ("(&a)", "must not build lists"),
        ("a" * (LONGEST + 1), f"at most {LONGEST} characters"),
        ("!" * (DEEPEST + 1) + "a", f"nested more than {DEEPEST} deep"),
        ("!" * LONGEST, "nested|JMESPath"),
    ],
)
def test_what_cannot_be_a_condition_is_refused(expression, reason):
    with pytest.raises(NoCondition, match=reason):
        Condition(expression)


def test_a_reason_is_one_line():
    with pytest.raises(NoCondition) as refused:
        Condition("groups = 'a'\n && b")
    assert "\n" not in str(refused.value)


def test_an_evaluation_has_a_bound():
    """A filter asks its condition of every element."""
    often = " && ".join(["@ == `1`"] * 25)
    condition = Condition(f"length(groups[?{often}]) > `0`")
    assert condition.holds({"groups": [1] * 100})
    assert not condition.holds({"groups": [1] * MOST_STEPS})


def test_conditions_of_the_same_expression_are_equal():
    assert Condition("a") == Condition("a") != Condition("b")
    assert len({Condition("a"), Condition("a")}) == 1
    assert repr(Condition("a")) == "Condition('a')"


_CLAIMS = st.dictionaries(
    st.sampled_from(["groups", "a", "b"]),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    ),
)


@given(st.text("groups ab.[]*?@&|!()'`\"1,:<>=-", max_size=40), _CLAIMS)
def test_every_text_is_refused_or_holds_or_not(expression, claims):
    try:
        condition = Condition(expression)
    except NoCondition:
        return
    assert condition.holds(claims) in {True, False}
