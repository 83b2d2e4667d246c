"""What a company's VPC lacks is said by the plan, before anything is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.aws_deployment import Deployment, make_certificate, make_vpc
from tests.support.aws_sim import AwsSim
from tests.support.terraform import required_mirror


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def test_what_is_missing_in_an_existing_vpc_is_said_before_anything_is_made(account: AwsSim, tmp_path: Path) -> None:
    vpc = make_vpc(account, nat=False, zones=1)
    deployment = Deployment(
        account,
        tmp_path,
        required_mirror(),
        existing_vpc_id=vpc,
        existing_eks_cluster_name="nobodys",
        certificate_arn=make_certificate(account, "gateway.example.com"),
    )
    foundation = deployment.found()
    planned = deployment.platform("eks", foundation).run("plan", "-no-color")
    said = " ".join(planned.stdout.split())
    assert planned.returncode == 1
    assert (
        "private subnets with a default route to a NAT gateway or a transit gateway in two availability zones" in said
    )
    assert "public subnets (with a default route to an internet gateway) in two availability zones" in said
    assert "There is no EKS cluster nobodys in this region and account" in said


def test_an_isolated_network_without_endpoints_is_refused_by_their_names(account: AwsSim, tmp_path: Path) -> None:
    deployment = Deployment(
        account,
        tmp_path,
        required_mirror(),
        existing_vpc_id=make_vpc(account, nat=False),
        exposure="private",
        disable_outbound_network_access=True,
        omit_vpc_endpoints=["sts"],
        certificate_arn=make_certificate(account, "gateway.example.com"),
    )
    foundation = deployment.found()
    planned = deployment.platform("ecs", foundation).run("plan", "-no-color")
    assert planned.returncode == 1
    assert 'aws_vpc_endpoint.needed["ecr.api"]' in planned.stdout
    assert 'aws_vpc_endpoint.needed["bedrock-runtime"]' in planned.stdout
    assert 'aws_vpc_endpoint.needed["sts"]' not in planned.stdout
