from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.aws_sim.conftest import Network
from tests.support.aws_sim import AwsSim

SETTINGS = {
    "healthCheckGracePeriodSeconds": 60,
    "enableExecuteCommand": True,
    "enableECSManagedTags": True,
    "availabilityZoneRebalancing": "ENABLED",
    "deploymentConfiguration": {
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
    },
}


@pytest.fixture
def ecs(clients: Callable[[str], Any], name: str) -> Any:
    client = clients("ecs")
    client.create_cluster(clusterName=name)
    client.register_task_definition(family=name, containerDefinitions=[{"name": "c", "image": "i", "memory": 128}])
    return client


def _create(ecs: Any, name: str, **settings: Any) -> Any:
    ecs.create_service(cluster=name, serviceName=name, taskDefinition=name, desiredCount=2, **settings)
    return _described(ecs, name)


def _described(ecs: Any, name: str) -> Any:
    [service] = ecs.describe_services(cluster=name, services=[name])["services"]
    return service


def test_a_service_keeps_its_settings(ecs: Any, name: str) -> None:
    service = _create(ecs, name, launchType="FARGATE", **SETTINGS)
    assert {setting: service[setting] for setting in SETTINGS} == SETTINGS
    assert service["launchType"] == "FARGATE"


def test_a_service_is_not_rebalanced_unless_it_is_asked_for(ecs: Any, name: str) -> None:
    assert _create(ecs, name)["availabilityZoneRebalancing"] == "DISABLED"


def test_a_service_with_capacity_providers_has_no_launch_type(ecs: Any, name: str) -> None:
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    service = _create(ecs, name, capacityProviderStrategy=strategy)
    assert service["capacityProviderStrategy"] == strategy
    assert "launchType" not in service


def test_a_service_is_steady_at_once(ecs: Any, name: str, network: Network) -> None:
    awsvpc = {"awsvpcConfiguration": {"subnets": network.subnets, "securityGroups": []}}
    connect = {"enabled": True, "namespace": name}
    service = _create(ecs, name, networkConfiguration=awsvpc, serviceConnectConfiguration=connect)
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    [deployment] = service["deployments"]
    assert (deployment["rolloutState"], deployment["runningCount"], deployment["failedTasks"]) == ("COMPLETED", 2, 0)
    assert deployment["serviceConnectConfiguration"] == connect


def test_a_changed_service_keeps_what_changed_and_is_steady_again(ecs: Any, name: str) -> None:
    _create(ecs, name, **SETTINGS)
    ecs.register_task_definition(family=name, containerDefinitions=[{"name": "c", "image": "i:2", "memory": 128}])
    ecs.update_service(
        cluster=name, service=name, taskDefinition=name, desiredCount=3, healthCheckGracePeriodSeconds=90
    )
    service = _described(ecs, name)
    assert (service["desiredCount"], service["runningCount"], service["healthCheckGracePeriodSeconds"]) == (3, 3, 90)
    [deployment] = service["deployments"]
    assert deployment["rolloutState"] == "COMPLETED"
    assert deployment["taskDefinition"].endswith(f"{name}:2")
    assert service["enableExecuteCommand"] is True


def test_new_tasks_that_fail_leave_the_service_with_the_old_ones(ecs: Any, name: str, account: AwsSim) -> None:
    group = f"/{name}"
    account.client("logs").create_log_group(logGroupName=group)
    options = {"awslogs-group": group, "awslogs-stream-prefix": "p", "awslogs-region": "us-east-1"}
    container = {"name": "litellm", "image": "i:2", "memory": 128}
    before = _create(ecs, name, **SETTINGS)["taskDefinition"]
    ecs.register_task_definition(
        family=name,
        containerDefinitions=[container | {"logConfiguration": {"logDriver": "awslogs", "options": options}}],
    )
    account.tell("ecs/fail-new-tasks", container="litellm", exit_code=3, log="bad configuration")
    try:
        ecs.update_service(cluster=name, service=name, taskDefinition=name)
    finally:
        account.tell("ecs/start-new-tasks")

    service = _described(ecs, name)
    assert (service["taskDefinition"], service["runningCount"]) == (before, 2)
    assert "deployment failed" in service["events"][1]["message"]
    [arn] = ecs.list_tasks(cluster=name, serviceName=name, desiredStatus="STOPPED")["taskArns"]
    [task] = ecs.describe_tasks(cluster=name, tasks=[arn])["tasks"]
    assert (task["lastStatus"], task["containers"][0]["exitCode"]) == ("STOPPED", 3)
    stream = f"p/litellm/{arn.rsplit('/', 1)[-1]}"
    events = account.client("logs").get_log_events(logGroupName=group, logStreamName=stream)["events"]
    assert [event["message"] for event in events] == ["bad configuration"]

    ecs.update_service(cluster=name, service=name, taskDefinition=name)
    assert _described(ecs, name)["taskDefinition"] == f"{before[: before.rindex(':')]}:2"
