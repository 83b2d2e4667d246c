"""Why new tasks failed is read from a simulated ECS: tasks, their logs, the service's events."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.ecs_failure import explain
from botocore import xform_name
from botocore.stub import Stubber

from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import REGION
from tests.support.module_runs import Answer, run_module

LOG = "LiteLLM: cannot parse the configuration"


@pytest.fixture(scope="module")
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


@dataclass(frozen=True)
class Service:
    """A service of ECS with a cluster of its own; both have its name."""

    account: AwsSim
    name: str

    def roll_out(self, *, logs: bool = True) -> None:
        """Give it a new task definition."""
        options = {"awslogs-group": f"/{self.name}", "awslogs-stream-prefix": "ecs", "awslogs-region": REGION}
        driver = {"logConfiguration": {"logDriver": "awslogs", "options": options}} if logs else {}
        containers = [{"name": name, "image": "i:2", "memory": 128, **driver} for name in ("litellm", "gateway")]
        ecs = self.account.client("ecs")
        ecs.register_task_definition(family=self.name, containerDefinitions=containers)
        ecs.update_service(cluster=self.name, service=self.name, taskDefinition=self.name)

    def ask(self, directory: Path, since: str, **arguments: str) -> Answer:
        """What the module says."""
        given = {"cluster": self.name, "service": self.name, "since": since, "region": REGION} | arguments
        return run_module("ecs_failure", directory, self.account.environment(), **given)


@pytest.fixture
def service(account: AwsSim) -> Service:
    name = f"t{uuid.uuid4().hex[:12]}"
    ecs = account.client("ecs")
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(family=name, containerDefinitions=[{"name": "litellm", "image": "i:1", "memory": 128}])
    ecs.create_service(cluster=name, serviceName=name, taskDefinition=name, desiredCount=2)
    account.client("logs").create_log_group(logGroupName=f"/{name}")
    return Service(account, name)


@pytest.fixture
def failing(account: AwsSim) -> Iterator[None]:
    """New tasks fail for as long as the test lasts."""
    account.tell("ecs/fail-new-tasks", container="litellm", exit_code=3, log=LOG)
    yield
    account.tell("ecs/start-new-tasks")


@pytest.fixture
def since() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=5)


@pytest.mark.usefixtures("failing")
def test_what_tasks_logs_and_events_say_is_told_in_this_order(
    service: Service, since: datetime, tmp_path: Path
) -> None:
    service.roll_out()
    answer = service.ask(tmp_path, since.isoformat())
    assert (answer["found"], answer["serving"], answer["changed"]) == (True, True, False)
    assert answer["reasons"][:3] == [
        "container litellm: exit code 3",
        "task: Essential container in task exited",
        f"litellm said: {LOG}",
    ]
    assert [reason.split(":")[0] for reason in answer["reasons"][3:]] == ["service", "service"]
    assert "deployment failed: tasks failed to start." in answer["reasons"][4]


@pytest.mark.usefixtures("failing")
def test_what_looks_like_a_secret_is_not_told(service: Service, since: datetime, tmp_path: Path) -> None:
    log = "Incorrect API key provided: sk-shown-shown; postgresql://litellm:shown@db/litellm"
    service.account.tell("ecs/fail-new-tasks", container="litellm", exit_code=3, log=log)
    service.roll_out()
    answer = service.ask(tmp_path, since.isoformat())
    hidden = "litellm said: Incorrect API key provided: sk-•••; postgresql://litellm:•••@db/litellm"
    assert hidden in answer["reasons"]


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize("hours", [-11, 0, 5])
def test_the_time_is_understood_in_every_zone(service: Service, since: datetime, tmp_path: Path, hours: int) -> None:
    service.roll_out()
    elsewhere = (since + timedelta(hours=hours)).replace(tzinfo=None).isoformat()
    zone = f"{hours:+03d}:00"
    assert service.ask(tmp_path, elsewhere + zone)["reasons"] != []
    later = (since + timedelta(hours=hours, minutes=10)).replace(tzinfo=None).isoformat()
    assert service.ask(tmp_path, later + zone)["reasons"] == []


@pytest.mark.usefixtures("failing")
def test_a_time_without_a_zone_is_utc_whatever_this_machine_has(
    service: Service, since: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.roll_out()
    given = {"cluster": service.name, "service": service.name, "region": REGION}
    environment = service.account.environment() | {"TZ": "Pacific/Kiritimati"}
    naive = since.replace(tzinfo=None)
    assert run_module("ecs_failure", tmp_path, environment, since=naive.isoformat(), **given)["reasons"] != []
    later = (naive + timedelta(minutes=10)).isoformat()
    assert run_module("ecs_failure", tmp_path, environment, since=later, **given)["reasons"] == []


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize("logs", [True, False], ids=["no stream", "no driver"])
def test_without_a_log_the_rest_is_told(service: Service, since: datetime, tmp_path: Path, logs: bool) -> None:
    service.account.tell("ecs/fail-new-tasks", container="litellm", exit_code=3, log="")
    service.roll_out(logs=logs)
    reasons = service.ask(tmp_path, since.isoformat())["reasons"]
    assert reasons[:2] == ["container litellm: exit code 3", "task: Essential container in task exited"]
    assert [reason for reason in reasons if "said" in reason] == []


@pytest.mark.usefixtures("failing")
def test_a_service_without_tasks_does_not_serve(service: Service, since: datetime, tmp_path: Path) -> None:
    service.account.client("ecs").update_service(cluster=service.name, service=service.name, desiredCount=0)
    service.roll_out()
    assert service.ask(tmp_path, since.isoformat())["serving"] is False


@pytest.mark.parametrize("missing", [{"cluster": "nowhere"}, {"service": "nowhere"}], ids=["cluster", "service"])
def test_where_there_is_no_service_that_is_told(
    service: Service, since: datetime, tmp_path: Path, missing: dict[str, str]
) -> None:
    answer = service.ask(tmp_path, since.isoformat(), **missing)
    assert (answer.failed, answer["found"], answer["serving"], answer["reasons"]) == (False, False, False, [])


def test_what_is_no_time_is_told(service: Service, tmp_path: Path) -> None:
    answer = service.ask(tmp_path, "yesterday")
    assert answer["msg"] == "since is a time such as 2026-01-01T00:00:00, not yesterday"


def test_a_container_of_aws_and_a_log_that_may_not_be_read_hide_nothing() -> None:
    """GuardDuty's agent is in a task and in no definition; the permission to read logs is one of its own."""
    driver = {"logDriver": "awslogs", "options": {"awslogs-group": "/g", "awslogs-stream-prefix": "p"}}
    ended = [{"name": "aws-guardduty-agent-abc", "exitCode": 137}, {"name": "litellm", "exitCode": 1}]
    task = {"taskArn": "arn:t/1", "taskDefinitionArn": "arn:d:1", "stoppedReason": "exited", "containers": ended}
    answers = {
        "ecs": {
            "DescribeServices": {"services": [{"status": "ACTIVE", "runningCount": 1}]},
            "ListTasks": {"taskArns": ["arn:t/1"]},
            "DescribeTasks": {"tasks": [task]},
            "DescribeTaskDefinition": {
                "taskDefinition": {"containerDefinitions": [{"name": "litellm", "logConfiguration": driver}]}
            },
        }
    }

    def clients(service: str) -> Any:
        made = boto3.client(service, REGION, aws_access_key_id="made-up", aws_secret_access_key="made-up")
        stubber = Stubber(made)
        for operation, answer in answers.get(service, {}).items():
            stubber.add_response(xform_name(operation), answer)
        if service == "logs":
            stubber.add_client_error("get_log_events", "AccessDeniedException")
        stubber.activate()
        return made

    failure = explain(clients, "c", "s", datetime.now(UTC))
    assert failure
    assert failure.reasons == [
        "container aws-guardduty-agent-abc: exit code 137",
        "container litellm: exit code 1",
        "task: exited",
        "litellm: its log cannot be read: AccessDeniedException",
    ]
