"""A deployment behind CloudFront moves from ECS to EKS and back, and keeps what must not be lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_deployment import Deployment
from tests.support.aws_deployment_checks import nothing_is_left, nothing_secret_is_kept, nothing_would_change
from tests.support.aws_sim import AwsSim
from tests.support.terraform import required_mirror

pytestmark = pytest.mark.matrix


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def test_the_database_the_buckets_the_secrets_and_the_address_stay(account: AwsSim, tmp_path: Path) -> None:
    deployment = Deployment(account, tmp_path, required_mirror(), exposure="cloudfront", nat_gateways="one")
    foundation = deployment.found()
    ecs, eks = (deployment.platform(name, foundation) for name in ("ecs", "eks"))

    on_ecs = deployment.apply(ecs)
    assert on_ecs["url"].endswith(".cloudfront.net")
    _only_cloudfront_is_let_in(account, deployment, on_ecs)
    kept = _kept(account, deployment, on_ecs)

    on_eks = deployment.apply(eks)
    nothing_would_change(eks)
    assert _kept(account, deployment, on_eks) == kept
    ecs_client = account.client("ecs")
    clusters = ecs_client.describe_clusters(clusters=ecs_client.list_clusters()["clusterArns"])["clusters"]
    assert {cluster["status"] for cluster in clusters} <= {"INACTIVE"}
    _only_the_workload_reaches_the_database(account, on_eks)

    back = deployment.apply(ecs)
    nothing_would_change(ecs)
    assert _kept(account, deployment, back) == kept
    assert account.client("eks").list_clusters()["clusters"] == []
    _only_the_workload_reaches_the_database(account, back)

    nothing_secret_is_kept(deployment, [on_ecs, on_eks])
    deployment.destroy(ecs)
    deployment.destroy_foundation()
    nothing_is_left(deployment)
    assert account.client("cloudfront").list_distributions()["DistributionList"].get("Items", []) == []
    assert "not implemented" not in account.output


def _kept(account: AwsSim, deployment: Deployment, outputs: dict[str, Any]) -> dict[str, Any]:
    [database] = account.client("rds").describe_db_instances()["DBInstances"]
    return {
        "database": database["DbiResourceId"],
        "buckets": sorted(bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]),
        "secrets": deployment.secrets(),
        "url": outputs["url"],
        "load balancer": outputs["load_balancer"],
        "distribution": outputs["cloudfront_distribution_id"],
    }


def _only_cloudfront_is_let_in(account: AwsSim, deployment: Deployment, outputs: dict[str, Any]) -> None:
    """Without the header the load balancer refuses, and CloudFront sends it."""
    elbv2 = account.client("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal"
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert listener["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "403"
    rules = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    [forwards] = [rule for rule in rules if rule["Actions"][0]["Type"] == "forward"]
    [condition] = forwards["Conditions"]
    [secret] = [value for name, value in deployment.secrets().items() if "origin-header" in name]
    assert condition["HttpHeaderConfig"]["Values"] == [secret]

    distribution = account.client("cloudfront").get_distribution(Id=outputs["cloudfront_distribution_id"])[
        "Distribution"
    ]
    [origin] = distribution["DistributionConfig"]["Origins"]["Items"]
    [header] = origin["CustomHeaders"]["Items"]
    assert header == {"HeaderName": condition["HttpHeaderConfig"]["HttpHeaderName"], "HeaderValue": secret}


def _only_the_workload_reaches_the_database(account: AwsSim, outputs: dict[str, Any]) -> None:
    rules = account.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    [source] = [
        rule["ReferencedGroupInfo"]["GroupId"] for rule in rules if not rule["IsEgress"] and rule["FromPort"] == 5432
    ]
    assert source == outputs["workload"]["security_group_id"]
