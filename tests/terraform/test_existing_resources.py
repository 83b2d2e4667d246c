"""Deployments into what a company has already: its VPC, its EKS cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.aws_deployment import Deployment, make_certificate, make_vpc, make_zone
from tests.support.aws_deployment_checks import nothing_is_left, nothing_secret_is_kept, nothing_would_change
from tests.support.aws_sim import AwsSim
from tests.support.terraform import required_mirror

pytestmark = pytest.mark.slow

RECORD = "gateway.example.com"


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def test_an_existing_cluster_gets_add_ons_and_nodes_and_keeps_its_own(account: AwsSim, tmp_path: Path) -> None:
    vpc = make_vpc(account)
    cluster = _make_cluster(account, vpc)
    make_zone(account, "example.com")
    deployment = Deployment(
        account,
        tmp_path,
        required_mirror(),
        existing_vpc_id=vpc,
        existing_eks_cluster_name=cluster,
        install_add_ons_in_existing_eks_cluster=["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent"],
        install_load_balancer_controller_in_existing_eks_cluster=True,
        eks_nodes="node_group",
        cpu_architecture="x86_64",
        eks_instance_types=["m7i.xlarge"],
        certificate_arn=make_certificate(account, RECORD),
        record_name=RECORD,
        hosted_zone_name="example.com",
    )
    foundation = deployment.found()
    root = deployment.platform("eks", foundation)
    outputs = deployment.apply(root)
    nothing_would_change(root)

    eks = account.client("eks")
    assert outputs["network"]["vpc_id"] == vpc
    assert set(eks.list_addons(clusterName=cluster)["addons"]) >= {"vpc-cni", "coredns", "kube-proxy"}
    [group] = eks.list_nodegroups(clusterName=cluster)["nodegroups"]
    described = eks.describe_nodegroup(clusterName=cluster, nodegroupName=group)["nodegroup"]
    assert described["amiType"] == "AL2023_x86_64_STANDARD"
    assert outputs["workload"]["load_balancer_controller"]["role_arn"]

    deployment.apply(root, max_capacity=6)
    described = eks.describe_nodegroup(clusterName=cluster, nodegroupName=group)["nodegroup"]
    assert described["scalingConfig"]["maxSize"] == 6

    nothing_secret_is_kept(deployment, [described, outputs])
    deployment.destroy(root)
    deployment.destroy_foundation()
    assert eks.describe_cluster(name=cluster)["cluster"]["status"] == "ACTIVE"
    eks.delete_cluster(name=cluster)
    nothing_is_left(deployment, vpcs=[vpc])
    assert "not implemented" not in account.output


def test_an_isolated_service_runs_in_an_existing_vpc_through_endpoints(account: AwsSim, tmp_path: Path) -> None:
    vpc = make_vpc(account, nat=False)
    zone = make_zone(account, "example.com", vpc)
    deployment = Deployment(
        account,
        tmp_path,
        required_mirror(),
        existing_vpc_id=vpc,
        exposure="private",
        disable_outbound_network_access=True,
        create_vpc_endpoints_in_existing_vpc=True,
        certificate_arn=make_certificate(account, RECORD),
        record_name=RECORD,
        hosted_zone_name="example.com",
        hosted_zone_kind="private",
    )
    foundation = deployment.found()
    root = deployment.platform("ecs", foundation)
    outputs = deployment.apply(root)
    nothing_would_change(root)

    records = account.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert f"{RECORD}." in [record["Name"] for record in records]
    endpoints = account.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert {endpoint["VpcId"] for endpoint in endpoints} == {vpc}
    services = {endpoint["ServiceName"] for endpoint in endpoints}
    assert {
        f"com.amazonaws.us-east-1.{name}" for name in ("s3", "bedrock-runtime", "ecr.dkr", "secretsmanager")
    } <= services

    deployment.apply(root, omit_vpc_endpoints=["monitoring"], waf_enabled=False)
    endpoints = account.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    left = {endpoint["ServiceName"] for endpoint in endpoints if endpoint["State"] == "available"}
    assert services - left == {"com.amazonaws.us-east-1.monitoring"}

    nothing_secret_is_kept(deployment, [outputs])
    deployment.destroy(root)
    deployment.destroy_foundation()
    nothing_is_left(deployment, vpcs=[vpc])


def _make_cluster(account: AwsSim, vpc: str) -> str:
    """The name of a cluster in the private subnets, without Auto Mode."""
    ec2, eks = account.client("ec2"), account.client("eks")
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    eks.create_cluster(
        name="theirs",
        version="1.35",
        roleArn="arn:aws:iam::123456789012:role/cluster",
        accessConfig={"authenticationMode": "API"},
        resourcesVpcConfig={"subnetIds": [s["SubnetId"] for s in subnets if s["CidrBlock"].split(".")[2] >= "16"]},
    )
    return "theirs"
