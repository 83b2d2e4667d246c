"""What of a deployment is there is asked of a simulated AWS, by the names and tags that Terraform gives."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.deployment_resources import remains, unprotect

from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import REGION
from tests.support.module_runs import Answer, run_module

MODULES = Path(__file__).parents[2] / "terraform" / "modules"


@pytest.fixture(scope="module")
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


class Deployment:
    """Resources of one name, as Terraform makes them."""

    def __init__(self, account: AwsSim, client: Callable[[str], Any], name: str) -> None:
        self.name = name
        self.account = account
        self.client = client
        self.tag = {"Key": "application", "Value": name}

    def ask(self, directory: Path, state: str, *, check: bool = False) -> Answer:
        """What the module says."""
        given = {"deployment": self.name, "region": REGION, "state": state, "_ansible_check_mode": check}
        return run_module("deployment_resources", directory, self.account.environment(), **given)

    def database(self, *, protected: bool = False) -> None:
        self.client("rds").create_db_instance(
            DBInstanceIdentifier=self.name,
            DBInstanceClass="db.t4g.medium",
            Engine="postgres",
            MasterUsername="owner",
            MasterUserPassword="made-up-password",
            AllocatedStorage=20,
            DeletionProtection=protected,
        )

    def balancer(self, kind: str = "public", *, protected: bool = False) -> None:
        elb = self.client("elbv2")
        made = elb.create_load_balancer(Name=f"{self.name}-{kind}", Subnets=self._subnets())["LoadBalancers"][0]
        switch = {"Key": "deletion_protection.enabled", "Value": str(protected).lower()}
        elb.modify_load_balancer_attributes(LoadBalancerArn=made["LoadBalancerArn"], Attributes=[switch])

    def _subnets(self) -> list[str]:
        found = self.client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
        return [subnet["SubnetId"] for subnet in found[:2]]

    def cache(self) -> None:
        self.client("elasticache").create_replication_group(
            ReplicationGroupId=self.name,
            ReplicationGroupDescription="d",
            Engine="valkey",
            CacheNodeType="cache.t4g.small",
        )

    def ecs(self) -> None:
        self.client("ecs").create_cluster(clusterName=self.name)

    def eks(self, suffix: str = "qx7ab") -> None:
        vpc = {"subnetIds": self._subnets()}
        role = "arn:aws:iam::123456789012:role/any"
        name = f"{self.name}-{suffix}"
        self.client("eks").create_cluster(
            name=name, roleArn=role, resourcesVpcConfig=vpc, tags={"application": self.name}
        )

    def network(self) -> None:
        ec2 = self.client("ec2")
        tagged = {"ResourceType": "vpc", "Tags": [self.tag]}
        vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16", TagSpecifications=[tagged])["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.8.0.0/24")["Subnet"]["SubnetId"]
        ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")

    def stack(self, kind: str) -> None:
        template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
        self.client("cloudformation").create_stack(StackName=f"{self.name}-{kind}", TemplateBody=template)

    def alarm(self, subject: str = "cpu") -> None:
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=f"{self.name}-{subject}",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="CPUUtilization",
            Namespace="AWS/RDS",
            Period=60,
            Statistic="Average",
            Threshold=1.0,
            Tags=[self.tag],
        )


@pytest.fixture(scope="module")
def client(account: AwsSim) -> Callable[[str], Any]:
    """Clients of services, each made once."""
    return functools.cache(account.client)


@pytest.fixture
def deployment(account: AwsSim, client: Callable[[str], Any]) -> Deployment:
    return Deployment(account, client, f"t{uuid.uuid4().hex[:8]}")


KINDS: dict[str, tuple[Callable[[Deployment], None], list[str]]] = {
    "database": (Deployment.database, [r"database NAME"]),
    "public balancer": (Deployment.balancer, [r"load balancer NAME-public"]),
    "private balancer": (lambda it: it.balancer("private"), [r"load balancer NAME-private"]),
    "cache": (Deployment.cache, [r"cache NAME"]),
    "ECS": (Deployment.ecs, [r"ECS cluster NAME"]),
    "EKS": (Deployment.eks, [r"EKS cluster NAME-qx7ab"]),
    "network": (Deployment.network, [r"VPC vpc-[0-9a-f]+", r"NAT gateway nat-[0-9a-f]+"]),
    "CloudFront": (lambda it: it.stack("edge"), [r"CloudFormation stack NAME-edge"]),
    "users of the cache": (lambda it: it.stack("cache-users"), [r"CloudFormation stack NAME-cache-users"]),
    "alarms": (Deployment.alarm, [r"alarm NAME-cpu"]),
}


@pytest.mark.parametrize(("make", "told"), KINDS.values(), ids=KINDS)
def test_what_is_there_is_told(deployment: Deployment, make: Callable[[Deployment], None], told: list[str]) -> None:
    assert remains(deployment.client, deployment.name) == []
    make(deployment)
    found = remains(deployment.client, deployment.name)
    wanted = [pattern.replace("NAME", deployment.name) for pattern in told]
    assert len(found) == len(wanted)
    assert all(re.fullmatch(pattern, one) for pattern, one in zip(wanted, found, strict=True)), found


def test_what_is_of_a_deployment_whose_name_begins_alike_is_not(account: AwsSim, deployment: Deployment) -> None:
    other = Deployment(account, deployment.client, f"{deployment.name}-prod")
    for make, _ in KINDS.values():
        make(other)
    assert len(remains(other.client, other.name)) == len(KINDS) + 1
    assert remains(deployment.client, deployment.name) == []
    assert unprotect(deployment.client, deployment.name, dry=False) == []


def test_more_alarms_than_one_answer_holds_are_all_told(deployment: Deployment) -> None:
    for number in range(120):
        deployment.alarm(str(number))
    assert len(remains(deployment.client, deployment.name)) == 120


def test_what_was_deleted_is_not_told(deployment: Deployment) -> None:
    deployment.ecs()
    deployment.client("ecs").delete_cluster(cluster=deployment.name)
    deployment.stack("edge")
    deployment.client("cloudformation").delete_stack(StackName=f"{deployment.name}-edge")
    assert remains(deployment.client, deployment.name) == []


def test_a_protection_is_lifted_once(deployment: Deployment, tmp_path: Path) -> None:
    deployment.database(protected=True)
    deployment.balancer("private", protected=True)
    deployment.balancer("public")
    protected = [f"database {deployment.name}", f"load balancer {deployment.name}-private"]
    for check in (True, False):  # what is only told is not done
        answer = deployment.ask(tmp_path, "unprotected", check=check)
        assert (answer["changed"], answer["resources"]) == (True, protected)
    again = deployment.ask(tmp_path, "unprotected")
    assert (again["changed"], again["resources"]) == (False, [])
    [database] = deployment.client("rds").describe_db_instances(DBInstanceIdentifier=deployment.name)["DBInstances"]
    assert database["DeletionProtection"] is False


def test_a_rest_is_an_error_that_names_it_all(deployment: Deployment, tmp_path: Path) -> None:
    assert not deployment.ask(tmp_path, "absent").failed
    deployment.ecs()
    deployment.cache()
    answer = deployment.ask(tmp_path, "absent")
    assert answer["msg"].startswith(
        f"Still there, though Terraform's state knows nothing of it: ECS cluster {deployment.name}, "
        f"cache {deployment.name}. Look whether"
    )
    assert not deployment.ask(tmp_path, "absent", check=True).failed


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("load_balancer/balancer.tf", 'name               = "${var.name}-${var.internal ? "private" : "public"}"'),
        ("database/instance.tf", "identifier = var.name"),
        ("cache/cache.tf", "replication_group_id = var.name"),
        ("cache/users.tf", 'name = "${var.name}-cache-users"'),
        ("edge/stack.tf", 'name = "${var.name}-edge"'),
        ("ecs_service/service.tf", "name = var.name"),
        ("eks_cluster/cluster.tf", 'name = "${var.name}-${'),
        ("observability/alarms.tf", 'alarm_name          = "${var.name}-${each.key}"'),
    ],
)
def test_the_names_are_those_of_terraform(file: str, name: str) -> None:
    """Another name there would be found nowhere here."""
    assert f"  {name}" in (MODULES / file).read_text()
