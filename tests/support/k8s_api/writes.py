"""How a request changes an object: create, replace, the patches, server-side apply."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from tests.support.k8s_api import patches
from tests.support.k8s_api.errors import ApiError, exists, invalid, modified, not_found
from tests.support.k8s_api.kinds import Kind
from tests.support.k8s_api.store import Object, Store, now

# How applied values are told apart from what only names the object.
NAMES = ("apiVersion", "kind")


class Writes:
    """The writing requests. Each returns the object as it then is; all raise ApiError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, kind: Kind, namespace: str | None, given: Object, *, dry: bool) -> Object:
        metadata = given.setdefault("metadata", {})
        name = metadata.get("name") or metadata.get("generateName", "") + uuid.uuid4().hex[:5]
        self._needs_namespace(kind, namespace)
        if (namespace, name) in self._store.bag(kind):
            raise exists(kind, name)
        return self._store.put(kind, namespace, name, given, dry=dry)

    def replace(self, kind: Kind, current: Object, given: Object, sub: str | None, *, dry: bool) -> Object:
        metadata = current["metadata"]
        version = given.get("metadata", {}).get("resourceVersion")
        if version and version != metadata["resourceVersion"]:
            raise modified(kind, metadata["name"])
        return self._update(kind, current, _with_part(current, given, sub), dry=dry)

    def patch(self, kind: Kind, current: Object, given: Any, how: str, sub: str | None, *, dry: bool) -> Object:
        """`how`: the content type of the patch."""
        if sub == "scale":
            given, how = {"spec": given["spec"]}, "merge"
        if "json-patch" in how:
            patched = patches.json_patch(current, given)
        elif "strategic" in how and kind.custom:
            raise ApiError(415, "UnsupportedMediaType", "the body of the request was in an unknown format")
        elif "strategic" in how:
            patched = patches.strategic(current, given)
        else:
            patched = patches.merge(current, given)
        wanted = _with_part(current, copy.deepcopy(patched), sub if sub == "status" else None)
        return self._update(kind, current, wanted, dry=dry)

    def _update(self, kind: Kind, current: Object, wanted: Object, *, dry: bool) -> Object:
        """Writes it. What it changes, nobody has applied any more."""
        place = current["metadata"].get("namespace"), current["metadata"]["name"]
        updated = self._store.put(kind, *place, wanted, dry=dry)
        for key, applied in self._store.applied.items():
            if key[:3] == (kind.api_version, kind.plural, place) and not dry:
                self._store.applied[key] = patches.still_owned(applied, current, updated)
        return updated

    def apply(
        self, kind: Kind, namespace: str | None, name: str, given: Object, query: Mapping[str, str]
    ) -> tuple[Object, bool]:
        """Server-side apply: the object, and whether it is new."""
        self._needs_namespace(kind, namespace)
        if given.get("metadata", {}).get("name", name) != name or not query.get("fieldManager"):
            raise invalid(kind, name, "fieldManager", "is required for apply patch")
        current = self._store.bag(kind).get((namespace, name))
        key = (kind.api_version, kind.plural, (namespace, name), query["fieldManager"])
        if current is not None and query.get("force") != "true":
            self._refuse_conflicts(key, given)
        wanted: Object = copy.deepcopy(current) if current else {}
        patches.prune(wanted, self._store.applied.get(key, {}), given)
        wanted = patches.in_order_of(patches.strategic(wanted, copy.deepcopy(given)), given)
        wanted["metadata"]["managedFields"] = [_managed(query["fieldManager"], kind)]
        dry = "dryRun" in query
        stored = self._store.put(kind, namespace, name, wanted, dry=dry)
        if not dry:
            self._store.applied[key] = copy.deepcopy(given)
        return stored, current is None

    def _needs_namespace(self, kind: Kind, namespace: str | None) -> None:
        if kind.namespaced and self._store.find("Namespace", None, namespace or "") is None:
            raise not_found(self._store.kinds.named("Namespace"), namespace or "")

    def _refuse_conflicts(self, key: tuple[Any, ...], given: Object) -> None:
        mine = patches.leaves({field: value for field, value in given.items() if field not in NAMES})
        conflicts = []
        for other, applied in self._store.applied.items():
            if other[:3] != key[:3] or other[3] == key[3]:
                continue
            theirs = patches.leaves({field: value for field, value in applied.items() if field not in NAMES})
            conflicts += [
                f'conflict with "{other[3]}": {path}'
                for path, value in theirs.items()
                if path in mine and mine[path] != value and not path.startswith(".metadata.name")
            ]
        if conflicts:
            message = f"Apply failed with {len(conflicts)} conflict(s): {', '.join(conflicts)}"
            raise ApiError(409, "Conflict", message, causes=[{"reason": "FieldManagerConflict", "message": message}])


def _managed(manager: str, kind: Kind) -> Object:
    return {
        "manager": manager,
        "operation": "Apply",
        "apiVersion": kind.api_version,
        "time": now(),
        "fieldsType": "FieldsV1",
        "fieldsV1": {},
    }


def _with_part(current: Object, given: Object, sub: str | None) -> Object:
    """The object with what the request may change: all but the status, or one subresource."""
    if sub == "scale":
        return {**copy.deepcopy(current), "spec": {**current["spec"], "replicas": given["spec"]["replicas"]}}
    if sub == "status":
        return {**copy.deepcopy(current), "status": given.get("status")}
    if "status" in current:
        given["status"] = copy.deepcopy(current["status"])
    return given
