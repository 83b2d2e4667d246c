"""Which objects a list, a watch or a deletion means: selectors of labels and of fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Object = dict[str, Any]

_IN = re.compile(r"^(?P<label>[^ ]+) (?P<how>in|notin) \((?P<values>[^)]*)\)$")


def selector(query: Mapping[str, str]) -> Callable[[Object], bool]:
    """Whether an object fits a request's labelSelector and fieldSelector."""
    labels = re.split(r",(?![^(]*\))", query.get("labelSelector", ""))
    fields = query.get("fieldSelector", "").split(",")
    tests = [_label(term.strip()) for term in labels if term.strip()]
    tests += [_field(term) for term in fields if term]
    return lambda one: all(test(one) for test in tests)


def _label(term: str) -> Callable[[Object], bool]:
    def value(one: Object, label: str) -> str | None:
        found: str | None = (one["metadata"].get("labels") or {}).get(label)
        return found

    if match := _IN.match(term):
        values = {each.strip() for each in match["values"].split(",")}
        return lambda one: (value(one, match["label"]) in values) == (match["how"] == "in")
    if "!=" in term:
        label, unwanted = term.split("!=", 1)
        return lambda one: value(one, label) != unwanted
    if "=" in term:
        label, wanted = term.replace("==", "=").split("=", 1)
        return lambda one: value(one, label) == wanted
    if term.startswith("!"):
        return lambda one: value(one, term[1:]) is None
    return lambda one: value(one, term) is not None


def _field(term: str) -> Callable[[Object], bool]:
    path, _, wanted = term.replace("==", "=").partition("=")

    def fits(one: Object) -> bool:
        found: Any = one
        for part in path.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return str(found or "") == wanted

    return fits
