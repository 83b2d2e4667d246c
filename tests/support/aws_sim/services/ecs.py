"""ECS: a service's settings, and that it gets steady."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse

from tests.support.aws_sim import ecs_rollouts as rollouts
from tests.support.aws_sim.patching import around, body, remember

# What moto keeps itself under another name or in another form, and what is no setting.
_KEPT_BY_MOTO = frozenset(
    {
        "cluster",
        "service",
        "serviceName",
        "taskDefinition",
        "clientToken",
        "tags",
        "loadBalancers",
        "networkConfiguration",
        "serviceConnectConfiguration",
        "role",
        "forceNewDeployment",
    }
)


@around(EC2ContainerServiceResponse)
def create_service(original: Callable[..., ActionResult], response: EC2ContainerServiceResponse) -> ActionResult:
    """moto drops most settings, and starts no task."""
    return _settled(original(response), body(response))


@around(EC2ContainerServiceResponse)
def update_service(original: Callable[..., ActionResult], response: EC2ContainerServiceResponse) -> ActionResult:
    """moto drops most settings, and the deployment keeps the task definition that it had."""
    given = body(response)
    fault = rollouts.current_fault()
    before = _task_definition(response, given) if fault else None
    answer = _settled(original(response), given)
    service: Any = answer.result["service"]  # type: ignore[index]  # ActionResult says object
    if fault and before and service.task_definition != before:
        rollouts.roll_back(service, fault, before, service.task_definition)
        for deployment in service.deployments:
            deployment.update(_completed(service))
    return answer


def _task_definition(response: EC2ContainerServiceResponse, given: dict[str, Any]) -> str:
    """The ARN of what the service runs before it is changed."""
    [service], _ = response.ecs_backend.describe_services(given.get("cluster", "default"), [given["service"]])
    return str(service.task_definition)


def _settled(answer: Any, given: dict[str, Any]) -> ActionResult:
    service = answer.result["service"]
    remember(service, given, overwrite=True, skip=_KEPT_BY_MOTO)
    if getattr(service, "capacity_provider_strategy", None):
        service.launch_type = None
    if not getattr(service, "availability_zone_rebalancing", None):
        service.availability_zone_rebalancing = "DISABLED"
    if service.task_definition:
        # It may have been named by its family.
        service.task_definition = service._backend.describe_task_definition(service.task_definition).arn
    service.running_count, service.pending_count = service.desired_count, 0
    del service.deployments[1:]
    for deployment in service.deployments:
        deployment.update(_completed(service), **_service_connect(given))
    return ActionResult({"service": service})


def _completed(service: Any) -> dict[str, Any]:
    """A deployment all of whose tasks run."""
    return {
        "runningCount": service.desired_count,
        "desiredCount": service.desired_count,
        "pendingCount": 0,
        "failedTasks": 0,
        "rolloutState": "COMPLETED",
        "launchType": service.launch_type,
        "taskDefinition": service.task_definition,
    }


def _service_connect(given: dict[str, Any]) -> dict[str, Any]:
    """The deployment is where describe answers it."""
    return {name: given[name] for name in ("serviceConnectConfiguration",) if given.get(name)}
