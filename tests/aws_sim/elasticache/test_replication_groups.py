from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def _create(elasticache: Any, name: str, **settings: Any) -> Any:
    elasticache.create_replication_group(
        ReplicationGroupId=name, ReplicationGroupDescription=name, Engine="valkey", **settings
    )
    [group] = elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
    return group


def test_a_group_has_as_many_nodes_as_asked_for(elasticache: Any, name: str) -> None:
    group = _create(elasticache, name, NumCacheClusters=3)
    assert group["MemberClusters"] == [f"{name}-001", f"{name}-002", f"{name}-003"]


def test_a_group_with_several_shards_is_in_cluster_mode(elasticache: Any, name: str) -> None:
    group = _create(elasticache, name, NumNodeGroups=2, ReplicasPerNodeGroup=1)
    assert (group["ClusterEnabled"], len(group["NodeGroups"]), len(group["MemberClusters"])) == (True, 2, 4)
    assert group["ConfigurationEndpoint"]["Port"] == 6379


def test_the_nodes_of_a_group_can_be_described(elasticache: Any, subnet_group: str, name: str) -> None:
    _create(
        elasticache,
        name,
        NumCacheClusters=2,
        EngineVersion="8.0",
        CacheNodeType="cache.m7g.large",
        CacheSubnetGroupName=subnet_group,
        CacheParameterGroupName="own",
        SecurityGroupIds=["sg-1"],
        TransitEncryptionEnabled=True,
    )
    [node] = elasticache.describe_cache_clusters(CacheClusterId=f"{name}-002")["CacheClusters"]
    assert (node["ReplicationGroupId"], node["Engine"], node["EngineVersion"]) == (name, "valkey", "8.0.0")
    assert (node["CacheNodeType"], node["CacheSubnetGroupName"]) == ("cache.m7g.large", subnet_group)
    assert node["CacheParameterGroup"]["CacheParameterGroupName"] == "own"
    assert node["SecurityGroups"] == [{"SecurityGroupId": "sg-1", "Status": "active"}]
    assert (node["TransitEncryptionEnabled"], node["ARN"].split(":")[-2:]) == (True, ["cluster", f"{name}-002"])


def test_a_deleted_group_is_gone_with_its_nodes(elasticache: Any, name: str) -> None:
    _create(elasticache, name, NumCacheClusters=2)
    assert elasticache.delete_replication_group(ReplicationGroupId=name)["ReplicationGroup"]["Status"] == "deleting"
    for call in (elasticache.describe_replication_groups, elasticache.delete_replication_group):
        with pytest.raises(ClientError, match="ReplicationGroupNotFoundFault"):
            call(ReplicationGroupId=name)
    with pytest.raises(ClientError, match="CacheClusterNotFound"):
        elasticache.describe_cache_clusters(CacheClusterId=f"{name}-001")
