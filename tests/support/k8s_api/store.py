"""The objects of the cluster, and the log of their changes that watches read."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.k8s_api import defaults
from tests.support.k8s_api.errors import not_found
from tests.support.k8s_api.kinds import Kind, Kinds

Object = dict[str, Any]
Key = tuple[str | None, str]

# What a write sets by itself: two objects that differ in nothing else are the same.
BOOK_KEEPING = ("resourceVersion", "managedFields", "generation")


def now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Change:
    """One change: ADDED, MODIFIED or DELETED."""

    version: int
    type: str
    kind: Kind
    object: Object


class Store:
    """All objects. `changed` is called after each write, with the kind and the object; a deletion too."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.version = 1
        self.log: list[Change] = []
        self.applied: dict[tuple[str, str, Key, str], Object] = {}
        self.news = asyncio.Condition()
        self.listeners: list[Callable[[Change], None]] = []
        self._objects: dict[str, dict[Key, Object]] = {}
        self._waking: set[asyncio.Task[None]] = set()

    def bag(self, kind: Kind) -> dict[Key, Object]:
        return self._objects.setdefault(f"{kind.api_version}/{kind.plural}", {})

    def get(self, kind: Kind, namespace: str | None, name: str) -> Object:
        """Raises ApiError 404."""
        try:
            return self.bag(kind)[namespace, name]
        except KeyError:
            raise not_found(kind, name) from None

    def find(self, kind: str, namespace: str | None, name: str) -> Object | None:
        return self.bag(self.kinds.named(kind)).get((namespace, name))

    def of_kind(self, kind: str, namespace: str | None = None) -> list[Object]:
        """All of a kind, or those of a namespace."""
        bag = self.bag(self.kinds.named(kind))
        return [one for (where, _), one in bag.items() if namespace is None or where == namespace]

    def put(self, kind: Kind, namespace: str | None, name: str, given: Object, *, dry: bool = False) -> Object:
        """Writes an object, completed; a write that changes nothing keeps its version. `dry`: says what would be."""
        _drop_nulls(given)
        current = self.bag(kind).get((namespace, name))
        metadata = given.setdefault("metadata", {})
        given["apiVersion"], given["kind"], metadata["name"] = kind.api_version, kind.kind, name
        if namespace:
            metadata["namespace"] = namespace
        kept = current["metadata"] if current else {"uid": str(uuid.uuid4()), "creationTimestamp": now()}
        metadata |= {field: kept[field] for field in ("uid", "creationTimestamp")}
        defaults.complete(kind, given, len(self.bag(kind)))
        defaults.check(kind, given, current)
        if current and _substance(current) == _substance(given):
            return current
        if "spec" in given:
            before = current["metadata"].get("generation", 1) if current else 0
            metadata["generation"] = before + (not current or current.get("spec") != given["spec"])
        if dry:
            metadata.setdefault("resourceVersion", "0")
            return given
        self._record("MODIFIED" if current else "ADDED", kind, given)
        return given

    def update(self, kind: str, live: Object, changes: Mapping[str, Any]) -> Object | None:
        """A controller's write: top-level fields are replaced, unless the object is gone."""
        found = self.kinds.named(kind)
        namespace, name = live["metadata"].get("namespace"), live["metadata"]["name"]
        current = self.bag(found).get((namespace, name))
        if current is None or current["metadata"]["uid"] != live["metadata"]["uid"]:
            return None
        return self.put(found, namespace, name, copy.deepcopy({**current, **changes}))

    def remove(self, kind: Kind, namespace: str | None, name: str) -> Object:
        """Deletes an object and, with a namespace or an owner, what is in it or belongs to it. Raises ApiError 404."""
        gone = self.get(kind, namespace, name)
        del self.bag(kind)[namespace, name]
        self.applied = {key: value for key, value in self.applied.items() if key[:3] != _place(kind, namespace, name)}
        self._record("DELETED", kind, copy.deepcopy(gone), keep=False)
        uid = gone["metadata"]["uid"]
        for other in self.kinds.all:
            for key, item in list(self.bag(other).items()):
                owners = [owner["uid"] for owner in item["metadata"].get("ownerReferences", [])]
                inside = kind.kind == "Namespace" and key[0] == name
                if (inside or uid in owners) and key in self.bag(other):
                    self.remove(other, *key)
        return gone

    def _record(self, type_: str, kind: Kind, changed: Object, *, keep: bool = True) -> None:
        self.version += 1
        metadata = changed["metadata"]
        metadata["resourceVersion"] = str(self.version)
        if keep:
            self.bag(kind)[metadata.get("namespace"), metadata["name"]] = changed
        change = Change(self.version, type_, kind, copy.deepcopy(changed))
        self.log.append(change)
        waking = asyncio.get_running_loop().create_task(self._wake())
        self._waking.add(waking)
        waking.add_done_callback(self._waking.discard)
        for listener in self.listeners:
            listener(change)

    async def _wake(self) -> None:
        async with self.news:
            self.news.notify_all()


def _place(kind: Kind, namespace: str | None, name: str) -> tuple[str, str, Key]:
    return kind.api_version, kind.plural, (namespace, name)


def _drop_nulls(value: Any) -> None:
    """A null of JSON is no value."""
    if isinstance(value, dict):
        for field in [field for field, inside in value.items() if inside is None]:
            del value[field]
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _drop_nulls(inside)


def _substance(given: Object) -> Object:
    metadata = {field: value for field, value in given["metadata"].items() if field not in BOOK_KEEPING}
    return {**given, "metadata": metadata}
