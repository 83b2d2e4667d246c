"""The tables of variables in the READMEs of the roles are those of their argument_specs."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

COLLECTIONS = Path(__file__).parents[2] / "collections"
ROLES = COLLECTIONS / "ansible_collections/genai/gateway/roles"
NAMES = sorted(role.name for role in ROLES.iterdir())


@pytest.fixture(scope="module")
def document() -> ModuleType:
    """collections/document.py, which is a program and in no package."""
    spec = importlib.util.spec_from_file_location("document", COLLECTIONS / "document.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readmes_are_current() -> None:
    done = subprocess.run(
        [sys.executable, COLLECTIONS / "document.py", "--check"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_those_of_the_argument_specs(name: str) -> None:
    """And every variable of a role's defaults is described."""
    specs = yaml.safe_load((ROLES / name / "meta/argument_specs.yml").read_text())["argument_specs"]
    options = {name: option for spec in specs.values() for name, option in spec.get("options", {}).items()}
    file = ROLES / name / "defaults/main.yml"
    defaults: dict[str, Any] = (yaml.safe_load(file.read_text()) if file.exists() else None) or {}
    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_begins_with_what_the_role_is_for_and_has_no_markup_of_ansible(name: str) -> None:
    text = (ROLES / name / "README.md").read_text()
    assert text.startswith(f"# {name}\n\n")
    assert not re.search(r"\b(?:[OVCEPM]|RV)\([^)]*\)", text)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("As O(a_b) says.", "As `a_b` says."),
        (["V(x) or C(y)", "here."], "`x` or `y` here."),
        ("The role P(genai.gateway.verify#role).", "The role `genai.gateway.verify`."),
        ("With M(kubernetes.core.k8s).", "With `kubernetes.core.k8s`."),
        (r"V(f(x\)) and V(a\\b)", r"`f(x)` and `a\b`"),
        ("One | other", r"One \| other"),
        ("A DVD(s) and O\n  (k)", "A DVD(s) and O (k)"),
    ],
)
def test_the_markup_of_ansible_becomes_markdown(document: ModuleType, text: Any, markdown: str) -> None:
    assert document.describe(text) == markdown


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ({"required": True}, "required"),
        ({}, ""),
        ({"default": ""}, "empty"),
        ({"default": False}, "`false`"),
        ({"default": 0}, "`0`"),
        ({"default": []}, "`[]`"),
        ({"default": "{{ a | b }}\n"}, r"`{{ a \| b }}`"),
    ],
)
def test_a_default_is_shown_as_it_is_written(document: ModuleType, option: dict[str, Any], told: str) -> None:
    assert document.default_of(option) == told


def test_what_is_outside_the_marks_is_kept_and_a_readme_without_them_is_told(
    document: ModuleType, tmp_path: Path
) -> None:
    role = tmp_path / "a_role"
    (role / "meta").mkdir(parents=True)
    (role / "README.md").write_text("# a_role\n\n<!-- arguments -->\nold\n<!-- /arguments -->\n\nThe end.\n")
    options = {"a_role_x": {"description": "What.", "choices": ["b", "c"], "default": "b"}}
    specs = {
        "main": {"short_description": "A role", "options": options},
        "known": {"short_description": "Only look"},
    }
    (role / "meta" / "argument_specs.yml").write_text(yaml.safe_dump({"argument_specs": specs}, sort_keys=False))
    assert document.documented(role) == (
        "# a_role\n\n<!-- arguments -->\n\n| variable | default | what |\n| --- | --- | --- |\n"
        "| `a_role_x` | `b` | What. One of `b`, `c`. |\n\nWith `tasks_from: known`: Only look.\n"
        "<!-- /arguments -->\n\nThe end.\n"
    )
    (role / "README.md").write_text("# a_role\n")
    with pytest.raises(ValueError, match=r"a_role/README\.md: the lines <!-- arguments --> and .* are missing"):
        document.documented(role)
