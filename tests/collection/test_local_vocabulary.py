"""What can be set is documented once and the same everywhere: argument specs, defaults, inventory."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.local_stack import CHECKOUT

ROLES = CHECKOUT / "collections/ansible_collections/genai/gateway/roles"


def load(path: str) -> Any:
    return yaml.safe_load((CHECKOUT / path).read_text())


def options(role: str) -> dict[str, dict[str, Any]]:
    """Of all entry points: they share the role's defaults."""
    specs = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())
    entries = [entry.get("options", {}) for entry in specs["argument_specs"].values()]
    return {name: option for entry in entries for name, option in entry.items()}


def defaults(role: str) -> dict[str, Any]:
    file = ROLES / role / "defaults/main.yml"
    return yaml.safe_load(file.read_text()) if file.exists() else {}


@pytest.mark.parametrize("role", sorted(path.name for path in ROLES.iterdir()))
def test_every_default_of_a_role_is_the_documented_one(role: str) -> None:
    documented = {name: spec["default"] for name, spec in options(role).items() if "default" in spec}
    assert documented == defaults(role)


@pytest.mark.parametrize("role", sorted(path.name for path in ROLES.iterdir()))
def test_every_argument_of_a_role_is_described(role: str) -> None:
    assert [name for name, spec in options(role).items() if not spec.get("description")] == []


def test_the_inventory_shows_every_variable_of_local_with_its_default() -> None:
    inventory = load("inventories/local/group_vars/all/local.yml")
    assert inventory == {name: value for name, value in defaults("platform").items() if name.startswith("local_")}


def test_the_inventory_explains_itself() -> None:
    lines = (CHECKOUT / "inventories/local/group_vars/all/local.yml").read_text().splitlines()
    groups = "\n".join(lines).split("\n\n")[1:]
    assert [group for group in groups if not group.startswith("# ")] == []


def test_the_choices_that_preflight_checks_are_the_documented_ones() -> None:
    from ansible_collections.genai.gateway.plugins.module_utils.local_preflight import CHOICES

    assert {name: tuple(options("platform")[name]["choices"]) for name in CHOICES} == CHOICES


def test_every_platform_that_is_named_has_its_tasks() -> None:
    platforms = load("collections/ansible_collections/genai/gateway/roles/platform/vars/main/platforms.yml")
    for name in platforms["platform_names"]:
        assert f"V({name})" in options("platform")["platform"]["description"]
        present = {file.name for file in (ROLES / "platform/tasks" / name.lower()).iterdir()}
        assert {"preflight.yml", "present.yml", "absent.yml"} <= present
