"""What a run left when it was cut off is taken over by the next one, with the real Terraform and its provider."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from string import Formatter
from typing import Any
from unittest.mock import Mock

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError
from ansible_collections.genai.gateway.plugins.module_utils.terraform_orphans import (
    BY_ATTRIBUTES,
    BY_QUESTION,
    conflicts,
    import_id,
    is_own,
)
from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import (
    InterruptedRunError,
    Terraform,
    TerraformError,
)
from ansible_collections.genai.gateway.plugins.module_utils.terraform_root import Plan
from ansible_collections.genai.gateway.plugins.module_utils.terraform_unfinished import AT_ONCE, WAITERS, unfinished
from ansible_collections.genai.gateway.plugins.modules.terraform_root import apply
from botocore.session import Session
from botocore.validate import ParamValidator

from tests.collection.terraform_roots import SOURCES, Root
from tests.support.aws_deployment import TREE
from tests.support.aws_sim import AwsSim
from tests.support.terraform import Terraform as Commands
from tests.support.terraform import required_mirror, write_cli_config

SOURCE = SOURCES / "cut_off"
OWN = {"application": "cut-off"}
GROUP, LOG, NAT = 'aws_security_group.this["one group"]', "aws_cloudwatch_log_group.this", "aws_nat_gateway.this"


@pytest.fixture
def root(account: AwsSim, tmp_path: Path) -> Root:
    root = Root(account, tmp_path, SOURCE)
    root.environment["TF_CLI_CONFIG_FILE"] = str(write_cli_config(tmp_path, required_mirror()))
    answer = root.run(targets=["aws_vpc.this"])
    assert not answer.failed, answer.output
    return root


def make_group(account: AwsSim, tags: dict[str, str]) -> str:
    [vpc] = [vpc["VpcId"] for vpc in account.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    specification = {
        "ResourceType": "security-group",
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    made = account.client("ec2").create_security_group(
        GroupName="cut-off", Description="Of a test", VpcId=vpc, TagSpecifications=[specification]
    )
    return str(made["GroupId"])


def test_what_was_made_unknown_to_the_state_is_taken_over(account: AwsSim, root: Root) -> None:
    account.client("logs").create_log_group(logGroupName="/cut-off/log", tags=OWN)
    made = make_group(account, OWN)
    answer = root.run()
    assert not answer.failed, answer.output
    assert answer["actions"][LOG] == "update"  # the provider gives it its retention
    assert answer["actions"][GROUP] == "import"
    groups = account.client("ec2").describe_security_groups(GroupIds=[made])["SecurityGroups"]
    assert [group["GroupName"] for group in groups] == ["cut-off"]
    assert root.run()["changed"] is False


def test_what_is_anothers_is_left_alone(account: AwsSim, root: Root) -> None:
    account.client("logs").create_log_group(logGroupName="/cut-off/log", tags={"application": "another"})
    make_group(account, OWN)
    answer = root.run()
    assert answer.failed
    assert "/cut-off/log" in answer["msg"]
    assert "AlreadyExists" in answer["msg"]
    [log] = account.client("logs").describe_log_groups()["logGroups"]
    assert "retentionInDays" not in log
    # What is its own beside it is no longer in the way.
    assert GROUP not in root.run(check=True)["actions"]


def test_what_was_still_being_made_is_kept_when_it_is_made(account: AwsSim, root: Root, tmp_path: Path) -> None:
    root.run()
    [before] = account.client("ec2").describe_nat_gateways()["NatGateways"]
    by_hand = Commands(SOURCE, tmp_path / "by-hand", account.environment(), required_mirror())
    by_hand.do("init", *(f"-backend-config={name}={value}" for name, value in root.backend.items()))
    by_hand.do("taint", NAT)
    assert root.run(check=True)["actions"] == {NAT: "replace"}
    answer = root.run()
    assert (answer["changed"], answer["actions"]) == (False, {})
    [after] = account.client("ec2").describe_nat_gateways()["NatGateways"]
    assert after["NatGatewayId"] == before["NatGatewayId"]


def tainted(kind: str, before: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "action_reason": "replace_because_tainted", "change": {"before": before}}


@pytest.fixture
def entered(account: AwsSim, monkeypatch: pytest.MonkeyPatch) -> AwsSim:
    """The account, which this process is in, too."""
    for name, value in account.environment().items():
        monkeypatch.setenv(name, value)
    return account


def test_what_failed_to_be_made_is_made_anew(entered: AwsSim) -> None:
    """AWS says of a gateway that is gone that it is deleted, which is where its creation cannot end."""
    ec2 = entered.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    gone, there = (ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"] for _ in range(2))
    ec2.delete_nat_gateway(NatGatewayId=gone["NatGatewayId"])
    resources = {
        "gone": tainted("aws_nat_gateway", {"id": gone["NatGatewayId"]}),
        "there": tainted("aws_nat_gateway", {"id": there["NatGatewayId"]}),
        "task": tainted("aws_ecs_service", {"name": "failed"}),
        "log": tainted("aws_cloudwatch_log_group", {"name": "/there"}),
        "changed": {"type": "aws_nat_gateway", "action_reason": "replace_because_cannot_update"},
    }
    assert list(unfinished(resources, "us-east-1")) == ["there", "log"]


@pytest.mark.parametrize(
    ("met", "told"),
    [(AwsError("denied"), "It exists"), (TerraformError("no such"), "It exists"), (InterruptedRunError("now"), "now")],
)
def test_what_cannot_be_taken_over_is_told_as_terraform_said_it(met: Exception, told: str) -> None:
    stack = Mock(apply=Mock(side_effect=TerraformError("It exists")), take_over=Mock(side_effect=met))
    with pytest.raises(TerraformError, match=told):
        apply(stack, Plan(True, {}, ""), [])
    assert stack.apply.call_count == 1


def test_waiting_ends_with_an_interruption(tmp_path: Path) -> None:
    terraform = Terraform(tmp_path, {})
    with pytest.raises(InterruptedRunError, match="Run it again to go on"), terraform.waiting():
        terraform.interrupt()
    Terraform(tmp_path, {}).interrupt()  # while a command runs, or none: it is asked, or not started


def test_only_what_exists_is_a_conflict() -> None:
    said = (
        'terraform apply: Error: creating X: ResourceAlreadyExistsException: taken\n\n  with module.a["b c"].aws_x.y,\n'
        "  on main.tf line 1\n\nError: creating Z: AccessDenied\n\n  with aws_z.z,\n  on main.tf line 2"
    )
    assert list(conflicts(said)) == ['module.a["b c"].aws_x.y']


@pytest.mark.parametrize(
    ("kind", "wanted", "found"),
    [
        ("aws_ecs_service", {"cluster": "arn:aws:ecs:us-east-1:1:cluster/gw", "name": "gw"}, "gw/gw"),
        ("aws_eks_addon", {"cluster_name": "gw", "addon_name": "vpc-cni"}, "gw:vpc-cni"),
        ("aws_db_instance", {}, None),
        ("aws_vpc", {"name": "no name is taken"}, None),
    ],
)
def test_a_resource_is_imported_by_what_the_plan_knows_of_it(
    kind: str, wanted: dict[str, str], found: str | None
) -> None:
    assert import_id(kind, wanted, "us-east-1") == found


def test_where_its_name_does_not_tell_aws_is_asked(entered: AwsSim) -> None:
    ec2, elb = entered.client("ec2"), entered.client("elbv2")
    subnets = ec2.describe_subnets()["Subnets"][:2]
    vpc = subnets[0]["VpcId"]
    balancer = elb.create_load_balancer(Name="own", Subnets=[one["SubnetId"] for one in subnets])["LoadBalancers"][0]
    targets = elb.create_target_group(Name="own", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
    group = ec2.create_security_group(GroupName="own", Description="Of a test", VpcId=vpc)
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "own"}
    acl = entered.client("wafv2").create_web_acl(
        Name="own", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible
    )
    expected = {
        "aws_budgets_budget": f"{entered.client('sts').get_caller_identity()['Account']}:own",
        "aws_lb": balancer["LoadBalancerArn"],
        "aws_lb_target_group": targets["TargetGroupArn"],
        "aws_security_group": group["GroupId"],
        "aws_wafv2_web_acl": f"{acl['Summary']['Id']}/own/REGIONAL",
    }
    wanted = {"name": "own", "vpc_id": vpc, "scope": "REGIONAL"}
    assert {kind: import_id(kind, wanted, "us-east-1") for kind in BY_QUESTION} == expected
    assert import_id("aws_security_group", wanted | {"name": "nobody's"}, "us-east-1") is None
    assert import_id("aws_wafv2_web_acl", wanted | {"name": "nobody's"}, "us-east-1") is None


# --- the tables -------------------------------------------------------------------------

TYPES = {*BY_ATTRIBUTES, *BY_QUESTION, *WAITERS, *AT_ONCE}


def test_they_name_what_the_provider_has(tmp_path: Path) -> None:
    commands = Commands(SOURCE, tmp_path / "schema", {}, required_mirror())
    (commands.directory / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    commands.do("init")
    [provider] = json.loads(commands.do("providers", "schema", "-json"))["provider_schemas"].values()
    attributes = {kind: set(provider["resource_schemas"][kind]["block"]["attributes"]) for kind in TYPES}
    for kind, form in BY_ATTRIBUTES.items():
        assert {name for _, name, _, _ in Formatter().parse(form) if name} <= attributes[kind], kind
    assert [kind for kind in (*BY_ATTRIBUTES, *BY_QUESTION) if "tags_all" not in attributes[kind]] == []


def test_they_name_nothing_that_is_nowhere_deployed() -> None:
    code = "".join(file.read_text() for file in TREE.rglob("*.tf"))
    assert set(re.findall(r'^resource "(\w+)"', code, re.MULTILINE)) >= TYPES


@pytest.mark.parametrize("kind", WAITERS)
def test_a_waiter_is_one_of_botocores_with_its_arguments(kind: str) -> None:
    waiter = WAITERS[kind]
    made_up = {"aws_access_key_id": "made-up", "aws_secret_access_key": "made-up"}
    client = Session().create_client(waiter.service, region_name="us-east-1", **made_up)
    operation = client.get_waiter(waiter.name).config.operation
    shape = client.meta.service_model.operation_model(operation).input_shape
    arguments = waiter.arguments(defaultdict(lambda: "some"))
    assert ParamValidator().validate(arguments, shape).generate_report() == ""


@pytest.mark.parametrize(
    ("before", "after", "own"),
    [
        ({"tags_all": OWN}, {"tags_all": OWN}, True),
        ({"tags_all": {}}, {"tags_all": {}}, False),
        ({"tags_all": {}}, {"tags_all": OWN}, False),
        ({}, {}, False),
        (None, {"tags_all": OWN}, False),
    ],
)
def test_only_what_carries_the_same_tags_is_own(before: Any, after: Any, own: bool) -> None:
    assert is_own({"before": before, "after": after}) is own
