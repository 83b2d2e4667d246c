"""gateway/identity/policy/loading.py, with what it finds wrong: schema_faults.py, checks.py, written_limits.py."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.identity.policy.conditions import Condition
from gateway.identity.policy.limits import NEVER, Limit
from gateway.identity.policy.loading import LARGEST, PolicyError, load_policy, parse_policy
from gateway.identity.policy.rules import SAFE_KEY, SAFE_USER, IssuerEntry, Policy, Rule

RULES = "version: 1\nrules:\n  - name: a\n    groups: [a]\n"


def loaded(text: str) -> Policy:
    return parse_policy(text.encode())


def faults(text: str) -> list[str]:
    with pytest.raises(PolicyError) as error:
        parse_policy(text.encode())
    return error.value.faults


def with_rule(*lines: str) -> str:
    """A policy of one rule, whose lines begin in line 5."""
    return RULES + "".join(f"    {line}\n" for line in lines)


# --- what a file gives


def test_what_a_file_does_not_say_is_safe():
    policy = loaded(RULES)
    assert policy == Policy(rules=(Rule(name="a", groups=("a",)),), digest=policy.digest)
    assert (policy.rules[0].user, policy.rules[0].key) == (SAFE_USER, SAFE_KEY)


def test_everything_that_can_be_said():
    policy = loaded("""
version: 1
token_login: true
existing_user: new_key
adopt_existing_users: true
metadata: [cost_center, application]
issuers:
  - {issuer: "https://dev-1.okta.com/oauth2/default"}
  - issuer: https://idp.example.com/realms/a
    audience: llm
    profile: rfc9068
    algorithms: [RS256, ES256]
    required_scopes: [llm, "llm:write"]
    clients: [0oa1]
rules:
  - name: admins
    when: contains(groups, 'llm-admins')
    role: proxy_admin
  - name: scientists
    groups: [a, "2024"]
    issuers: [https://idp.example.com/realms/a]
    teams: [t1]
    models: [claude-sonnet, bedrock/*]
    user:
      max_budget: {default: 100, ceiling: 500}
      budget_duration: never
      tpm_limit: 5
      rpm_limit: {default: 5, ceiling: unlimited}
      max_parallel_requests: unlimited
    key:
      max_budget: 2.5
      budget_duration: {default: 7d, ceiling: 1d}
      lifetime: {default: 1mo, ceiling: unlimited}
      count: unlimited
  - name: nobody-else
    deny: true
""")
    assert (policy.token_login, policy.existing_user, policy.adopt_existing_users) == (True, "new_key", True)
    assert policy.metadata == ("cost_center", "application")
    assert policy.issuers == (
        IssuerEntry(issuer="https://dev-1.okta.com/oauth2/default"),
        IssuerEntry(
            issuer="https://idp.example.com/realms/a",
            audience="llm",
            profile="rfc9068",
            algorithms=("RS256", "ES256"),
            required_scopes=("llm", "llm:write"),
            clients=("0oa1",),
        ),
    )
    admins, scientists, nobody = policy.rules
    assert (admins.role, admins.when) == ("proxy_admin", Condition("contains(groups, 'llm-admins')"))
    assert (admins.key.lifetime, admins.key.count) == (Limit("12h", "12h"), 5)
    assert (scientists.groups, scientists.teams) == (("a", "2024"), ("t1",))
    assert (scientists.issuers, scientists.models) == (
        ("https://idp.example.com/realms/a",),
        ("claude-sonnet", "bedrock/*"),
    )
    assert scientists.user.max_budget == Limit(100.0, 500.0)
    assert scientists.user.budget_duration == Limit(None, NEVER)
    assert (scientists.user.tpm_limit, scientists.user.rpm_limit) == (Limit(5, 5), Limit(5, None))
    assert scientists.user.max_parallel_requests == Limit(None, None)
    assert scientists.key.max_budget == Limit(2.5, 2.5)
    assert scientists.key.budget_duration == Limit("7d", "1d")
    assert (scientists.key.tpm_limit, scientists.key.rpm_limit) == (SAFE_KEY.tpm_limit, SAFE_KEY.rpm_limit)
    assert (scientists.key.lifetime, scientists.key.count) == (Limit("30d", None), None)
    assert nobody == Rule(name="nobody-else", deny=True)


def test_a_key_has_as_many_requests_at_once_as_the_user_where_the_rule_says_no_more():
    (rule,) = loaded(with_rule("user: {max_parallel_requests: 3}")).rules
    assert rule.key.max_parallel_requests == Limit(3, 3)
    (rule,) = loaded(with_rule("user: {max_parallel_requests: 3}", "key: {max_parallel_requests: 2}")).rules
    assert rule.key.max_parallel_requests == Limit(2, 2)


def test_the_digest_is_of_the_content():
    assert loaded(RULES).digest == loaded(RULES).digest != loaded(RULES + "# more\n").digest


def test_a_byte_order_mark_is_passed_over():
    assert parse_policy(b"\xef\xbb\xbf" + RULES.encode()).rules[0].name == "a"


# --- what is wrong with a file


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["rol: proxy_admin"], "rules[0].rol: is no field of a policy here; did you mean role? (line 5)"),
        (["role: admin"], "rules[0].role: must be one of internal_user, internal_user_viewer, proxy_admin, not"),
        (["role: proxyadmin"], 'the text "proxyadmin"; did you mean proxy_admin? (line 5)'),
        (["deny: yes"], 'rules[0].deny: must be true or false; this is the text "yes" (line 5)'),
        (["teams: t1"], 'rules[0].teams: must be a list; this is the text "t1" (line 5)'),
        (
            ["teams: [1]"],
            "rules[0].teams[0]: must be a text of 1 to 256 characters, without spaces around it; numbers need",
        ),
        (["teams: [a, b, a]"], "rules[0].teams: has an entry twice: keep one (line 5)"),
        (
            ["models: []"],
            "rules[0].models: is an empty list: must be a list that names models; left out, it allows every",
        ),
        (["models: [all-proxy-models]"], "rules[0].models[0]: is LiteLLM's word for every model: leave models out"),
        (["models: ['a|*']"], "rules[0].models[0]: must have wildcards of letters"),
        (["when: groups ="], "rules[0].when: is not JMESPath: "),
        (["when: hash(groups)"], "rules[0].when: calls hash(), which conditions cannot"),
        (["user: []"], "rules[0].user: must be a mapping, with a field in each line; this is a list (line 5)"),
        (["user:"], "rules[0].user: must be a mapping, with a field in each line; this is nothing (line 5)"),
        (
            ["user:", "  max_budget: lots"],
            "rules[0].user.max_budget: must be a number from 0 to 1000000000, or unlimited",
        ),
        (["user:", "  tpm_limit: 1.5"], "rules[0].user.tpm_limit: must be a whole number from 1 to"),
        (["user:", "  tpm_limit: true"], "rules[0].user.tpm_limit: must be a whole number"),
        (["user:", "  rpm_limit: 0"], "rules[0].user.rpm_limit: must be a whole number from 1 to"),
        (["user:", "  max_budget: -1"], "rules[0].user.max_budget: must be a number from 0"),
        (["user:", "  max_budget: 1e999"], "rules[0].user.max_budget: must be a number from 0"),
        (["user:", "  max_budget: .nan"], "rules[0].user.max_budget: must be a number from 0"),
        (["user:", "  max_budget:"], "rules[0].user.max_budget: must be a number"),
        (["user:", "  max_budget: {default: 1}"], "rules[0].user.max_budget: needs ceiling (line 6)"),
        (
            ["user:", "  max_budget: {default: 500, ceiling: 100}"],
            "rules[0].user.max_budget: has a default, 500, beyond its ceiling: at most 100 USD is allowed (line 6)",
        ),
        (
            ["user:", "  max_budget: {default: unlimited, ceiling: 100}"],
            "rules[0].user.max_budget: has a default, unlimited, beyond its ceiling: at most 100 USD is allowed",
        ),
        (
            ["user:", "  budget_duration: {default: 1d, ceiling: 30d}"],
            "rules[0].user.budget_duration: has a default, 1d, beyond its ceiling: 30d or longer is allowed",
        ),
        (
            ["user:", "  budget_duration: unlimited"],
            "rules[0].user.budget_duration: must be a duration such as 30d, or never",
        ),
        (["user:", "  budget_duration: 720h"], "rules[0].user.budget_duration: must be in days, such as 30d: LiteLLM"),
        (["key:", "  lifetime: 90"], "rules[0].key.lifetime: must be a duration such as 90d, or unlimited"),
        (["key:", "  lifetime: never"], "rules[0].key.lifetime: must be a duration such as 90d, or unlimited"),
        (["key:", "  lifetime: 4000d"], "rules[0].key.lifetime: must be at most ten years, 3650d (line 6)"),
        (["key:", "  count: 0"], "rules[0].key.count: must be a whole number from 1 to 10000, or unlimited"),
        (["key:", "  count: {default: 1, ceiling: 5}"], "rules[0].key.count: must be a whole number from 1 to 10000"),
        (
            ["key:", "  lifetim: 1d"],
            "rules[0].key.lifetim: is no field of a policy here; did you mean lifetime? (line 6)",
        ),
        (["groups: [b]"], "rules[0].groups: is there twice, first in line 4: keep one (line 5)"),
        (["issuers: [dev-1.okta.com]"], "rules[0].issuers[0]: must be an address that begins with https://"),
    ],
)
def test_a_fault_of_a_rule_names_the_field_and_the_line(lines, fault):
    (found,) = faults(with_rule(*lines))
    assert fault in found
    assert found.startswith("rules[0]")
    assert found.endswith(")")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the policy is empty: it needs version and rules"),
        ("[]", "the policy must be a mapping, with a field in each line; this is a list (line 1)"),
        ("version: 1", "the policy needs rules (line 1)"),
        ("rules: [{name: a}]", "the policy needs version (line 1)"),
        ("version: 2\nrules: [{name: a}]", "version: must be 1, not the number 2 (line 1)"),
        ("version: 1\nrules: []", "rules: is an empty list: name something, or leave the field out (line 2)"),
        ("version: 1\nrules: [{groups: [a]}]", "rules[0]: needs name (line 2)"),
        ("version: 1\nrules: [{name: A}]", "rules[0].name: must be at most 64 of a-z, 0-9 and -"),
        ('version: 1\nrules: [{name: "a\\n"}]', "rules[0].name: must be at most 64 of a-z, 0-9 and -"),
        ("version: 1\nrules: [a]", "rules[0]: must be a mapping"),
        (RULES + "tokn_login: true\n", "tokn_login: is no field of a policy here; did you mean token_login? (line 5)"),
        (RULES + "existing_user: newkey\n", "did you mean new_key? (line 5)"),
        (
            RULES + "metadata: [a, tags]\n",
            "metadata[1]: means something to LiteLLM or to the gateway, so users may not",
        ),
        (
            RULES + "issuers: [{issuer: 'http://idp.example.com'}]\n",
            "issuers[0].issuer: must be an address that begins with",
        ),
        (
            RULES + "issuers: [{issuer: 'https://a', algorithms: [HS256]}]\n",
            "issuers[0].algorithms[0]: must be one of RS256",
        ),
        (
            RULES + "issuers: [{issuer: 'https://a', algorithms: [none]}]\n",
            "issuers[0].algorithms[0]: must be one of RS256",
        ),
        (
            RULES + "issuers: [{issuer: 'https://a'}, {issuer: 'https://a', audience: b}]\n",
            "issuers[1].issuer: is also that of issuers[0]: each needs its own (line 5)",
        ),
        (RULES + "  - name: a\n", "rules[1].name: is also that of rules[0]: each needs its own (line 5)"),
        (
            "version: 1\nrules:\n  - name: a\n  - name: b\n    groups: [b]\n",
            "rules[1]: never applies: rules[0] before it applies to everybody; put that one last (line 4)",
        ),
        (
            "version: 1\nrules:\n  - name: a\n    role: proxy_admin\n",
            "rules[0].role: is proxy_admin for everybody: say for whom, by groups or when (line 4)",
        ),
        (
            "version: 1\nrules:\n  - name: a\n    issuers: [https://a]\n    role: proxy_admin\n",
            "rules[0].role: is proxy_admin for everybody: say for whom, by groups or when (line 5)",
        ),
        (
            "version: 1\nrules:\n  - name: a\n    deny: true\n    models: [b]\n",
            "rules[0].models: is given by a rule that denies: leave out one of them (line 5)",
        ),
        ("version: 1\nrules: [\n", "the policy is not YAML: "),
        ("version: &v 1\n", "the policy has an anchor or an alias (& or *): write the value out"),
    ],
)
def test_a_fault_is_told_with_what_to_do(text, fault):
    (found,) = faults(text)
    assert fault in found


def test_all_faults_are_told_in_the_order_of_the_lines():
    found = faults("""version: 1
token_login: yes
rules:
  - name: a
    groups: []
    user:
      max_budget: {default: 2, ceiling: 1}
      max_budgt: 1
    when: groups =
  - name: a
    role: proxy_admin
    key: {lifetime: 1 day}
    user: {rpm_limit: -1, tpm_limit: {default: 2, ceiling: 1}}
""")
    assert [fault.split(":")[0] for fault in found] == [
        "token_login",
        "rules[0].groups",
        "rules[0].user.max_budget",
        "rules[0].user.max_budgt",
        "rules[0].when",
        "rules[1].name",
        "rules[1].role",
        "rules[1].key.lifetime",
        "rules[1].user.rpm_limit",
        "rules[1].user.tpm_limit",
    ]
    assert [int(fault.rpartition("(line ")[2].rstrip(")")) for fault in found] == [2, 5, 7, 8, 9, 10, 11, 12, 13, 13]


@pytest.mark.parametrize("content", [b"version: 1\n\xff\n", "version: 1\n".encode("utf-16")])
def test_what_is_not_utf_8_is_refused(content):
    with pytest.raises(PolicyError, match="UTF-8"):
        parse_policy(content)


def test_a_long_value_is_not_repeated_whole():
    (found,) = faults(with_rule(f"role: {'x' * 5000}"))
    assert len(found) < 300


# --- the file itself


def test_a_policy_is_loaded_of_a_file(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(RULES)
    assert load_policy(path) == load_policy(str(path)) == loaded(RULES)


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path):
    with pytest.raises(PolicyError, match=r"missing\.yaml cannot be read \(No such file or directory\)"):
        load_policy(tmp_path / "missing.yaml")
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path)


def test_a_file_of_more_than_a_mebibyte_is_a_fault(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_bytes(RULES.encode() + b"#" * (LARGEST - len(RULES)))
    assert load_policy(path).rules[0].name == "a"
    with path.open("ab") as file:
        file.write(b"#")
    with pytest.raises(PolicyError, match="larger than 1 MiB"):
        load_policy(path)


@pytest.mark.parametrize(
    "value", ["null", "1", "text", "[]", "{}", "[[]]", "[{}]", "true", "{a: 1}", "[1]", "{default: 1, ceiling: x}"]
)
@pytest.mark.parametrize(
    "place",
    [
        "{}",
        "version: {}",
        "metadata: {}",
        "issuers: {}",
        "rules: {}",
        "rules: [{}]",
        "rules: [{{name: {}}}]",
        "rules: [{{user: {}}}]",
        "rules: [{{key: {{lifetime: {}}}}}]",
        "rules: [{{models: {}}}]",
        "rules: [{{when: {}, role: proxy_admin}}]",
    ],
)
def test_whatever_stands_in_a_place_there_are_faults_and_no_crash(place, value):
    text: Any = place.format(value)
    assert all(faults(text))
