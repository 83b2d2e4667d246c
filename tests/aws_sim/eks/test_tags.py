from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_sim.conftest import Network

PRINCIPAL = "arn:aws:iam::123456789012:role/any"


def _nodegroup(eks: Any, cluster: str, network: Network) -> str:
    made = eks.create_nodegroup(clusterName=cluster, nodegroupName="n", nodeRole=PRINCIPAL, subnets=network.subnets)
    return str(made["nodegroup"]["nodegroupArn"])


def _fargate_profile(eks: Any, cluster: str, network: Network) -> str:
    made = eks.create_fargate_profile(
        clusterName=cluster,
        fargateProfileName="f",
        podExecutionRoleArn=PRINCIPAL,
        selectors=[{"namespace": "gateway"}],
    )
    return str(made["fargateProfile"]["fargateProfileArn"])


def _pod_identity(eks: Any, cluster: str, network: Network) -> str:
    made = eks.create_pod_identity_association(
        clusterName=cluster, namespace="gateway", serviceAccount="gateway", roleArn=PRINCIPAL
    )
    return str(made["association"]["associationArn"])


def _addon(eks: Any, cluster: str, network: Network) -> str:
    return str(eks.create_addon(clusterName=cluster, addonName="vpc-cni")["addon"]["addonArn"])


def _access_entry(eks: Any, cluster: str, network: Network) -> str:
    made = eks.create_access_entry(clusterName=cluster, principalArn=PRINCIPAL)
    return str(made["accessEntry"]["accessEntryArn"])


def _cluster(eks: Any, cluster: str, network: Network) -> str:
    return str(eks.describe_cluster(name=cluster)["cluster"]["arn"])


KINDS = [_cluster, _nodegroup, _fargate_profile, _addon, _access_entry, _pod_identity]


@pytest.mark.parametrize("made", KINDS, ids=lambda made: made.__name__.strip("_"))
def test_everything_can_be_tagged_and_untagged(
    eks: Any, cluster: str, network: Network, made: Callable[[Any, str, Network], str]
) -> None:
    arn = made(eks, cluster, network)
    eks.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2", "c": "3"})
    eks.untag_resource(resourceArn=arn, tagKeys=["a", "b"])
    assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": "3"}


def test_what_is_not_there_is_not_found(eks: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        eks.list_tags_for_resource(resourceArn="arn:aws:eks:us-east-1:123456789012:addon/none/none/none")
