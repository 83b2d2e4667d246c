"""What the API says about itself: versions, groups, resources, and as much OpenAPI as kubectl asks for."""

from __future__ import annotations

from typing import Any

from tests.support.k8s_api.errors import no_such_path
from tests.support.k8s_api.kinds import VERBS, Kind, Kinds

SUB_VERBS = ["get", "patch", "update"]


def answer(kinds: Kinds, path: list[str], version: str) -> dict[str, Any] | None:
    """The document at a path, or None where there is none of discovery."""
    if path == ["version"]:
        return {
            "major": "1",
            "minor": version.split(".")[1],
            "gitVersion": f"v{version}.0-sim",
            "platform": "linux/amd64",
        }
    if path == ["api"]:
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
    if path == ["apis"]:
        groups = [_group(one) for one in kinds.api_versions() if "/" in one]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
    if path[0] == "openapi":
        return _openapi(kinds, path)
    if path[0] == "apis" and len(path) == 2:
        found = next((one for one in kinds.api_versions() if one.startswith(f"{path[1]}/")), None)
        return {"kind": "APIGroup", "apiVersion": "v1", **_group(found)} if found else None
    api_version = "v1" if path == ["api", "v1"] else "/".join(path[1:]) if path[0] == "apis" and len(path) == 3 else ""
    return _resources(kinds, api_version) if api_version in kinds.api_versions() else None


def _group(api_version: str) -> dict[str, Any]:
    group, version = api_version.split("/")
    entry = {"groupVersion": api_version, "version": version}
    return {"name": group, "versions": [entry], "preferredVersion": entry}


def _resources(kinds: Kinds, api_version: str) -> dict[str, Any]:
    resources: list[dict[str, Any]] = []
    for kind in (one for one in kinds.all if one.api_version == api_version):
        base = {"singularName": kind.kind.lower(), "namespaced": kind.namespaced, "kind": kind.kind}
        resources.append({**base, "name": kind.plural, "verbs": list(VERBS), "shortNames": list(kind.short)})
        resources += [{**base, "name": f"{kind.plural}/{sub}", "verbs": SUB_VERBS} for sub in kind.subresources]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version, "resources": resources}


def _openapi(kinds: Kinds, path: list[str]) -> dict[str, Any]:
    roots = {kind.root.lstrip("/"): kind.api_version for kind in kinds.all}
    if path == ["openapi", "v3"]:
        return {"paths": {root: {"serverRelativeURL": f"/openapi/v3/{root}?hash=1"} for root in roots}}
    root = "/".join(path[2:])
    if path[:2] != ["openapi", "v3"] or root not in roots:
        raise no_such_path()
    described = [kind for kind in kinds.all if kind.api_version == roots[root]]
    info = {"title": "Kubernetes", "version": "1"}
    paths = dict(_described(kind) for kind in described)
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": {}}}


def _described(kind: Kind) -> tuple[str, Any]:
    """That an object may be validated and dry-run, which kubectl asks before it does so."""
    where = "namespaces/{namespace}/" if kind.namespaced else ""
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("fieldValidation", "dryRun")]
    names = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    patch = {
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": names,
        "parameters": parameters,
        "responses": {},
    }
    return f"{kind.root}/{where}{kind.plural}/{{name}}", {"patch": patch}
