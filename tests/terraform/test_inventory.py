"""The inventory and Terraform speak one vocabulary: the same names, defaults and explanations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "terraform" / "platforms" / "shared"
INVENTORY = ROOT / "inventories" / "aws" / "group_vars" / "all"
ROLES = ROOT / "collections" / "ansible_collections" / "genai" / "gateway" / "roles"
# What is not Terraform's.
OPERATOR = INVENTORY / "operator.yml"
FOUNDATION = ROOT / "terraform" / "foundation" / "variables.tf"
FILES = [*sorted(SHARED.glob("variables_*.tf")), FOUNDATION]
# What a deployment finds out for itself: outputs of the foundation, images and a configuration that it has just pushed.
GIVEN = {"foundation", "images", "config_prefix", "access_policy", "provider_keys_version"}


def _plain(value: Any) -> Any:
    """The parser leaves quotes around texts."""
    if isinstance(value, str):
        return value.strip('"')
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {_plain(key): _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def _declared(file: Path) -> dict[str, dict[str, Any]]:
    with file.open() as text:
        blocks = hcl2.load(text)["variable"]
    return {_plain(name): _plain(body) for block in blocks for name, body in block.items()}


PLATFORMS = {name: body for file in FILES[:-1] for name, body in _declared(file).items()}


def _variables(file: Path) -> dict[str, dict[str, Any]]:
    """Those that an inventory has; what the foundation shares with the platforms is among theirs."""
    elsewhere = GIVEN | (PLATFORMS.keys() if file == FOUNDATION else set())
    return {name: body for name, body in _declared(file).items() if name not in elsewhere}


def _inventory(file: Path) -> Path:
    return INVENTORY / ("foundation.yml" if file == FOUNDATION else f"{file.stem.removeprefix('variables_')}.yml")


@pytest.mark.parametrize("file", FILES, ids=lambda file: _inventory(file).stem)
def test_every_variable_is_in_the_inventory_with_its_default(file: Path) -> None:
    defaults = {name: body.get("default") for name, body in _variables(file).items()}
    inventory = yaml.safe_load(_inventory(file).read_text())
    # The one that has no default in Terraform: an inventory names a region.
    if defaults.get("aws_region", "") is None:
        defaults["aws_region"] = "us-east-1"
    assert inventory == defaults


@pytest.mark.parametrize("file", FILES, ids=lambda file: _inventory(file).stem)
def test_every_variable_is_explained_alike(file: Path) -> None:
    comments = re.findall(r"((?:^# .*\n)+)^(\w+):", _inventory(file).read_text(), re.MULTILINE)
    said = {name: " ".join(re.sub(r"^# ", "", comment, flags=re.MULTILINE).split()) for comment, name in comments}
    assert said == {name: " ".join(body["description"].split()) for name, body in _variables(file).items()}


def test_what_the_foundation_shares_with_the_platforms_has_the_same_default() -> None:
    shared = _declared(FOUNDATION).keys() & PLATFORMS.keys()
    assert shared == {"deployment_name", "aws_region", "resource_tags", "secret_recovery_days"}
    for name in shared:
        assert _declared(FOUNDATION)[name].get("default") == PLATFORMS[name].get("default"), name


def _defaults_of_roles() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in sorted(ROLES.glob("*/defaults/main.yml")):
        found |= yaml.safe_load(file.read_text()) or {}
    return found


def test_what_the_roles_take_is_in_the_inventory_with_its_default() -> None:
    inventory = yaml.safe_load(OPERATOR.read_text())
    # An example has to be on some platform.
    assert inventory.pop("platform") == "ECS"
    # Of several roles, each of which omits it when it is empty.
    assert inventory.pop("aws_profile") == ""
    defaults = _defaults_of_roles()
    assert inventory == {name: defaults[name] for name in inventory}


def test_what_the_roles_take_is_explained() -> None:
    text = OPERATOR.read_text()
    explained = re.findall(r"(?:^# .*\n)+^(\w+):", text, re.MULTILINE)
    assert explained == list(yaml.safe_load(text))


def test_no_variable_is_in_two_files_of_the_inventory() -> None:
    names = [name for file in INVENTORY.glob("*.yml") for name in yaml.safe_load(file.read_text())]
    assert sorted(names) == sorted(set(names))


def test_there_is_nothing_else_in_the_inventory() -> None:
    assert sorted(INVENTORY.glob("*")) == sorted([*map(_inventory, FILES), OPERATOR])
