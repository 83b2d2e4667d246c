"""Walks through a configuration of LiteLLM, and names each place as `set` and `delete` of an overlay take it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

REFERENCE = "os.environ/"
# What an item of a list is called by.
_NAMES = ("model_name", "guardrail_name", "credential_name")
_PLAIN = re.compile(r"[^.\[\]\"]+")


def strings(value: Any, where: str = "") -> Iterator[tuple[str, str, str]]:
    """The place, the last key on the way to it, and the text of every text."""
    yield from _strings(value, where, "")


def references(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """The place and the name of every variable of the environment that is referred to."""
    for place, _, text in strings(value, where):
        if text.startswith(REFERENCE):
            yield place, text.removeprefix(REFERENCE)


def item_place(where: str, number: int, item: Any) -> str:
    """The place of an item of a list: by its name, if it has one."""
    for field in _NAMES:
        if isinstance(item, dict) and isinstance(item.get(field), str):
            return f"{where}[{field}={item[field]}]"
    return f"{where}[{number}]"


def _strings(value: Any, where: str, key: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield where, key, value
    elif isinstance(value, dict):
        for name, child in value.items():
            step = str(name) if _PLAIN.fullmatch(str(name)) else f'"{name}"'
            yield from _strings(child, f"{where}.{step}" if where else step, str(name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, item_place(where, number, item), key)
