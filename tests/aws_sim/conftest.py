"""One simulated AWS for all tests of a worker, and what several of them start from."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.aws_sim import AwsSim


@pytest.fixture(scope="session")
def account() -> Iterator[AwsSim]:
    """Others use it too: what a test makes, it names by `name`."""
    with AwsSim("--trace") as account:
        yield account


@pytest.fixture(scope="session")
def clients(account: AwsSim) -> Callable[[str], Any]:
    """Clients of services, each made once."""
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            made[service] = account.client(service)
        return made[service]

    return client


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"t{uuid.uuid4().hex[:12]}"


@dataclass(frozen=True)
class Network:
    vpc: str
    subnets: list[str]


@pytest.fixture(scope="session")
def network(clients: Callable[[str], Any]) -> Network:
    """A VPC with two subnets, to put things in."""
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for n, zone in enumerate("ab")
    ]
    return Network(vpc, [subnet["SubnetId"] for subnet in subnets])


@pytest.fixture(scope="session")
def role(clients: Callable[[str], Any]) -> str:
    """The ARN of a role that anything may take."""
    return str(clients("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"])
