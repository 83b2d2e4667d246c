"""A deployment on EKS without a way to the internet, in the simulated account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_deployment import Deployment, make_certificate
from tests.support.aws_deployment_checks import (
    nothing_is_left,
    nothing_secret_is_kept,
    nothing_would_change,
    secrets_have_their_form,
)
from tests.support.aws_sim import AwsSim
from tests.support.terraform import required_mirror

pytestmark = pytest.mark.slow

RECORD = "gateway.inside.example"
ADMIN = "arn:aws:iam::123456789012:role/Admin"
DEPLOYER = "arn:aws:iam::123456789012:user/moto"
# What pods and nodes call, and nothing of it over the internet.
NEEDED = {"bedrock-runtime", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "sts", "eks", "eks-auth", "ec2", "s3"}


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def test_an_isolated_deployment_lives_from_its_first_apply_to_its_end(account: AwsSim, tmp_path: Path) -> None:
    deployment = Deployment(
        account,
        tmp_path,
        required_mirror(),
        exposure="private",
        disable_outbound_network_access=True,
        certificate_arn=make_certificate(account, RECORD),
        record_name=RECORD,
        hosted_zone_name="inside.example",
        hosted_zone_kind="new_private",
        eks_admin_arns=[ADMIN, DEPLOYER],
    )
    foundation = deployment.found()
    root = deployment.platform("eks", foundation)
    outputs = deployment.apply(root)
    assert outputs["url"] == f"https://{RECORD}"
    nothing_would_change(root)

    _there_is_no_way_to_the_internet(account, outputs)
    _the_zone_is_private(account, outputs)
    _the_cluster_is_closed_and_runs_by_itself(account, outputs)
    _pods_have_their_role(account, outputs)
    _only_the_load_balancer_reaches_pods_and_only_pods_reach_data(account, outputs)

    before = deployment.secrets()
    deployment.apply(root, log_retention_days=30, secret_rotation={"database": 2})
    _other_passwords_of_the_database_and_nothing_else(before, deployment.secrets())
    secrets_have_their_form(deployment)
    groups = account.client("logs").describe_log_groups()["logGroups"]
    assert {group["retentionInDays"] for group in groups if "/aws/eks/" in group["logGroupName"]} == {30}
    nothing_would_change(root)

    cluster = account.client("eks").describe_cluster(name=outputs["workload"]["cluster_name"])["cluster"]
    nothing_secret_is_kept(deployment, [cluster])
    deployment.destroy(root)
    deployment.destroy_foundation()
    nothing_is_left(deployment)
    assert account.client("eks").list_clusters()["clusters"] == []
    assert "not implemented" not in account.output


def _there_is_no_way_to_the_internet(account: AwsSim, outputs: dict[str, Any]) -> None:
    ec2 = account.client("ec2")
    inside = [{"Name": "vpc-id", "Values": [outputs["network"]["vpc_id"]]}]
    assert ec2.describe_nat_gateways(Filters=inside)["NatGateways"] == []
    attached = [{"Name": "attachment.vpc-id", "Values": [outputs["network"]["vpc_id"]]}]
    assert ec2.describe_internet_gateways(Filters=attached)["InternetGateways"] == []
    endpoints = ec2.describe_vpc_endpoints(Filters=inside)["VpcEndpoints"]
    services = {endpoint["ServiceName"].removeprefix("com.amazonaws.us-east-1.") for endpoint in endpoints}
    assert services >= NEEDED
    assert all(e["PrivateDnsEnabled"] for e in endpoints if e["VpcEndpointType"] == "Interface")


def _the_zone_is_private(account: AwsSim, outputs: dict[str, Any]) -> None:
    route53 = account.client("route53")
    [zone] = route53.list_hosted_zones()["HostedZones"]
    assert zone["Config"]["PrivateZone"]
    [vpc] = route53.get_hosted_zone(Id=zone["Id"])["VPCs"]
    assert vpc["VPCId"] == outputs["network"]["vpc_id"]
    [balancer] = account.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal"


def _the_cluster_is_closed_and_runs_by_itself(account: AwsSim, outputs: dict[str, Any]) -> None:
    eks = account.client("eks")
    name = outputs["workload"]["cluster_name"]
    cluster = eks.describe_cluster(name=name)["cluster"]
    assert cluster["computeConfig"]["enabled"]
    assert outputs["workload"]["auto_mode"]
    assert not cluster["resourcesVpcConfig"]["endpointPublicAccess"]
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert cluster["encryptionConfig"][0]["resources"] == ["secrets"]
    assert {ADMIN, DEPLOYER} <= set(eks.list_access_entries(clusterName=name)["accessEntries"])


def _pods_have_their_role(account: AwsSim, outputs: dict[str, Any]) -> None:
    workload = outputs["workload"]
    eks = account.client("eks")
    associations = eks.list_pod_identity_associations(clusterName=workload["cluster_name"])["associations"]
    [association] = [one for one in associations if one["namespace"] == workload["namespace"]]
    assert association["serviceAccount"] == workload["service_account"]
    iam = account.client("iam")
    role = workload["role_arn"].rsplit("/", 1)[1]
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    allowed = {
        action for document in documents for statement in document["Statement"] for action in _list(statement["Action"])
    }
    assert {"bedrock:InvokeModel", "bedrock:GetPrompt"} <= allowed
    assert "secretsmanager:GetSecretValue" not in allowed
    assert not [action for action in allowed if action.endswith("*")]
    assert '"Resource": "*"' not in json.dumps(documents)


def _other_passwords_of_the_database_and_nothing_else(before: dict[str, str], after: dict[str, str]) -> None:
    changed = {name for name in before if after[name] != before[name]}
    assert len(changed) == 6
    assert all("/database-" in name for name in changed)


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _only_the_load_balancer_reaches_pods_and_only_pods_reach_data(account: AwsSim, outputs: dict[str, Any]) -> None:
    ec2 = account.client("ec2")
    pods = outputs["workload"]["security_group_id"]
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    admitted = {
        (rule["GroupId"], rule["FromPort"]): rule["ReferencedGroupInfo"]["GroupId"]
        for rule in rules
        if not rule["IsEgress"] and "ReferencedGroupInfo" in rule and rule["FromPort"] in (3000, 5432, 6379)
    }
    [balancer] = account.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert {port for _, port in admitted} == {3000, 5432, 6379}
    for (_, port), source in admitted.items():
        assert source == (balancer["SecurityGroups"][0] if port == 3000 else pods)
