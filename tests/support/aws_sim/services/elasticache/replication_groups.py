"""ElastiCache replication groups: their nodes, and their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from moto.core.utils import utcnow
from moto.elasticache.exceptions import ReplicationGroupNotFound
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup

from tests.support.aws_sim.patching import around
from tests.support.aws_sim.services.elasticache.clusters import describable


@around(ReplicationGroup, "__init__")
def all_nodes(original: Callable[..., None], group: Any, **given: Any) -> None:
    """moto gives every group one node, however many are asked for, and takes one of several shards for one without."""
    nodes = given.get("num_cache_clusters")
    if nodes and not given.get("replicas_per_node_group"):
        given["replicas_per_node_group"] = nodes - 1
    if (given.get("num_node_groups") or 1) > 1:
        given["cluster_mode"] = "enabled"
    original(group, **given)


@around(ElastiCacheBackend)
def create_replication_group(original: Callable[..., Any], backend: ElastiCacheBackend, **given: Any) -> Any:
    """moto names a group's nodes in its answer, and cannot describe them."""
    group = original(backend, **given)
    for name in group.member_clusters:
        member: Any = _member(group, name, f"{backend.region_name}a", given)
        backend.cache_clusters[name] = describable(member, given)
    return group


@around(ElastiCacheBackend)
def delete_replication_group(
    original: Callable[..., Any], backend: ElastiCacheBackend, replication_group_id: str, retain_primary_cluster: Any
) -> Any:
    """moto marks a group "deleting", and keeps it for ever."""
    group = backend.replication_groups.pop(replication_group_id, None)
    if not group:
        raise ReplicationGroupNotFound(replication_group_id)
    for name in group.member_clusters:
        backend.cache_clusters.pop(name, None)
    group.status = "deleting"
    return group


def _member(group: Any, name: str, zone: str, given: Mapping[str, Any]) -> SimpleNamespace:
    """A node of a group, as the cluster that it is to describe."""
    return SimpleNamespace(
        cache_cluster_id=name,
        replication_group_id=group.replication_group_id,
        engine=group.engine,
        cache_cluster_status="available",
        cache_node_type=group.cache_node_type,
        num_cache_nodes=1,
        cache_subnet_group_name=given["cache_subnet_group_name"],
        cache_cluster_create_time=utcnow(),
        preferred_maintenance_window=given["preferred_maintenance_window"],
        snapshot_window=group.snapshot_window,
        snapshot_retention_limit=group.snapshot_retention_limit,
        preferred_availability_zone=zone,
        transit_encryption_enabled=group.transit_encryption_enabled,
        transit_encryption_mode=group.transit_encryption_mode,
        auth_token_enabled=group.auth_token_enabled,
        at_rest_encryption_enabled=group.at_rest_encryption_enabled,
        network_type="ipv4",
        ip_discovery="ipv4",
        arn=group.arn.replace(f"replicationgroup:{group.replication_group_id}", f"cluster:{name}"),
    )
