"""The fake LLM beside a deployment: put there, told of, taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.operator.conftest import NAME, ZONE
from tests.support.aws_deployment import make_certificate, make_zone
from tests.support.aws_operator import Operator
from tests.support.aws_sim import AwsSim
from tests.support.container_images import need_tools
from tests.support.image_registry import LocalRegistry
from tests.support.left_deployment import image_of, leave_deployment, leave_state, make_network
from tests.support.terraform import required_mirror

RECORD = f"fake-llm.{ZONE}"
IMAGE = image_of(NAME)


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


@pytest.fixture
def operate(account: AwsSim, tmp_path: Path) -> Callable[..., Operator]:
    """An operator of a platform that was deployed into a network."""

    def make(network: dict[str, Any] | None, **variables: Any) -> Operator:
        leave_deployment(account, NAME, network)
        make_zone(account, ZONE)
        # What the platform has under the same names is not the fake LLM's.
        platforms = {
            "record_name": f"gateway.{ZONE}",
            "desired_capacity": 2,
            "vcpus": 4,
            "allowed_cidrs": ["0.0.0.0/0"],
        }
        return Operator(
            account, tmp_path, required_mirror(), "ECS", NAME, hosted_zone_name=ZONE, **{**platforms, **variables}
        )

    return make


@pytest.mark.slow
def test_it_comes_and_goes(account: AwsSim, operate: Callable[..., Operator]) -> None:
    network = make_network(account)
    operator = operate(
        network, load_test_image=f"{IMAGE}:1", load_test_certificate_arn=make_certificate(account, RECORD)
    )

    planned = operator.do("load-test", "--check", "--diff")
    assert "aws_ecs_service.this will be created" in planned.output
    assert services(account) == []

    there = operator.do("load-test")
    assert there.changed > 0
    [service] = services(account)
    assert (service["desiredCount"], service["launchType"]) == (3, "FARGATE")
    assert who_may_ask(account) == addresses(account, network["vpc_id"])
    [cluster] = account.client("ecs").list_tags_for_resource(resourceArn=service["clusterArn"])["tags"]
    assert cluster == {"key": "application", "value": NAME}
    assert overlay_in(there.output) == {
        "model_list": [
            {
                "model_name": "load-test",
                "litellm_params": {"model": "openai/demo", "api_base": f"https://{RECORD}/v1", "api_key": "none"},
            }
        ]
    }
    assert operator.do("load-test").changed == 0

    # It goes also when nothing of it is given any more, and the platform is gone before it.
    operator.set(load_test_image="", load_test_certificate_arn="")
    leave_state(account, NAME, "platform")
    operator.do("load-test", "-e", "load_test_state=absent")
    assert services(account) == []
    assert account.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert operator.do("load-test", "-e", "load_test_state=absent").changed == 0


def services(account: AwsSim) -> list[dict[str, Any]]:
    """Those that run; ECS remembers others for a while."""
    ecs = account.client("ecs")
    clusters = ecs.list_clusters()["clusterArns"]
    found = [(one, ecs.list_services(cluster=one)["serviceArns"]) for one in clusters]
    known = [ecs.describe_services(cluster=one, services=arns)["services"] for one, arns in found if arns]
    return [service for some in known for service in some if service["status"] == "ACTIVE"]


def who_may_ask(account: AwsSim) -> set[str]:
    """The networks that the load balancer takes connections from."""
    [balancer] = account.client("elbv2").describe_load_balancers()["LoadBalancers"]
    groups = account.client("ec2").describe_security_groups(GroupIds=balancer["SecurityGroups"])["SecurityGroups"]
    permissions = [permission for group in groups for permission in group["IpPermissions"]]
    return {one["CidrIp"] for permission in permissions for one in permission["IpRanges"]}


def addresses(account: AwsSim, vpc: str) -> set[str]:
    """Those of the NAT gateways, as networks."""
    gateways = account.client("ec2").describe_nat_gateways(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NatGateways"]
    found = {f"{one['PublicIp']}/32" for gateway in gateways for one in gateway["NatGatewayAddresses"]}
    assert len(found) == 2
    return found


def overlay_in(output: str) -> Any:
    """The overlay that is told to put into the inventory."""
    task = output[output.index("TASK [genai.gateway.load_test : Say how a model leads to it]") :]
    [_, shown, *_] = yaml.safe_load(task[task.index("    msg:") :].split("\n\n")[0])["msg"]
    return yaml.safe_load(shown)["litellm_config_overlay"]


@pytest.mark.slow
def test_an_image_that_is_not_given_is_built(account: AwsSim, operate: Callable[..., Operator]) -> None:
    need_tools()
    with LocalRegistry() as registry:
        operator = operate(
            make_network(account),
            load_test_certificate_arn=make_certificate(account, RECORD),
            container_image_registry_address=registry.address,
            container_image_tls_verify=False,
            container_image_base=f"{registry.address}/python@sha256:{64 * '0'}",
        )
        planned = operator.do("load-test", "--check", "--diff")
        asked = {path for _, path in registry.requests}
    assert re.search(rf'"?image"?\s+= "{re.escape(IMAGE)}:[^"]+"', planned.output)
    assert [path for path in asked if path.startswith(f"/v2/{NAME}/fake-llm/manifests/")]


def test_without_a_way_out_somebody_has_to_say_who_may_ask(account: AwsSim, operate: Callable[..., Operator]) -> None:
    operator = operate(
        make_network(account, nat=False),
        load_test_image=f"{IMAGE}:1",
        load_test_certificate_arn=make_certificate(account, RECORD),
    )
    refused = operator.run("load-test")
    assert refused.code == 2
    assert "load_test_allowed_cidrs" in refused.output


def test_it_does_not_stand_alone(account: AwsSim, operate: Callable[..., Operator]) -> None:
    operator = operate(None, load_test_certificate_arn=make_certificate(account, RECORD))
    refused = operator.run("load-test")
    assert refused.code == 2
    assert "run deploy.yml first" in refused.output


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"platform": "LOCAL"}, "ask for the model demo"),
        ({"hosted_zone_name": ""}, "load_test_hosted_zone_name"),
        ({}, "load_test_certificate_arn"),
        ({"load_test_state": "gone"}, "value of load_test_state must be one of: present, absent"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_asked(
    account: AwsSim, tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    operator = Operator(account, tmp_path, required_mirror(), "ECS", NAME, hosted_zone_name=ZONE)
    operator.set(**variables)
    refused = operator.run("load-test")
    assert refused.code == 2
    assert said in " ".join(refused.output.split())
