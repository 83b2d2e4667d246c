"""What there is of a deployment in a cluster: its namespace, its versions, its objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.kubernetes_api import Api

MANAGER = "genai-gateway"
MANAGED_BY = "app.kubernetes.io/managed-by"
INSTANCE = "app.kubernetes.io/instance"

# In the order in which they are taken away: first no more requests come, then goes what answers them.
BINDINGS = {
    "eks.amazonaws.com/v1": "targetgroupbindings",
    "elbv2.k8s.aws/v1beta1": "targetgroupbindings",
}
NAMESPACED = {
    "autoscaling/v2": ("horizontalpodautoscalers",),
    "apps/v1": ("deployments",),
    "policy/v1": ("poddisruptionbudgets",),
    "v1": ("services", "secrets", "serviceaccounts"),
    "networking.k8s.io/v1": ("networkpolicies",),
}
CLUSTER_WIDE = {"karpenter.sh/v1": ("nodepools",)}


@dataclass(frozen=True)
class State:
    """What was found. Objects of it are references, without what is in them, save the ReplicaSets."""

    namespace: bool
    # Whether the namespace is this deployment's: made by it, and deleted with it.
    owned: bool
    bindings: list[str] = field(default_factory=list)
    replica_sets: list[Any] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)


def look(api: Api, namespace: str, name: str) -> State:
    """What there is of the deployment whose namespace and whose Deployment have these names."""
    found = api.find(f"/api/v1/namespaces/{namespace}")
    labels = (found or {}).get("metadata", {}).get("labels") or {}
    replica_sets = api.get(
        f"/apis/apps/v1/namespaces/{namespace}/replicasets",
        {"labelSelector": f"{INSTANCE}={namespace},app.kubernetes.io/name={name}"},
    )
    return State(
        namespace=found is not None,
        owned=labels.get(MANAGED_BY) == MANAGER and labels.get(INSTANCE) == namespace,
        bindings=[version for version in BINDINGS if api.find(f"/apis/{version}") is not None],
        replica_sets=list(replica_sets["items"]),
        objects=_objects(api, namespace),
    )


def _objects(api: Api, namespace: str) -> list[dict[str, Any]]:
    mine = {"labelSelector": f"{MANAGED_BY}={MANAGER},{INSTANCE}={namespace}"}
    tables = (({version: (plural,) for version, plural in BINDINGS.items()}), NAMESPACED)
    paths = [
        (version, f"{_root(version)}/namespaces/{namespace}/{plural}")
        for table in tables
        for version, plurals in table.items()
        for plural in plurals
    ]
    for version, plurals in CLUSTER_WIDE.items():
        paths += [(version, f"{_root(version)}/{plural}") for plural in plurals]
    found: list[dict[str, Any]] = []
    for version, path in paths:
        listed = api.find(path, mine) or {"kind": "", "items": []}
        kind = listed["kind"].removesuffix("List")
        found += [_reference(version, kind, one["metadata"]) for one in listed["items"]]
    return found


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _reference(version: str, kind: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    named = {part: metadata[part] for part in ("name", "namespace") if metadata.get(part)}
    return {"apiVersion": version, "kind": kind, "metadata": named}
