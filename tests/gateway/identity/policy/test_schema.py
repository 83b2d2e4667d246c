"""gateway/identity/policy/schema.py, the files in config/ and the document, which all say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from gateway.identity.policy.conditions import Condition
from gateway.identity.policy.loading import load_policy, parse_policy
from gateway.identity.policy.rules import SAFE_ADMIN_KEY
from gateway.identity.policy.schema import policy_schema
from gateway.identity.policy.written_limits import SAFE_WRITTEN
from gateway.identity.policy.yaml_text import read_yaml

ROOT = Path(__file__).parents[4]
EXAMPLE = ROOT / "config" / "access-policy.example.yaml"
SCHEMA = ROOT / "config" / "access-policy.schema.json"
DOCUMENT = (ROOT / "docs" / "access-policy.md").read_text()


def fields_of(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """`rules[].user.max_budget` and its schema, of every field that holds a value or more fields."""
    for name, field in schema.get("properties", {}).items():
        here = f"{path}.{name}".removeprefix(".")
        yield here, field
        if field.get("type") == "object":
            yield from fields_of(field, here)
        if field.get("items", {}).get("type") == "object":
            yield from fields_of(field["items"], f"{here}[]")


FIELDS = dict(fields_of(policy_schema()))


def test_the_schema_is_one():
    Draft202012Validator.check_schema(policy_schema())


def test_the_schemas_file_is_as_the_command_prints_it():
    """`python -m gateway.identity.policy --schema > config/access-policy.schema.json`"""
    assert json.loads(SCHEMA.read_text()) == policy_schema()
    assert SCHEMA.read_text() == json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"


def test_the_example_is_a_policy():
    assert [rule.name for rule in load_policy(EXAMPLE).rules][-1] == "nobody-else"


def test_the_example_is_valid_also_to_whom_it_is_yaml_1_1():
    """Editors, and PyYAML: it holds nothing that they read otherwise."""
    value = yaml.safe_load(EXAMPLE.read_text())
    assert value == read_yaml(EXAMPLE.read_text()).value
    assert list(Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(value)) == []


def test_the_example_has_every_field():
    written: set[str] = set()

    def collect(value: Any, path: str) -> None:
        for name, inner in value.items() if isinstance(value, dict) else ():
            here = f"{path}.{name}".removeprefix(".")
            written.add(here)
            collect(inner, here)
        for inner in value if isinstance(value, list) else ():
            collect(inner, f"{path}[]")

    collect(read_yaml(EXAMPLE.read_text()).value, "")
    assert written >= FIELDS.keys()


def test_safe_values_are_the_schemas_defaults():
    limits = {
        f"{whose}.{name}"
        for whose in ("user", "key")
        for name in policy_schema()["properties"]["rules"]["items"]["properties"][whose]["properties"]
    }
    assert limits == SAFE_WRITTEN.keys()
    for name, safe in SAFE_WRITTEN.items():
        assert FIELDS[f"rules[].{name}"]["default"] == safe


@pytest.mark.parametrize("name", SAFE_WRITTEN)
def test_a_safe_value_can_be_written_and_changes_nothing(name):
    whose, field = name.split(".")
    text = {"version": 1, "rules": [{"name": "a", whose: {field: SAFE_WRITTEN[name]}}]}
    (written,) = parse_policy(json.dumps(text).encode()).rules
    (left_out,) = parse_policy(b"version: 1\nrules: [{name: a}]").rules
    assert written == left_out


# --- the document


ROWS = {
    name: (safe, meaning)
    for name, safe, meaning in re.findall(
        r"^\| `([^`]+)` \| (?:`([^`]*)`)? ?\| (.*) \|$", DOCUMENT.split("## Every field")[1], re.MULTILINE
    )
}


def test_the_document_has_every_field_with_its_safe_value():
    assert list(ROWS) == list(FIELDS)
    for name, field in FIELDS.items():
        safe, meaning = ROWS[name]
        assert meaning
        assert read_yaml(f"safe: {safe}").value["safe"] == field.get("default"), name


def test_the_document_has_the_lifetime_of_administrators_keys():
    assert f"for `proxy_admin` `{SAFE_ADMIN_KEY.lifetime.ceiling}`" in ROWS["rules[].key.lifetime"][1]


def test_the_documents_policy_is_one():
    (text,) = re.findall(r"^```yaml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert [rule.name for rule in parse_policy(text.encode()).rules] == ["administrators", "data-science", "everyone"]


def test_the_documents_conditions_hold_for_what_they_are_about():
    claims = {"department": "research", "mfa": True, "groups": ["llm-x"], "https://example.com/roles": ["llm"]}
    table = DOCUMENT.split("| wanted | `when` |")[1].split("\n\n")[0]
    conditions = re.findall(r"\| (`+)(.+?) ?\1 \|$", table, re.MULTILINE)
    assert len(conditions) == 5
    for _, expression in conditions:
        assert Condition(expression).holds(claims), expression
        assert not Condition(expression).holds({}), expression
