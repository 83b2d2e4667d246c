"""What can be put beside a deployment, in the simulated account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_deployment import PARALLEL, TREE, make_certificate, make_vpc, make_zone
from tests.support.aws_deployment_checks import nothing_would_change
from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import ACCOUNT, REGION
from tests.support.terraform import Terraform, required_mirror

pytestmark = pytest.mark.slow


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def test_both_stand_in_a_platform_s_vpc(account: AwsSim, tmp_path: Path) -> None:
    vpc = make_vpc(account)
    subnets = account.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    private = [one["SubnetId"] for one in subnets if int(one["CidrBlock"].split(".")[2]) >= 16]
    public = [one["SubnetId"] for one in subnets if one["SubnetId"] not in private]
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    make_zone(account, "example.com")
    common = {"aws_region": REGION, "vpc_id": vpc, "kms_key_arn": key}

    way_in = _root(
        account,
        tmp_path,
        "private_access",
        **common,
        deployment_name="gateway",
        subnet_id=private[0],
        load_balancer_dns_name=f"internal-gateway-1.{REGION}.elb.amazonaws.com",
    )
    fake_llm = _root(
        account,
        tmp_path,
        "fake_llm",
        **common,
        public_subnet_ids=public,
        private_subnet_ids=private,
        allowed_cidrs=["203.0.113.7/32"],
        image=f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/gw/fake-llm:1",
        certificate_arn=make_certificate(account, "fake-llm.example.com"),
        hosted_zone_name="example.com",
        record_name="fake-llm.example.com",
    )
    for root in (way_in, fake_llm):
        root.do("apply", "-auto-approve", "-no-color", PARALLEL)
        nothing_would_change(root)

    _the_instance_cannot_be_reached(account, way_in.outputs()["instance_id"])
    assert "AWS-StartPortForwardingSessionToRemoteHost" in way_in.outputs()["start_session_command"]
    assert fake_llm.outputs()["url"].startswith("https://fake-llm.example.com")

    for root in (way_in, fake_llm):
        root.do("destroy", "-auto-approve", "-no-color", PARALLEL)
        assert "values" not in root.state()
    assert "not implemented" not in account.output


def _root(account: AwsSim, directory: Path, name: str, **variables: Any) -> Terraform:
    root = Terraform(
        TREE / "addons" / name, directory / name, account.environment(), required_mirror(), tree=TREE, **variables
    )
    # Their states are in S3 as the others' are; here a file does.
    (root.directory / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    root.do("init", "-no-color")
    return root


def _the_instance_cannot_be_reached(account: AwsSim, instance_id: str) -> None:
    ec2 = account.client("ec2")
    [reservation] = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    [instance] = reservation["Instances"]
    assert not instance.get("PublicIpAddress")
    [group] = [group["GroupId"] for group in instance["SecurityGroups"]]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert all(rule["IsEgress"] for rule in rules)
