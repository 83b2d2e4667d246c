"""ElastiCache clusters that stand alone, and what describe answers of any cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.elasticache.exceptions import CacheClusterNotFound
from moto.elasticache.models import ElastiCacheBackend

from tests.support.aws_sim.patching import around


@around(ElastiCacheBackend)
def create_cache_cluster(original: Callable[..., Any], backend: ElastiCacheBackend, **given: Any) -> Any:
    """moto answers neither the nodes nor the structures that say which groups apply."""
    cluster = describable(original(backend, **given), given)
    cluster.num_cache_nodes = given["num_cache_nodes"] or 1
    cluster.preferred_availability_zone = cluster.preferred_availability_zone or f"{backend.region_name}a"
    cluster.cache_nodes = [_node(cluster, number) for number in range(1, cluster.num_cache_nodes + 1)]
    return cluster


@around(ElastiCacheBackend)
def delete_cache_cluster(original: Callable[..., Any], backend: ElastiCacheBackend, cache_cluster_id: str) -> Any:
    """moto marks a cluster "deleting", and keeps it for ever."""
    cluster = backend.cache_clusters.pop(cache_cluster_id, None)
    if not cluster:
        raise CacheClusterNotFound(cache_cluster_id)
    cluster.cache_cluster_status = "deleting"
    return cluster


def describable(cluster: Any, given: Mapping[str, Any]) -> Any:
    """The cluster, with the parts of its answer that moto has as strings and AWS as structures, and with defaults."""
    cluster.engine_version = _full_version(given["engine_version"])
    cluster.cache_parameter_group = {
        "CacheParameterGroupName": given["cache_parameter_group_name"] or "default",
        "ParameterApplyStatus": "in-sync",
        "CacheNodeIdsToReboot": [],
    }
    groups = given["security_group_ids"] or []
    cluster.security_groups = [{"SecurityGroupId": group, "Status": "active"} for group in groups]
    cluster.auto_minor_version_upgrade = given["auto_minor_version_upgrade"] in (None, True, "true")
    cluster.preferred_maintenance_window = cluster.preferred_maintenance_window or "sun:05:00-sun:06:00"
    return cluster


def _full_version(version: str | None) -> str | None:
    """7.1 is asked for, 7.1.0 is answered."""
    return f"{version}.0" if version and version.count(".") == 1 else version


def _node(cluster: Any, number: int) -> dict[str, Any]:
    return {
        "CacheNodeId": f"{number:04}",
        "CacheNodeStatus": "available",
        "CustomerAvailabilityZone": cluster.preferred_availability_zone,
        "Endpoint": {
            "Address": f"{cluster.cache_cluster_id}.sim.{number:04}.use1.cache.amazonaws.com",
            "Port": cluster.port,
        },
    }
