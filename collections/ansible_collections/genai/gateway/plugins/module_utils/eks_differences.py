"""What would change of Kubernetes objects beside the configuration that their pods are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Object = Mapping[str, Any]

# Of a container: its variables, where its configuration lies among them, and the Secrets that others come from.
CONFIGURATION = frozenset({"env", "envFrom"})
# What a write changes by itself, and what the cluster says.
BOOK_KEEPING = frozenset({"generation", "managedFields", "resourceVersion", "status"})


def beyond_config(results: Iterable[Object], superfluous: Iterable[Object]) -> list[str]:
    """What would change beside the configuration, each with the name of its object; nothing where that is all.

    `results`: what kubernetes.core.k8s said of each object in check mode, with the difference. `superfluous`: the
    objects that would be deleted.
    """
    told = [_difference(one) for one in results if one.get("changed")]
    return [text for text in told if text] + [f"{_name(one)} would be deleted" for one in superfluous]


def _difference(result: Object) -> str:
    name, diff = _name(result["result"]), result.get("diff")
    if diff is None:
        return f"{name} would change"
    if "kind" in diff.get("after", {}):  # the whole object
        return f"{name} would be made"
    paths = list(_paths(diff.get("before", {}), diff.get("after", {})))
    return f"{name} would change in {', '.join(paths)}" if paths else ""


def _paths(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The fields that differ, such as spec.template.spec.containers.gateway.image."""
    before, after = _by_name(before), _by_name(after)
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        if before != after:
            yield path
        return
    for name in sorted({*before, *after} - CONFIGURATION - BOOK_KEEPING):
        yield from _paths(before.get(name), after.get(name), f"{path}.{name}" if path else name)


def _by_name(value: Any) -> Any:
    """Elements that have names, such as containers, are compared by them."""
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "name" in one for one in value):
        return {one["name"]: one for one in value}
    return value


def _name(one: Object) -> str:
    return f"{one['kind']} {one['metadata']['name']}"
