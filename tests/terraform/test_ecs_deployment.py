"""A deployment on ECS in the simulated account: applied, changed in place, destroyed; nothing secret is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_deployment import Deployment, make_certificate, make_zone
from tests.support.aws_deployment_checks import (
    nothing_is_left,
    nothing_secret_is_kept,
    nothing_would_change,
    secrets_have_their_form,
    the_price_counts_what_there_is,
)
from tests.support.aws_sim import AwsSim
from tests.support.terraform import required_mirror

pytestmark = pytest.mark.matrix

ZONE = "example.com"
RECORD = "gateway.example.com"


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def test_a_deployment_lives_from_its_first_apply_to_its_end(account: AwsSim, tmp_path: Path) -> None:
    zone = make_zone(account, ZONE)
    deployment = Deployment(
        account,
        tmp_path,
        required_mirror(),
        certificate_arn=make_certificate(account, RECORD),
        record_name=RECORD,
        hosted_zone_name=ZONE,
        provider_key_names=["OPENAI_API_KEY"],
        alarm_emails=["platform@example.com"],
        monthly_budget_usd=1000,
        disable_swagger_page=True,
    )
    foundation = deployment.found()
    root = deployment.platform("ecs", foundation)
    outputs = deployment.apply(root)
    assert outputs["url"] == f"https://{RECORD}"

    nothing_would_change(root)

    secrets_have_their_form(deployment)
    the_price_counts_what_there_is(deployment, "ecs")
    _the_record_leads_to_the_load_balancer(account, zone, outputs)
    _the_load_balancer_takes_encrypted_requests_only(account, outputs)
    _the_swagger_page_is_closed(account, outputs)
    _containers_get_secrets_by_reference(account, outputs)
    _the_database_is_guarded(account, deployment)
    _the_cache_is_guarded(account, deployment)

    before = _task_definition(account, outputs)
    deployment.apply(root, config_prefix="config/2", max_capacity=6)
    after = _task_definition(account, outputs)
    assert after["revision"] == before["revision"] + 1
    assert "/config/2" in json.dumps(after)
    assert _scaling(account, outputs)["MaxCapacity"] == 6

    nothing_secret_is_kept(deployment, [_task_definition(account, outputs)])
    deployment.destroy(root)
    deployment.destroy_foundation()
    nothing_is_left(deployment)
    assert "not implemented" not in account.output


def _the_record_leads_to_the_load_balancer(account: AwsSim, zone: str, outputs: dict[str, Any]) -> None:
    records = account.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    [record] = [record for record in records if record["Name"] == f"{RECORD}."]
    assert outputs["load_balancer"]["dns_name"] in record["AliasTarget"]["DNSName"]


def _the_load_balancer_takes_encrypted_requests_only(account: AwsSim, outputs: dict[str, Any]) -> None:
    elbv2 = account.client("elbv2")
    arn = outputs["load_balancer"]["arn"]
    listeners = {listener["Port"]: listener for listener in elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]}
    assert listeners.keys() == {80, 443}
    assert listeners[80]["DefaultActions"][0]["RedirectConfig"]["StatusCode"] == "HTTP_301"
    assert "TLS13" in listeners[443]["SslPolicy"]
    assert listeners[443]["DefaultActions"][0]["TargetGroupArn"] == outputs["load_balancer"]["target_group_arn"]
    described = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    attributes = {attribute["Key"]: attribute["Value"] for attribute in described}
    assert attributes["idle_timeout.timeout_seconds"] == "600"
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert attributes["access_logs.s3.enabled"] == "true"
    assert account.client("wafv2").get_web_acl_for_resource(ResourceArn=arn)["WebACL"]
    [group] = elbv2.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]
    assert (group["Port"], group["TargetType"]) == (3000, "ip")
    assert group["HealthCheckPath"] == "/bedrock/health/readiness"


def _the_swagger_page_is_closed(account: AwsSim, outputs: dict[str, Any]) -> None:
    elbv2 = account.client("elbv2")
    listeners = elbv2.describe_listeners(LoadBalancerArn=outputs["load_balancer"]["arn"])["Listeners"]
    [listener] = [listener["ListenerArn"] for listener in listeners if listener["Port"] == 443]
    rules = elbv2.describe_rules(ListenerArn=listener)["Rules"]
    closed = [
        path
        for rule in rules
        if rule["Actions"][0]["Type"] == "fixed-response"
        for condition in rule["Conditions"]
        for path in condition.get("PathPatternConfig", condition)["Values"]
    ]
    assert "/docs" in closed
    assert "/ui" not in closed


def _task_definition(account: AwsSim, outputs: dict[str, Any]) -> dict[str, Any]:
    ecs = account.client("ecs")
    workload = outputs["workload"]
    [service] = ecs.describe_services(cluster=workload["cluster_name"], services=[workload["service_name"]])["services"]
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert breaker == {"enable": True, "rollback": True}
    definition: dict[str, Any] = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])[
        "taskDefinition"
    ]
    return definition


def _scaling(account: AwsSim, outputs: dict[str, Any]) -> dict[str, Any]:
    [target] = account.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")[
        "ScalableTargets"
    ]
    assert outputs["workload"]["service_name"] in target["ResourceId"]
    return dict(target)


def _containers_get_secrets_by_reference(account: AwsSim, outputs: dict[str, Any]) -> None:
    definition = _task_definition(account, outputs)
    containers = {container["name"]: container for container in definition["containerDefinitions"]}
    assert containers.keys() == {"prepare", "litellm", "gateway"}
    given = {name: {secret["name"] for secret in container["secrets"]} for name, container in containers.items()}
    assert "OPENAI_API_KEY" in given["litellm"]
    assert "DATABASE_OWNER_URL" in given["prepare"]
    assert "DATABASE_OWNER_URL" not in given["litellm"] | given["gateway"]
    manager = account.client("secretsmanager")
    for container in containers.values():
        for secret in container["secrets"]:
            arn = ":".join(secret["valueFrom"].split(":")[:7])
            assert manager.describe_secret(SecretId=arn)["KmsKeyId"], secret


def _the_database_is_guarded(account: AwsSim, deployment: Deployment) -> None:
    rds = account.client("rds")
    [database] = rds.describe_db_instances()["DBInstances"]
    assert database["DBInstanceIdentifier"] == deployment.name
    assert database["MultiAZ"]
    assert database["StorageEncrypted"]
    assert not database["PubliclyAccessible"]
    parameters = rds.describe_db_parameters(
        DBParameterGroupName=database["DBParameterGroups"][0]["DBParameterGroupName"]
    )
    values = {parameter["ParameterName"]: parameter.get("ParameterValue") for parameter in parameters["Parameters"]}
    assert values["rds.force_ssl"] == "1"


def _the_cache_is_guarded(account: AwsSim, deployment: Deployment) -> None:
    elasticache = account.client("elasticache")
    [group] = elasticache.describe_replication_groups()["ReplicationGroups"]
    assert group["TransitEncryptionEnabled"]
    assert group["AtRestEncryptionEnabled"]
    assert group["UserGroupIds"]
    users = {user["UserName"]: user for user in elasticache.describe_users()["Users"]}
    assert users["default"]["AccessString"].startswith("off")
    assert users["gateway"]["Authentication"]["Type"] == "password"
