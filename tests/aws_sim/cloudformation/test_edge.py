"""A distribution with a secret header in front of a load balancer whose rule asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_sim.cloudformation.conftest import Secret, Stack
from tests.aws_sim.conftest import Network

HEADER = "X-Origin-Verify"
# CloudFront's own policies.
NO_CACHE, ALL_VIEWER = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "216adef6-5c7f-47e4-b989-5492eafa07d3"


@pytest.fixture
def cloudfront(clients: Callable[[str], Any]) -> Any:
    return clients("cloudfront")


@pytest.fixture
def listener(clients: Callable[[str], Any], network: Network, name: str) -> dict[str, str]:
    """A load balancer that answers 403, and the group that a rule forwards to."""
    elbv2 = clients("elbv2")
    [balancer] = elbv2.create_load_balancer(Name=name, Subnets=network.subnets)["LoadBalancers"]
    [group] = elbv2.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=network.vpc)["TargetGroups"]
    refused = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}
    [made] = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[refused]
    )["Listeners"]
    return {
        "balancer": balancer["LoadBalancerArn"],
        "listener": made["ListenerArn"],
        "group": group["TargetGroupArn"],
    }


def _rule(made: dict[str, str], value: str, priority: int = 100) -> dict[str, Any]:
    condition = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": HEADER, "Values": [value]}}
    properties = {
        "ListenerArn": made["listener"],
        "Priority": priority,
        "Conditions": [condition],
        "Actions": [{"Type": "forward", "TargetGroupArn": made["group"]}],
    }
    return {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": properties}


def _vpc_origin(name: str, balancer: str, **others: Any) -> dict[str, Any]:
    endpoint = {"Name": name, "Arn": balancer, "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
    properties = {"VpcOriginEndpointConfig": endpoint | others}
    return {"Type": "AWS::CloudFront::VpcOrigin", "Properties": properties}


def _distribution(value: str, vpc_origin: Any, comment: str = "") -> dict[str, Any]:
    origin = {
        "Id": "balancer",
        "DomainName": "internal-balancer.example.com",
        "VpcOriginConfig": {"VpcOriginId": vpc_origin, "OriginReadTimeout": 60},
        "OriginCustomHeaders": [{"HeaderName": HEADER, "HeaderValue": value}],
    }
    behaviour = {
        "TargetOriginId": "balancer",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD", "POST"],
        "CachedMethods": ["GET", "HEAD"],
        "Compress": False,
        "CachePolicyId": NO_CACHE,
        "OriginRequestPolicyId": ALL_VIEWER,
        "FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": {"Ref": "Function"}}],
    }
    config = {
        "Enabled": True,
        "Comment": comment,
        "IPV6Enabled": True,
        "HttpVersion": "http2and3",
        "Origins": [origin],
        "DefaultCacheBehavior": behaviour,
    }
    return {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}}


def _function(name: str, code: str = "function handler(event) {}") -> dict[str, Any]:
    properties = {
        "Name": name,
        "AutoPublish": True,
        "FunctionConfig": {"Comment": "of a test", "Runtime": "cloudfront-js-2.0"},
        "FunctionCode": code,
    }
    return {"Type": "AWS::CloudFront::Function", "Properties": properties}


def _template(name: str, made: dict[str, str], value: str, **others: Any) -> dict[str, Any]:
    return {
        "Distribution": _distribution(value, {"Ref": "Origin"}, **others),
        "Function": _function(name),
        "Origin": _vpc_origin(name, made["balancer"]),
        "Rule": _rule(made, value),
    }


OUTPUTS = {
    "Id": {"Value": {"Ref": "Distribution"}},
    "DomainName": {"Value": {"Fn::GetAtt": ["Distribution", "DomainName"]}},
    "Origin": {"Value": {"Fn::GetAtt": ["Origin", "Id"]}},
    "Function": {"Value": {"Fn::GetAtt": ["Function", "FunctionARN"]}},
}


def _rules(clients: Callable[[str], Any], made: dict[str, str]) -> list[Any]:
    rules = clients("elbv2").describe_rules(ListenerArn=made["listener"])["Rules"]
    return [rule for rule in rules if not rule["IsDefault"]]


def _config(cloudfront: Any, distribution_id: str) -> Any:
    return cloudfront.get_distribution(Id=distribution_id)["Distribution"]["DistributionConfig"]


def test_the_distribution_sends_the_secret_that_the_rule_asks_for(
    clients: Callable[[str], Any], cloudfront: Any, stack: Stack, secret: Secret, listener: dict[str, str], name: str
) -> None:
    stack.create(_template(name, listener, secret.reference()), OUTPUTS)
    assert stack.status == "CREATE_COMPLETE"
    config = _config(cloudfront, stack.outputs["Id"])
    [origin] = config["Origins"]["Items"]
    assert origin["CustomHeaders"]["Items"] == [{"HeaderName": HEADER, "HeaderValue": Secret.SECOND}]
    assert origin["VpcOriginConfig"] == {"VpcOriginId": stack.outputs["Origin"], "OriginReadTimeout": 60}
    behaviour = config["DefaultCacheBehavior"]
    assert behaviour["AllowedMethods"]["Items"] == ["GET", "HEAD", "POST"]
    assert behaviour["AllowedMethods"]["CachedMethods"]["Items"] == ["GET", "HEAD"]
    assert (behaviour["CachePolicyId"], behaviour["OriginRequestPolicyId"]) == (NO_CACHE, ALL_VIEWER)
    assert behaviour["FunctionAssociations"]["Items"][0]["FunctionARN"] == stack.outputs["Function"]
    assert (config["HttpVersion"], config["IsIPV6Enabled"]) == ("http2and3", True)
    [rule] = _rules(clients, listener)
    assert rule["Conditions"][0]["HttpHeaderConfig"] == {"HttpHeaderName": HEADER, "Values": [Secret.SECOND]}
    assert (rule["Priority"], rule["Actions"][0]["TargetGroupArn"]) == ("100", listener["group"])
    assert Secret.SECOND not in stack.template


def test_another_secret_changes_both_in_place(
    clients: Callable[[str], Any], cloudfront: Any, stack: Stack, secret: Secret, listener: dict[str, str], name: str
) -> None:
    stack.create(_template(name, listener, secret.reference(secret.first)), OUTPUTS)
    before, [rule] = stack.outputs, _rules(clients, listener)
    stack.update(_template(name, listener, secret.reference(secret.second), comment="new"), OUTPUTS)
    assert (stack.status, stack.outputs) == ("UPDATE_COMPLETE", before)
    config = _config(cloudfront, before["Id"])
    assert config["Origins"]["Items"][0]["CustomHeaders"]["Items"][0]["HeaderValue"] == Secret.SECOND
    assert config["Comment"] == "new"
    [changed] = _rules(clients, listener)
    assert changed["RuleArn"] == rule["RuleArn"]
    assert changed["Conditions"][0]["HttpHeaderConfig"]["Values"] == [Secret.SECOND]


def test_all_is_gone_with_the_stack(
    clients: Callable[[str], Any], cloudfront: Any, stack: Stack, secret: Secret, listener: dict[str, str], name: str
) -> None:
    stack.create(_template(name, listener, secret.reference()), OUTPUTS)
    outputs = stack.outputs
    stack.delete()
    assert (stack.is_gone(), _rules(clients, listener)) == (True, [])
    with pytest.raises(ClientError, match="NoSuchDistribution"):
        cloudfront.get_distribution(Id=outputs["Id"])
    with pytest.raises(ClientError, match="EntityNotFound"):
        cloudfront.get_vpc_origin(Id=outputs["Origin"])
    with pytest.raises(ClientError, match="NoSuchFunctionExists"):
        cloudfront.describe_function(Name=name)


def test_a_rule_is_moved_to_another_priority(
    clients: Callable[[str], Any], stack: Stack, listener: dict[str, str]
) -> None:
    stack.create({"Rule": _rule(listener, "a")})
    [before] = _rules(clients, listener)
    stack.update({"Rule": _rule(listener, "a", priority=50)})
    [after] = _rules(clients, listener)
    assert (after["RuleArn"], after["Priority"]) == (before["RuleArn"], "50")


def test_a_rule_for_another_listener_is_another_rule(
    clients: Callable[[str], Any], stack: Stack, listener: dict[str, str]
) -> None:
    refused = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}
    [other] = clients("elbv2").create_listener(
        LoadBalancerArn=listener["balancer"], Protocol="HTTP", Port=81, DefaultActions=[refused]
    )["Listeners"]
    moved = listener | {"listener": other["ListenerArn"]}
    stack.create({"Rule": _rule(listener, "a")})
    stack.update({"Rule": _rule(moved, "a")})
    assert (len(_rules(clients, listener)), len(_rules(clients, moved))) == (0, 1)


@pytest.mark.parametrize("change", ["tags", "endpoint"])
def test_a_vpc_origin_in_use_cannot_be_changed(
    stack: Stack, secret: Secret, listener: dict[str, str], name: str, change: str
) -> None:
    """Not even its tags, which are its stack's."""
    template = _template(name, listener, secret.reference())
    stack.create(template, OUTPUTS, owner="a")
    if change == "endpoint":
        template["Origin"] = _vpc_origin(name, listener["balancer"], OriginProtocolPolicy="https-only")
    stack.update(template, OUTPUTS, owner="b" if change == "tags" else "a")
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "currently associated with one or more distributions" in stack.reasons["Origin"]


def test_a_vpc_origin_is_exchanged_by_one_of_another_name_in_the_template(
    cloudfront: Any, stack: Stack, secret: Secret, listener: dict[str, str], name: str
) -> None:
    stack.create(_template(name, listener, secret.reference()), OUTPUTS)
    old = stack.outputs["Origin"]
    moved = json.loads(json.dumps(_template(name, listener, secret.reference())).replace('"Origin"', '"Other"'))
    stack.update(moved, json.loads(json.dumps(OUTPUTS).replace('["Origin"', '["Other"')))
    assert stack.status == "UPDATE_COMPLETE"
    [origin] = _config(cloudfront, stack.outputs["Id"])["Origins"]["Items"]
    assert origin["VpcOriginConfig"]["VpcOriginId"] == stack.outputs["Origin"] != old
    with pytest.raises(ClientError, match="EntityNotFound"):
        cloudfront.get_vpc_origin(Id=old)


def test_a_function_is_published_and_changed(cloudfront: Any, stack: Stack, name: str) -> None:
    stack.create({"Function": _function(name)})
    assert cloudfront.describe_function(Name=name)["FunctionSummary"]["FunctionMetadata"]["Stage"] == "LIVE"
    stack.update({"Function": _function(name, code="// new")})
    assert cloudfront.get_function(Name=name)["FunctionCode"].read() == b"// new"


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        (_distribution("a", "vo_none"), "The specified VPC origin does not exist"),
        ({"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Colour": 1}}}, "[Colour]"),
        ({"Type": "AWS::CloudFront::VpcOrigin", "Properties": {"Colour": 1}}, "extraneous key [Colour]"),
    ],
)
def test_what_cloudfront_would_refuse_is_refused(stack: Stack, name: str, resource: dict[str, Any], words: str) -> None:
    stack.create({"Function": _function(name), "Refused": resource})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert words in stack.reasons["Refused"]
