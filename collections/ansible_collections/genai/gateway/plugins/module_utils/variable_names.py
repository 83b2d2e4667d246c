"""The variables that a deployment takes, and names of an inventory that look like one of them misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

import yaml
from ansible_collections.genai.gateway.plugins.module_utils.terraform_variables import declared_variables

# How alike a name has to be; max_capacty and max_capacity are at 0.96.
_ALIKE = 0.88
# Facts that a role leaves, and an inventory may set instead.
_FACTS = frozenset({"container_images"})
# Ansible's own, and what roles keep to themselves.
_NOT_THE_INVENTORYS = ("ansible_", "_")


def declared_names(project: Path, roles: Path) -> set[str]:
    """What Terraform's root modules in `project` declare, and the argument specifications of `roles`."""
    names = set(_FACTS)
    for directory in {file.parent for file in (project / "terraform").rglob("*.tf")}:
        names.update(declared_variables(directory))
    for file in roles.glob("*/meta/argument_specs.yml"):
        specs = yaml.safe_load(file.read_text())["argument_specs"]
        names.update(name for spec in specs.values() for name in spec.get("options") or {})
    return names


def misspelt(names: Iterable[str], declared: set[str]) -> dict[str, str]:
    """The names that nobody takes and that are like one that somebody takes; that one by the name."""
    found: dict[str, str] = {}
    for name in sorted(set(names) - declared):
        alike = difflib.get_close_matches(name, declared, n=1, cutoff=_ALIKE)
        if alike and not name.startswith(_NOT_THE_INVENTORYS):
            found[name] = alike[0]
    return found
