from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def _create(elasticache: Any, name: str, **settings: Any) -> Any:
    elasticache.create_cache_cluster(CacheClusterId=name, CacheNodeType="cache.t4g.small", **settings)
    answer = elasticache.describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)
    [cluster] = answer["CacheClusters"]
    return cluster


def test_a_cluster_says_which_groups_apply(elasticache: Any, name: str) -> None:
    cluster = _create(
        elasticache,
        name,
        Engine="redis",
        EngineVersion="7.1",
        CacheParameterGroupName="own",
        SecurityGroupIds=["sg-1"],
        AutoMinorVersionUpgrade=False,
    )
    assert cluster["CacheParameterGroup"]["CacheParameterGroupName"] == "own"
    assert cluster["SecurityGroups"] == [{"SecurityGroupId": "sg-1", "Status": "active"}]
    assert (cluster["EngineVersion"], cluster["AutoMinorVersionUpgrade"]) == ("7.1.0", False)


def test_a_cluster_has_defaults(elasticache: Any, name: str) -> None:
    cluster = _create(elasticache, name, Engine="redis")
    assert cluster["PreferredMaintenanceWindow"] == "sun:05:00-sun:06:00"
    assert (cluster["PreferredAvailabilityZone"], cluster["AutoMinorVersionUpgrade"]) == ("us-east-1a", True)


@pytest.mark.parametrize(("engine", "count"), [("redis", 1), ("memcached", 3)])
def test_a_cluster_has_its_nodes(elasticache: Any, name: str, engine: str, count: int) -> None:
    cluster = _create(elasticache, name, Engine=engine, NumCacheNodes=count)
    assert cluster["NumCacheNodes"] == count
    assert [node["CacheNodeId"] for node in cluster["CacheNodes"]] == [f"{n:04}" for n in range(1, count + 1)]
    assert cluster["CacheNodes"][0]["Endpoint"]["Port"] == 6379


def test_a_deleted_cluster_is_gone(elasticache: Any, name: str) -> None:
    _create(elasticache, name, Engine="redis")
    assert elasticache.delete_cache_cluster(CacheClusterId=name)["CacheCluster"]["CacheClusterStatus"] == "deleting"
    for call in (elasticache.describe_cache_clusters, elasticache.delete_cache_cluster):
        with pytest.raises(ClientError, match="CacheClusterNotFound"):
            call(CacheClusterId=name)
