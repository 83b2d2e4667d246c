"""Rollouts of ECS that fail: new tasks stop, and the circuit breaker goes back to the task definition before."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.ecs.models import Task
from moto.logs.models import logs_backends

from tests.support.aws_sim.control import order


@dataclass(frozen=True)
class Fault:
    """How tasks of new task definitions stop: which container ends, with which code, and what it has said."""

    container: str
    exit_code: int
    log: str


_fault: list[Fault] = []


@order("ecs/fail-new-tasks")
def fail_new_tasks(container: str = "litellm", exit_code: int = 1, log: str = "") -> None:
    """From now on, tasks of another task definition than the service has stop at once."""
    _fault[:] = [Fault(container, exit_code, log)]


@order("ecs/start-new-tasks")
def start_new_tasks() -> None:
    """From now on, new tasks become healthy, as they do in the beginning."""
    _fault.clear()


def current_fault() -> Fault | None:
    """What happens to new tasks; None when they become healthy."""
    return _fault[0] if _fault else None


def roll_back(service: Any, fault: Fault, before: str, tried: str) -> None:
    """What is seen of a service after its new tasks failed.

    `before`, `tried`: ARNs of the task definitions that it goes back to, and that it had been given.
    """
    service.task_definition = before
    backend = service._backend
    definition = copy.copy(backend.describe_task_definition(tried))
    definition.network_mode = None  # or it would leave a network interface behind
    cluster = backend._get_cluster(service.cluster_name)
    task: Any = Task(cluster, definition, None, None, backend, group=f"service:{service.name}", launch_type="FARGATE")
    task.desired_status, task.status = "STOPPED", "STOPPED"
    task.stopped_at = datetime.now(UTC)
    task.stopped_reason = "Essential container in task exited"
    task.containers = [_stopped(one["name"], fault) for one in definition.container_definitions]
    backend.tasks.setdefault(cluster.name, {})[task.task_arn] = task
    _write_log(backend, definition, fault, task.id)
    number = f"ecs-svc/{int(time.time() * 1000)}"
    for message in (
        f"(service {service.name}) (deployment {number}) deployment failed: tasks failed to start.",
        f"(service {service.name}) rolling back to deployment {number}.",
    ):
        service.events.insert(0, {"id": number, "createdAt": datetime.now(UTC), "message": message})


def _stopped(container: str, fault: Fault) -> dict[str, Any]:
    ended = {"exitCode": fault.exit_code} if container == fault.container else {}
    return {"name": container, "lastStatus": "STOPPED", **ended}


def _write_log(backend: Any, definition: Any, fault: Fault, task: str) -> None:
    [container] = [one for one in definition.container_definitions if one["name"] == fault.container]
    options = container.get("logConfiguration", {}).get("options", {})
    logs = logs_backends[backend.account_id][backend.region_name]
    if options.get("awslogs-group") not in logs.groups or not fault.log:
        return
    stream = f"{options['awslogs-stream-prefix']}/{fault.container}/{task}"
    logs.create_log_stream(options["awslogs-group"], stream)
    event = {"timestamp": int(time.time() * 1000), "message": fault.log}
    logs.put_log_events(options["awslogs-group"], stream, [event])
