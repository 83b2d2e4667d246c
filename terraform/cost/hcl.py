"""Terraform code as data: the variables and locals that files declare, and what a .tfvars file assigns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hcl2
from lark.exceptions import LarkError

from terraform.cost.errors import UnusableTable

_PLAIN = hcl2.SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)


@dataclass(frozen=True)
class Variables:
    """All that is declared, and the defaults of those that have one."""

    names: frozenset[str]
    defaults: Mapping[str, Any]


def read_hcl(path: Path) -> dict[str, Any]:
    """Raises UnusableTable for what is not HCL."""
    try:
        content: dict[str, Any] = hcl2.loads(path.read_text(), serialization_options=_PLAIN)
    except LarkError as error:
        raise UnusableTable(f"{path.name} is not HCL: {str(error).splitlines()[0]}") from None
    return content


def read_variables(files: list[Path]) -> Variables:
    """Of the `variable` blocks in these files; a root has no variable twice."""
    blocks = [block for path in files for block in read_hcl(path).get("variable", [])]
    bodies = {name.strip('"'): body for block in blocks for name, body in block.items()}
    return Variables(frozenset(bodies), {name: body["default"] for name, body in bodies.items() if "default" in body})


def read_locals(path: Path) -> dict[str, Any]:
    return {name: value for block in read_hcl(path).get("locals", []) for name, value in block.items()}


def read_module(path: Path, name: str) -> dict[str, Any]:
    """The arguments of a call of a module; of one that is not called, none."""
    calls = {key.strip('"'): body for block in read_hcl(path).get("module", []) for key, body in block.items()}
    found: dict[str, Any] = calls.get(name, {})
    return found
