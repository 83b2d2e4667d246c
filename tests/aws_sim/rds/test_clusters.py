from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _create(rds: Any, name: str, **settings: Any) -> Any:
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="owner",
        MasterUserPassword="made-up-password",
        **settings,
    )
    [cluster] = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return cluster


def test_a_cluster_that_is_not_serverless_has_no_scaling(clients: Callable[[str], Any], name: str) -> None:
    assert "ScalingConfigurationInfo" not in _create(clients("rds"), name)


def test_a_serverless_cluster_has_its_scaling(clients: Callable[[str], Any], name: str) -> None:
    scaling = {"MinCapacity": 2, "MaxCapacity": 8}
    cluster = _create(clients("rds"), name, EngineMode="serverless", ScalingConfiguration=scaling)
    assert cluster["ScalingConfigurationInfo"]["MaxCapacity"] == 8
