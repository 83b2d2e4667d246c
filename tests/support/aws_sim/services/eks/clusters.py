"""EKS clusters: their settings, their security group, and how they change."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks.models import EKSBackend
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import action, around, body, remember
from tests.support.aws_sim.services.eks.stored import cluster_of
from tests.support.aws_sim.services.eks.updates import updated

_CHANGEABLE = (
    "resourcesVpcConfig",
    "accessConfig",
    "computeConfig",
    "storageConfig",
    "kubernetesNetworkConfig",
    "upgradePolicy",
    "zonalShiftConfig",
    "logging",
)


@around(EKSResponse)
def create_cluster(original: Callable[..., ActionResult], response: EKSResponse) -> ActionResult:
    """moto drops most settings, gives a cluster neither a VPC nor a security group, and all clusters one issuer."""
    answer: Any = original(response)
    cluster, given = answer.result["cluster"], body(response)
    remember(cluster, given, skip=("name", "bootstrapSelfManagedAddons"))
    mode = (given.get("accessConfig") or {}).get("authenticationMode", "CONFIG_MAP")
    cluster.access_config = {"authenticationMode": mode}
    cluster.upgrade_policy = given.get("upgradePolicy") or {"supportType": "EXTENDED"}
    cluster.kubernetes_network_config = _network(given)
    cluster.resources_vpc_config = _vpc(response, cluster.name, given["resourcesVpcConfig"])
    cluster.health = {"issues": []}
    cluster.deletion_protection = bool(given.get("deletionProtection"))
    issuer = f"https://oidc.eks.{response.region}.amazonaws.com/id/{uuid.uuid4().hex.upper()}"
    # Where the simulated Kubernetes API of the clusters is, if there is one; it needs no certificate.
    cluster.endpoint = os.environ.get("SIM_EKS_ENDPOINT") or cluster.endpoint
    cluster.identity = {"oidc": {"issuer": issuer}}
    return ActionResult(answer.result)


def _network(given: Mapping[str, Any]) -> dict[str, Any]:
    auto_mode = bool((given.get("computeConfig") or {}).get("enabled"))
    return {
        "serviceIpv4Cidr": "172.20.0.0/16",
        "ipFamily": "ipv4",
        "elasticLoadBalancing": {"enabled": auto_mode},
        **(given.get("kubernetesNetworkConfig") or {}),
    }


def _vpc(response: EKSResponse, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    ec2: Any = ec2_backends[response.current_account][response.region]
    vpc_id = ec2.describe_subnets(subnet_ids=given["subnetIds"])[0].vpc_id
    group = ec2.create_security_group(f"eks-cluster-sg-{name}", "EKS cluster", vpc_id=vpc_id, force=True)
    return {
        "endpointPublicAccess": True,
        "endpointPrivateAccess": False,
        "publicAccessCidrs": ["0.0.0.0/0"],
        "securityGroupIds": [],
        **{field: value for field, value in given.items() if value is not None},
        "vpcId": vpc_id,
        "clusterSecurityGroupId": group.id,
    }


@around(EKSBackend)
def delete_cluster(original: Callable[..., Any], backend: EKSBackend, name: str) -> Any:
    """The security group goes with the cluster, as it came."""
    cluster = original(backend, name)
    group = (cluster.resources_vpc_config or {}).get("clusterSecurityGroupId")
    if group:
        ec2_backends[backend.account_id][backend.region_name].delete_security_group(group_id=group)
    return cluster


@around(EKSResponse)
def update_cluster_config(original: Callable[..., ActionResult], response: EKSResponse) -> ActionResult:
    """moto answers the cluster, where AWS answers the update, and changes what the request does not name."""
    cluster, given = cluster_of(response), body(response)
    for field in _CHANGEABLE:
        if given.get(field):
            current = getattr(cluster, xform_name(field), None) or {}
            setattr(cluster, xform_name(field), {**current, **given[field]})
    if "deletionProtection" in given:
        cluster.deletion_protection = given["deletionProtection"]
    return updated(response)


@action(EKSResponse)
def update_cluster_version(response: EKSResponse) -> ActionResult:
    """moto lacks the action."""
    cluster_of(response).version = body(response)["version"]
    return updated(response, "VersionUpdate")
