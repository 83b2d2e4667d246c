"""Why the new tasks of an ECS service did not become healthy, and whether the old ones serve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ansible_collections.genai.gateway.plugins.module_utils.secret_shapes import without_secrets

EVENTS = 5
TASKS = 3
LOG_LINES = 10


class Clients(Protocol):
    """boto3's clients by the name of a service: ecs, logs."""

    def __call__(self, service: str) -> Any:
        """The client."""


@dataclass(frozen=True)
class Failure:
    """`reasons`: what the tasks, the service and the logs say, most telling first, without what looks like a secret.

    `serving`: whether tasks run.
    """

    reasons: list[str]
    serving: bool


def explain(clients: Clients, cluster: str, service: str, since: datetime) -> Failure | None:
    """What is known of the failure, from events and tasks that are younger than `since`; None without a service."""
    ecs = clients("ecs")
    try:
        found = ecs.describe_services(cluster=cluster, services=[service])["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return None
    if not found or found[0]["status"] == "INACTIVE":
        return None
    tasks = _stopped_tasks(ecs, cluster, service, since)
    reasons = [*_of_tasks(tasks), *_of_logs(clients("logs"), ecs, tasks), *_of_events(found[0], since)]
    return Failure(list(dict.fromkeys(map(without_secrets, reasons))), found[0]["runningCount"] > 0)


def _stopped_tasks(ecs: Any, cluster: str, service: str, since: datetime) -> list[dict[str, Any]]:
    arns = ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns[:100])["tasks"] if arns else []
    young = [task for task in tasks if task.get("stoppedAt", since) >= since]
    return sorted(young, key=lambda task: task.get("stoppedAt", since), reverse=True)[:TASKS]


def _of_tasks(tasks: list[dict[str, Any]]) -> Iterator[str]:
    for task in tasks:
        for container in task.get("containers", []):
            said = container.get("reason") or ""
            code = container.get("exitCode")
            if said or code:
                ended = f"exit code {code}" if code is not None else "never started"
                yield f"container {container['name']}: {ended}{': ' if said else ''}{said}"
        if task.get("stoppedReason"):
            yield f"task: {task['stoppedReason']}"


def _of_logs(logs: Any, ecs: Any, tasks: list[dict[str, Any]]) -> Iterator[str]:
    """The last lines of each container that ended by itself."""
    for task in tasks[:1]:
        definition = ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
        options = {one["name"]: one.get("logConfiguration", {}) for one in definition["containerDefinitions"]}
        for container in task.get("containers", []):
            # AWS puts containers of its own beside them, such as GuardDuty's, which no definition has.
            if container.get("exitCode") and container["name"] in options:
                yield from _last_lines(logs, options[container["name"]], container["name"], task["taskArn"])


def _last_lines(logs: Any, configuration: dict[str, Any], container: str, task: str) -> Iterator[str]:
    options = configuration.get("options", {})
    if configuration.get("logDriver") != "awslogs" or "awslogs-stream-prefix" not in options:
        return
    stream = f"{options['awslogs-stream-prefix']}/{container}/{task.rsplit('/', 1)[-1]}"
    asked = {"logGroupName": options["awslogs-group"], "logStreamName": stream, "limit": LOG_LINES}
    try:
        events = logs.get_log_events(**asked, startFromHead=False)["events"]
    except logs.exceptions.ResourceNotFoundException:
        return
    except logs.exceptions.ClientError as error:
        # What the tasks say is known all the same.
        yield f"{container}: its log cannot be read: {error.response['Error']['Code']}"
        return
    for event in events:
        yield f"{container} said: {event['message'].strip()}"


def _of_events(service: dict[str, Any], since: datetime) -> Iterator[str]:
    for event in service.get("events", [])[:EVENTS]:
        if event["createdAt"] >= since:
            yield f"service: {event['message']}"
