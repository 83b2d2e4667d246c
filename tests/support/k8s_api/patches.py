"""The four kinds of patches: JSON merge, strategic merge, JSON, and what server-side apply takes away."""

from __future__ import annotations

import copy
from typing import Any

from tests.support.k8s_api.errors import ApiError

# By which field the elements of a list are told apart, where a list is no value as a whole.
MERGE_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "conditions": ("type",),
    "topologySpreadConstraints": ("topologyKey",),
    "ownerReferences": ("uid",),
}
# Marks an element of a list that somebody else owns a part of: it stays when its manager applies it no more.
SHARED = "$shared"


def merge(old: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(old) if isinstance(old, dict) else {}
    for field, value in patch.items():
        if value is None:
            merged.pop(field, None)
        else:
            merged[field] = merge(merged.get(field), value)
    return merged


def merge_key(field: str | None, *lists: Any) -> str | None:
    """The field that tells the elements of these lists apart, or None where each list is a value."""
    items = [item for one in lists if isinstance(one, list) for item in one]
    items = [item for item in items if not (isinstance(item, dict) and set(item) == {"$patch"})]
    for key in MERGE_KEYS.get(field or "", ()):
        if items and all(isinstance(item, dict) and key in item for item in items):
            return key
    return None


def strategic(old: Any, patch: Any) -> Any:
    """What `kubectl apply` and `kubectl patch` send for the built-in kinds."""
    if not isinstance(patch, dict):
        return patch
    if patch.get("$patch") == "replace":
        return {field: value for field, value in patch.items() if field != "$patch"}
    if patch.get("$patch") == "delete":
        return {}
    merged: dict[str, Any] = copy.deepcopy(old) if isinstance(old, dict) else {}
    if "$retainKeys" in patch:
        merged = {field: value for field, value in merged.items() if field in patch["$retainKeys"]}
    for field, value in patch.items():
        if field.startswith("$deleteFromPrimitiveList/"):
            name = field.split("/", 1)[1]
            merged[name] = [item for item in merged.get(name, []) if item not in value]
        elif not field.startswith("$"):
            _strategic_field(merged, field, value, patch.get(f"$setElementOrder/{field}"))
    return merged


def _strategic_field(merged: dict[str, Any], field: str, value: Any, order: list[Any] | None) -> None:
    if value is None:
        merged.pop(field, None)
    elif isinstance(value, dict):
        merged[field] = strategic(merged.get(field), value)
    elif isinstance(value, list) and (key := merge_key(field, merged.get(field), value)):
        merged[field] = _strategic_list(merged.get(field) or [], value, key, order)
    else:
        merged[field] = value


def _strategic_list(old: list[Any], patch: list[Any], key: str, order: list[Any] | None) -> list[Any]:
    if {"$patch": "replace"} in patch:
        return [item for item in patch if item != {"$patch": "replace"}]
    merged = {item[key]: item for item in old}
    for item in patch:
        if item.get("$patch") == "delete":
            merged.pop(item[key], None)
        else:
            merged[item[key]] = strategic(merged.get(item[key]), item)
    if not order:
        return list(merged.values())
    rank = {item[key] if isinstance(item, dict) else item: place for place, item in enumerate(order)}
    return sorted(merged.values(), key=lambda item: rank.get(item[key], len(rank)))


def in_order_of(merged: Any, given: Any, field: str | None = None) -> Any:
    """Server-side apply: the elements that are applied come in the order in which they are, before all others."""
    if isinstance(merged, dict) and isinstance(given, dict):
        return {name: in_order_of(value, given.get(name), name) for name, value in merged.items()}
    if isinstance(merged, list) and isinstance(given, list) and (key := merge_key(field, merged, given)):
        rank = {item[key]: place for place, item in enumerate(given)}
        ordered = sorted(merged, key=lambda item: rank.get(item[key], len(rank)))
        mine = {item[key]: item for item in given}
        return [in_order_of(item, mine.get(item[key])) for item in ordered]
    return merged


def prune(live: Any, before: Any, after: Any, field: str | None = None) -> None:
    """Server-side apply: takes from the object what its manager applied before and does not apply any more."""
    if isinstance(before, dict) and isinstance(live, dict):
        for name, value in before.items():
            _prune_field(live, name, value, after)
    elif isinstance(before, list) and isinstance(live, list):
        kept_items = after if isinstance(after, list) else []
        if key := merge_key(field, before, kept_items, live):
            kept = {item[key]: item for item in kept_items}
            for item in before:
                _prune_item(live, item, kept, key)


def _prune_field(live: dict[str, Any], name: str, value: Any, after: Any) -> None:
    if isinstance(after, dict) and name in after:
        prune(live.get(name), value, after[name], name)
        return
    if isinstance(value, dict) and isinstance(live.get(name), dict):
        prune(live[name], value, {}, name)
    if not isinstance(live.get(name), dict) or not live[name]:
        live.pop(name, None)


def _prune_item(live: list[Any], item: Any, kept: dict[Any, Any], key: str) -> None:
    found = next((one for one in live if one.get(key) == item[key]), None)
    if found is None:
        return
    if item[key] in kept:
        prune(found, item, kept[item[key]])
    elif item.get(SHARED):
        prune(found, {field: value for field, value in item.items() if field != key}, {})
    else:
        live.remove(found)


def still_owned(applied: Any, before: Any, after: Any, field: str | None = None) -> Any:
    """Of what a manager applied, what an update left as it was: who changes a value owns it from then on."""
    if isinstance(applied, list):
        return _still_owned_items(applied, before, after, merge_key(field, applied))
    kept = {}
    for name, value in applied.items():
        was, now_is = before.get(name), after.get(name)
        if was == now_is:
            kept[name] = value
        elif isinstance(value, dict | list) and type(was) is type(now_is) is type(value):
            kept[name] = still_owned(value, was, now_is, name)
    return kept


def _still_owned_items(applied: list[Any], before: list[Any], after: list[Any], key: str | None) -> list[Any]:
    if key is None:
        return []  # a value as a whole
    was, now_is = ({one.get(key): one for one in side} for side in (before, after))
    kept = []
    for item in applied:
        if item[key] in was and item[key] in now_is:
            left = still_owned(item, was[item[key]], now_is[item[key]])
            kept.append(left if left == item else {**left, SHARED: True})
    return kept


def leaves(value: Any, path: str = "", field: str | None = None) -> dict[str, Any]:
    """The values of an object by their paths, as messages about conflicts name them."""
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        for name, inside in value.items():
            found |= leaves(inside, f"{path}.{name}", name)
    elif isinstance(value, list) and (key := merge_key(field, value)):
        for item in value:
            found |= leaves(item, f'{path}[{key}="{item[key]}"]')
    else:
        found[path] = value
    return found


def json_patch(document: Any, operations: list[dict[str, Any]]) -> Any:
    """RFC 6902, without move and copy. Raises ApiError."""
    patched = copy.deepcopy(document)
    for operation in operations:
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        try:
            target = patched
            for part in way:
                target = target[int(part)] if isinstance(target, list) else target[part]
            _operate(target, last, operation)
        except (KeyError, IndexError, ValueError) as error:
            raise ApiError(422, "Invalid", f"the server rejected our request: {operation['path']}: {error}") from error
    return patched


def _operate(target: Any, last: str, operation: dict[str, Any]) -> None:
    kind = operation["op"]
    place: Any = last
    if isinstance(target, list):
        place = len(target) if last == "-" else int(last)
    if kind == "add" and isinstance(target, list):
        target.insert(place, operation["value"])
    elif kind == "add":
        target[place] = operation["value"]
    elif kind == "replace":
        _ = target[place]
        target[place] = operation["value"]
    elif kind == "remove":
        del target[place]
    elif kind == "test" and target[place] != operation["value"]:
        raise ValueError("the value is another")
