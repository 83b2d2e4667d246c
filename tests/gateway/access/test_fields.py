"""The tables of fields beside LiteLLM's own, the paths that are guarded, and what is read of LiteLLM's records."""

from __future__ import annotations

import ast
import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest

from gateway.errors import AboveCeiling, FieldNotAllowed, MalformedBody, UpstreamBroken
from gateway.identity.policy.rules import SAFE_KEY, SAFE_USER, Rule
from gateway.services.access.answers import complete
from gateway.services.access.binding import Binding, binding_of, new_binding, state_of
from gateway.services.access.bounds import clamped, of_key_policy, own
from gateway.services.access.credentials import with_key
from gateway.services.access.fields import ADMINISTRATORS_FIELDS, CHANGED_KEY, NEW_KEY, NEW_USER, Authority, made
from gateway.services.access.operations import Asked, Operation, is_managed, operation_of
from gateway.services.access.secret_references import refuse_references
from gateway.upstream.records import HARMLESS, Allowance, key_record, user_record

REQUESTS = ("NewUserRequest", "GenerateKeyRequest", "UpdateKeyRequest", "RegenerateKeyRequest", "UpdateUserRequest")


@cache
def classes() -> dict[str, ast.ClassDef]:
    """LiteLLM's request models, read and not imported: that takes seconds."""
    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / "proxy" / "_types.py").read_text()
    return {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)}


def fields_of(name: str) -> set[str]:
    node = classes()[name]
    own_fields = {
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in classes()]
    return own_fields.union(*(fields_of(base) for base in bases)) - {"model_config"}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_field_of_litellms_requests_is_somebodys(name: str):
    assert fields_of(name) <= ADMINISTRATORS_FIELDS | NEW_KEY.keys() | NEW_USER.keys()


def test_no_field_is_listed_that_litellm_does_not_have():
    known = set().union(*map(fields_of, REQUESTS))
    assert known >= ADMINISTRATORS_FIELDS
    assert known >= NEW_KEY.keys() | NEW_USER.keys() | CHANGED_KEY.keys()


# --- values -------------------------------------------------------------------------


def authority(**changes: object) -> Authority:
    usual = {
        "user_id": "alice",
        "limits": of_key_policy(SAFE_KEY),
        "own": own(Allowance()),
        "models": (None,),
        "teams": (),
        "metadata": (),
    }
    return Authority(**usual | changes)  # type: ignore[arg-type]  # of a test


def test_what_is_not_asked_for_has_its_default():
    assert made(NEW_KEY, {}, authority()) == {"duration": "90d", "max_parallel_requests": 10}


def test_a_users_own_limit_bounds_what_is_asked_and_is_no_default():
    limited = authority(own=own(Allowance(max_budget=5.0)))
    assert "max_budget" not in made(NEW_KEY, {}, limited)
    assert made(NEW_KEY, {"max_budget": 5}, limited)["max_budget"] == 5
    with pytest.raises(AboveCeiling, match=r"max_budget: 5.01 USD was asked, at most 5 USD is allowed"):
        made(NEW_KEY, {"max_budget": 5.01}, limited)


@pytest.mark.parametrize("name", sorted(ADMINISTRATORS_FIELDS - NEW_KEY.keys()))
def test_administrators_fields_are_refused_by_name(name: str):
    with pytest.raises(FieldNotAllowed) as refusal:
        made(NEW_KEY, {name: "x"}, authority())
    assert refusal.value.param == name


@pytest.mark.parametrize("name", ["", "x" * 1000, "Max_Budget", "__proto__", "max_budget "])
def test_unknown_fields_are_refused(name: str):
    with pytest.raises(MalformedBody) as refusal:
        made(NEW_KEY, {name: "x"}, authority())
    assert len(refusal.value.message) < 200


def test_what_is_above_its_ceiling_is_brought_down_and_nothing_else():
    allowance = Allowance(max_budget=50.0, budget_duration="720h", rpm_limit=5, tpm_limit=None)
    assert clamped(allowance, SAFE_USER) == {
        "max_budget": 10.0,
        "budget_duration": "30d",  # LiteLLM renews a budget of 720h daily
        "tpm_limit": 100_000,
        "max_parallel_requests": 10,
    }


# --- bindings -----------------------------------------------------------------------


def test_a_binding_is_read_as_it_was_written():
    binding = Binding("https://issuer", "everyone", "0123", ("a", "b"))
    assert binding_of(binding.in_metadata({"other": 1})) == binding
    assert binding.in_metadata({"other": 1})["other"] == 1


@pytest.mark.parametrize(
    "found", [None, "x", [], {}, {"issuer": "x"}, {"issuer": 1, "rule": "r", "applied": "a", "teams": []}]
)
def test_what_is_no_binding(found: object):
    assert binding_of({"genai_gateway": found}) is None


def test_the_state_of_a_rule_changes_with_what_it_gives():
    rule = Rule(name="a")
    assert state_of(rule) == state_of(Rule(name="a"))
    assert state_of(rule) != state_of(Rule(name="a", models=("demo",)))
    assert new_binding("https://issuer", rule).applied == state_of(rule)


# --- paths --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "operation", "key"),
    [
        ("/user/new", Operation.NEW_USER, None),
        ("/key/generate/", Operation.NEW_KEY, None),
        ("//key//generate", Operation.NEW_KEY, None),
        ("/key/x/../generate", Operation.NEW_KEY, None),
        ("/key/generate\n", Operation.NEW_KEY, None),
        ("//key/generate", Operation.NEW_KEY, None),
        ("/litellm/key/update", Operation.CHANGE_KEY, None),
        ("/key/sk-1/regenerate", Operation.REGENERATE_KEY, "sk-1"),
        ("/key/a/b/regenerate", Operation.REGENERATE_KEY, "a/b"),
        ("/key/regenerate", Operation.REGENERATE_KEY, None),
        ("/team/key/bulk_update", Operation.BULK_UPDATE_KEYS, None),
        ("/monkey/generate", None, None),
        ("/key/generated", None, None),
        ("/key/info", None, None),
        ("/v1/chat/completions", None, None),
    ],
)
def test_which_paths_are_guarded(path: str, operation: Operation | None, key: str | None):
    asked = operation_of("POST", path)
    assert (asked and asked.operation, asked and asked.key) == (operation, key)


# --- headers and answers --------------------------------------------------------------


def test_of_the_callers_credentials_none_is_left():
    headers = [
        (b"authorization", b"Bearer eyJ"), (b"x-api-key", b"eyJ"), (b"litellm-changed-by", b"somebody"), (b"a", b"b")
    ]  # fmt: skip
    replaced = with_key(headers, "sk-1", "zo\u00eb")
    expected = [(b"a", b"b"), (b"authorization", b"Bearer sk-1"), (b"litellm-changed-by", b"zo\\xeb")]
    assert replaced == expected


def test_limits_that_litellm_moved_are_put_back():
    answer = {"model_rpm_limit": None, "model_tpm_limit": {"b": 2}, "metadata": {"model_rpm_limit": {"a": 1}}}
    assert complete(answer) == {**answer, "model_rpm_limit": {"a": 1}}
    assert complete({"metadata": None}) == {"metadata": None}


@pytest.mark.parametrize(
    "told", [{}, {"user_info": None}, {"user_info": {"user_id": 1}}, {"user_info": {"user_id": ""}}]
)
def test_a_user_that_cannot_be_understood(told: dict):
    with pytest.raises(UpstreamBroken):
        user_record(told, "alice")


def test_a_key_is_told_with_what_keeps_it_from_something():
    info = {
        "user_id": "alice",
        "expires": "2026-11-24T13:00:00+00:00",
        "metadata": {"tags": ["x"], "model_rpm_limit": {"demo": 1}},
        "allowed_routes": ["info_routes"],
        "policies": [],
    }
    key = key_record("hash", info)
    assert key.narrowed_by == ("allowed_routes", "tags")
    assert key.per_model == {"model_rpm_limit": {"demo": 1}}
    assert (key.expires_at, key.counts(0.0), key.counts(1.8e9)) == (1795525200.0, True, False)


# As LiteLLM gives a key to which nothing was set.
PLAIN = {
    "token": "h",
    "user_id": "alice",
    "models": [],
    "aliases": {},
    "permissions": {},
    "router_settings": {"a": None},
}


def test_a_plain_key_is_kept_from_nothing():
    assert key_record("hash", PLAIN).narrowed_by == ()


@pytest.mark.parametrize(
    "name",
    ["allowed_routes", "agent_id", "aliases", "blocked", "budget_id", "budget_limits", "model_max_budget",
     "object_permission_id", "org_id", "permissions", "policies", "project_id", "router_settings", "tpd_limit",
     "a field of LiteLLM's next release"],
)  # fmt: skip
def test_whatever_is_not_known_to_be_harmless_narrows_a_key(name: str):
    assert key_record("hash", {**PLAIN, name: {"x": ["y"]}}).narrowed_by == (name,)


@pytest.mark.parametrize("name", ["guardrails", "tags", "model_itpm_limit", "allowed_vector_store_indexes"])
def test_so_do_names_in_the_metadata_that_litellm_acts_on(name: str):
    assert key_record("hash", {**PLAIN, "metadata": {name: ["x"], "cost_center": "1"}}).narrowed_by == (name,)


def test_which_requests_are_guarded_by_their_method():
    assert operation_of("GET", "/key/generate") is None
    assert operation_of("GET", "/user/filter/ui") == Asked(Operation.FILTER_USERS)
    assert operation_of("POST", "/user/filter/ui") is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"metadata": {"logging": [{"callback_vars": {"key": "os.environ/LITELLM_MASTER_KEY"}}]}}',
        b'{"x": "\\u006fs.environ/DATABASE_URL"}',
        b'{"os.environ/X": 1}',
        b'["oidc/env/X"]',
        b"key=os.environ/X",
    ],
)
def test_references_to_secrets_do_not_go_with_the_master_key(body: bytes):
    with pytest.raises(FieldNotAllowed, match=r"os\.environ"):
        refuse_references(body)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"key_alias": "environ", "max_budget": 1}'])
def test_other_bodies_do(body: bytes):
    refuse_references(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata": ["x"]},
        {"metadata": "x"},
        {"key_alias": 1},
        {"budget_duration": 30},
        {"max_budget": "1"},
        {"models": [1]},
    ],
)
def test_a_key_that_cannot_be_understood(changes: dict):
    with pytest.raises(UpstreamBroken):
        key_record("hash", {**PLAIN, **changes})


def test_the_answer_about_another_user_is_not_taken():
    with pytest.raises(UpstreamBroken, match="another user"):
        user_record({"user_info": {"user_id": "bob"}}, "alice")


def test_what_is_harmless_is_litellms():
    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / "models" / "verification_token.py").read_text()
    ours = {"status", "key_type", "budget_limits_usage", "model_max_budget_usage"}
    joined = {
        "jwt_key_mappings",
        "litellm_organization_table",
        "litellm_project_table",
        "team_alias",
        "total_spend_reset_at",
    }
    columns = set(re.findall(r"^    (\w+):", source, re.MULTILINE))
    assert columns | ours | joined >= HARMLESS


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/key/list", True), ("/v2/user/info", True), ("/user", True), ("/team/x/member/y/reset_spend", True),
        ("/key/../config/list", False), ("/key/./list", False), ("//key/list", False), ("/config/list", False),
        ("/credentials", False), ("/v1/chat/completions", False), ("/keys", False), ("/openai/key/list", False),
    ],
)  # fmt: skip
def test_where_the_master_key_goes_for_an_administrator_by_claim(path: str, expected: bool):
    assert is_managed(path) is expected
