"""YAML tables as frozen records of exact decimals, with no key missing and none too many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from terraform.cost.errors import UnusableTable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def read_table(path: Path) -> dict[str, Any]:
    """A YAML mapping whose scalars are all texts: a price of 0.1 stays 0.1."""
    table = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts
    if not isinstance(table, dict):
        raise UnusableTable(f"{path.name} must be a mapping.")
    return table


def section(table: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in table:
        raise UnusableTable(f"{where} lacks {key}: add it.")
    return table[key]


def number(value: object, where: str) -> Decimal:
    """Of a text; raises UnusableTable unless it is a finite number of at least 0."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise UnusableTable(f"{where} must be a number, not {value!r}.") from None
    if not found.is_finite() or found < 0:
        raise UnusableTable(f"{where} must be a number of at least 0, not {value!r}.")
    return found


def decimals(record: type[Record], values: Mapping[str, Any], where: str) -> Record:
    """A record whose fields are all decimals, from the mapping of the same keys."""
    names = {field.name for field in fields(record)}
    if missing := sorted(names - values.keys()):
        raise UnusableTable(f"{where} lacks {', '.join(missing)}: add what the estimate needs.")
    if unknown := sorted(values.keys() - names):
        raise UnusableTable(f"{where} has {', '.join(unknown)}, which the estimate does not know: remove it.")
    return record(**{name: number(value, f"{where}.{name}") for name, value in values.items()})
