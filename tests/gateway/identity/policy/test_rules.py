"""gateway/identity/policy/rules.py."""

from __future__ import annotations

import dataclasses

import pytest

from gateway.identity.policy.conditions import Condition
from gateway.identity.policy.limits import Limit
from gateway.identity.policy.rules import SAFE_POLICY, Policy, Rule

ISSUER = "https://dev-1.okta.com/oauth2/default"
OTHER = "https://dev-2.okta.com/oauth2/default"


def policy(*rules: Rule) -> Policy:
    return Policy(rules=rules, digest="test")


def test_the_first_rule_that_applies_decides():
    found = policy(Rule(name="a", groups=("a",)), Rule(name="b", groups=("a", "b")), Rule(name="c"))
    for groups, name in ((["a", "b"], "a"), (["b"], "b"), ([], "c")):
        rule = found.rule_for(ISSUER, {"groups": groups})
        assert rule is not None
        assert rule.name == name


def test_none_may_apply():
    assert policy(Rule(name="a", groups=("a",))).rule_for(ISSUER, {}) is None


def test_a_rule_that_denies_ends_the_search():
    rule = policy(Rule(name="no", groups=("a",), deny=True), Rule(name="yes")).rule_for(ISSUER, {"groups": ["a"]})
    assert rule is not None
    assert rule.deny


@pytest.mark.parametrize("groups", [None, "a", {"a": 1}, ["A"], ["a "], ["ab"], [["a"]], [1], [], 1])
def test_groups_are_a_list_with_exactly_the_name(groups):
    rule = Rule(name="a", groups=("a",))
    assert not rule.applies_to(ISSUER, {"groups": groups})
    assert rule.applies_to(ISSUER, {"groups": ["x", "a"]})


def test_all_conditions_have_to_hold():
    rule = Rule(name="a", groups=("a",), when=Condition("mfa"), issuers=(ISSUER,))
    claims = {"groups": ["a"], "mfa": True}
    assert rule.applies_to(ISSUER, claims)
    assert not rule.applies_to(OTHER, claims)
    assert not rule.applies_to(ISSUER, {**claims, "mfa": False})
    assert not rule.applies_to(ISSUER, {**claims, "groups": []})


def test_the_issuer_is_who_was_found_to_have_signed_not_a_claim():
    assert not Rule(name="a", issuers=(ISSUER,)).applies_to(OTHER, {"iss": ISSUER})


def test_rules_are_found_by_name():
    found = policy(Rule(name="a", groups=("a",)), Rule(name="b"))
    assert found.rule_named("b") == found.rules[1]
    assert found.rule_named("c") is None


@pytest.mark.parametrize("condition", [{"groups": ("a",)}, {"when": Condition("a")}, {"issuers": (ISSUER,)}])
def test_who_has_no_claims_gets_the_first_rule_without_conditions(condition):
    conditional, everybody = Rule(name="a", **condition), Rule(name="b")
    assert policy(conditional, everybody).rule_without_claims() == everybody
    assert policy(conditional).rule_without_claims() is None


def test_who_has_no_claims_can_be_denied():
    rule = policy(Rule(name="a", groups=("a",)), Rule(name="no", deny=True)).rule_without_claims()
    assert rule is not None
    assert rule.deny


def test_without_a_file_everybody_has_the_safe_values_and_nobody_administers():
    assert not SAFE_POLICY.token_login
    assert not SAFE_POLICY.adopt_existing_users
    assert SAFE_POLICY.existing_user == "refuse"
    assert (SAFE_POLICY.metadata, SAFE_POLICY.issuers) == ((), ())
    (rule,) = SAFE_POLICY.rules
    assert (rule.name, rule.role, rule.deny, rule.applies_to_everybody) == ("everyone", "internal_user", False, True)
    assert rule.user.max_budget == Limit(10, 10)
    assert rule.user.budget_duration == Limit("30d", "30d")
    assert rule.key.count == 5
    for limit in dataclasses.fields(rule.user):
        assert getattr(rule.user, limit.name).ceiling is not None


def test_a_policy_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SAFE_POLICY.token_login = True
