"""RDS clusters: the scaling of those that have none."""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBCluster

from tests.support.aws_sim.patching import put

_whole: Any = DBCluster.scaling_configuration_info


def scaling_configuration_info(cluster: DBCluster) -> Any:
    """moto answers an empty configuration for a cluster that is not serverless, where AWS answers none."""
    return _whole.fget(cluster) if cluster.scaling_configuration else None


put(DBCluster, "scaling_configuration_info", property(scaling_configuration_info))
