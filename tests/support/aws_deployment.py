"""A deployment by Terraform in a simulated account: the foundation, and a platform on it, with their state in S3."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import ACCOUNT, REGION
from tests.support.terraform import Terraform

TREE = Path(__file__).parents[2] / "terraform"
# Most of what an apply does is to wait for what is done already.
PARALLEL = "-parallelism=30"
# What makes the deployment one that nobody will miss, so that it can be destroyed at once.
THROW_AWAY = {"deletion_protection": False, "skip_final_snapshot": True, "secret_recovery_days": 0}


class Account(Protocol):
    """Whatever gives boto3's clients of an account: AwsSim, or boto3 itself."""

    def client(self, service: str) -> Any:
        """A client of a service."""


class Deployment:
    """`variables`: of both platforms, beside what the foundation gives."""

    def __init__(self, account: AwsSim, directory: Path, mirror: Path, **variables: Any) -> None:
        self.account = account
        self.name = f"gw-{uuid.uuid4().hex[:6]}"
        self.said: list[str] = []
        self._directory = directory
        self._mirror = mirror
        self._variables = THROW_AWAY | variables
        self._roots: dict[str, Terraform] = {}
        self.state_bucket = f"{self.name}-state"
        account.client("s3").create_bucket(Bucket=self.state_bucket)
        account.client("s3").put_bucket_versioning(
            Bucket=self.state_bucket, VersioningConfiguration={"Status": "Enabled"}
        )

    def found(self) -> dict[str, Any]:
        """Apply the foundation; its outputs."""
        root = self._root("foundation", force_destroy=True, secret_recovery_days=0)
        self.said.append(root.do("apply", "-auto-approve", "-no-color", PARALLEL))
        return root.outputs()

    def platform(self, name: str, foundation: Mapping[str, Any], **variables: Any) -> Terraform:
        """The root of a platform, made ready; `variables` come before the deployment's."""
        given = foundation["foundation"]
        urls = given["repository_urls"]
        images = {"gateway": f"{urls['gateway']}:1", "litellm": f"{urls['litellm']}:1"}
        settings = {"foundation": given, "images": images, "config_prefix": "config/1", **self._variables, **variables}
        return self._root(f"platforms/{name}", **settings)

    def apply(self, root: Terraform, **variables: Any) -> dict[str, Any]:
        """Plan, look for secrets in the plan, apply that plan; the outputs."""
        root.set(**variables)
        self.said.append(root.do("plan", "-out=plan", "-no-color", PARALLEL))
        self.said.append(root.do("show", "-json", "plan"))
        self.said.append(root.do("apply", "-no-color", PARALLEL, "plan"))
        outputs = root.outputs()
        self.said.append(json.dumps(outputs))
        return outputs

    def destroy(self, root: Terraform) -> None:
        self.said.append(root.do("destroy", "-auto-approve", "-no-color", PARALLEL))

    def destroy_foundation(self) -> None:
        self.destroy(self._roots["foundation"])

    def states(self) -> Iterator[str]:
        """All that was ever kept in the bucket of the state, each version of each object."""
        s3 = self.account.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=self.state_bucket):
            for kept in page.get("Versions", []):
                got = s3.get_object(Bucket=self.state_bucket, Key=kept["Key"], VersionId=kept["VersionId"])
                yield got["Body"].read().decode()

    def shown(self) -> list[Any]:
        """What Terraform shows of the state of each root."""
        return [root.state() for root in self._roots.values()]

    def secrets(self) -> dict[str, str]:
        """Every secret of the account, by name."""
        manager = self.account.client("secretsmanager")
        found = [secret for page in manager.get_paginator("list_secrets").paginate() for secret in page["SecretList"]]
        # A secret whose value somebody else has still to write has no version.
        return {
            secret["Name"]: manager.get_secret_value(SecretId=secret["ARN"])["SecretString"]
            for secret in found
            if manager.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]
        }

    def _root(self, name: str, **variables: Any) -> Terraform:
        if name in self._roots:
            self._roots[name].set(**variables)
            return self._roots[name]
        root = Terraform(
            TREE / name,
            self._directory / name.replace("/", "-"),
            self.account.environment(),
            self._mirror,
            tree=TREE,
            deployment_name=self.name,
            aws_region=REGION,
            **variables,
        )
        root.do("init", "-no-color", *self._backend("foundation" if name == "foundation" else "platform"))
        self._roots[name] = root
        return root

    def _backend(self, key: str) -> Iterator[str]:
        settings = {
            "bucket": self.state_bucket,
            "key": f"{key}.tfstate",
            "region": REGION,
            "use_lockfile": "true",
            "use_path_style": "true",  # the simulator has one address for all buckets
            "skip_requesting_account_id": "true",
        }
        return (f"-backend-config={name}={value}" for name, value in settings.items())


def make_certificate(account: Account, domain: str) -> str:
    """The ARN of a certificate of ACM."""
    acm = account.client("acm")
    arn: str = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
    assert ACCOUNT in arn
    return arn


def make_zone(account: Account, name: str, vpc: str | None = None) -> str:
    """The id of a zone of Route 53: a public one, or a private one that a VPC is associated with."""
    private = {"VPC": {"VPCId": vpc, "VPCRegion": REGION}} if vpc else {}
    made = account.client("route53").create_hosted_zone(Name=name, CallerReference=uuid.uuid4().hex, **private)
    return str(made["HostedZone"]["Id"])


def make_vpc(account: Account, *, nat: bool = True, zones: int = 2) -> str:
    """The id of a VPC with a public and a private subnet in each of some zones, as somebody might have one."""
    ec2 = account.client("ec2")
    vpc: str = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    for number in range(zones):
        public = _make_subnet(ec2, vpc, number, number)
        private = _make_subnet(ec2, vpc, number, 16 + number)
        _make_route(ec2, vpc, public, GatewayId=gateway)
        if nat:
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            made = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
            _make_route(ec2, vpc, private, NatGatewayId=made)
        else:
            _make_route(ec2, vpc, private)
    return vpc


def _make_subnet(ec2: Any, vpc: str, zone: int, number: int) -> str:
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{REGION}{'abc'[zone]}")
    return str(made["Subnet"]["SubnetId"])


def _make_route(ec2: Any, vpc: str, subnet: str, **target: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    if target:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
