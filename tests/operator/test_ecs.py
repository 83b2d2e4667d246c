"""A deployment on ECS: planned, deployed, deployed again, updated, returned, repaired, undeployed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.operator.checks import no_secret_is_anywhere, nothing_is_there, the_config_in_use
from tests.support.aws_operator import COMMAND, PLAYBOOK, Operator, Tool
from tests.support.aws_sim import AwsSim

LOG = "LiteLLM: cannot parse the configuration"
# CI runs each platform with one of the tools; `make test-all` both with both.
TOOLS = [pytest.param(COMMAND, marks=pytest.mark.slow), pytest.param(PLAYBOOK, marks=pytest.mark.matrix)]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.program)
def test_a_deployment_lives_from_its_plan_to_its_end(
    account: AwsSim, operate: Callable[..., Operator], tool: Tool
) -> None:
    operator = operate("ECS", tool)

    planned = operator.do("deploy", "--check", "--diff")
    assert tool is COMMAND or "aws_ecs_service.this will be created" in planned.output
    nothing_is_there(account)

    assert operator.do("deploy").changed > 0
    assert operator.do("deploy").changed == 0
    first = _task_definition(account, operator)
    assert the_config_in_use(account, json.dumps(first))

    operator.set(litellm_config_overlay={"set": {"litellm_settings.num_retries": 7}})
    operator.do("update-config")
    second = _task_definition(account, operator)
    assert second["revision"] == first["revision"] + 1
    assert the_config_in_use(account, json.dumps(second))["litellm_settings"]["num_retries"] == 7

    account.tell("ecs/fail-new-tasks", container="litellm", exit_code=1, log=LOG)
    operator.set(litellm_config_overlay={"set": {"litellm_settings.num_retries": 8}})
    failed = operator.run("update-config")
    assert failed.code == tool.rolled_back, failed.output
    assert "did not become healthy; the previous one" in failed.output
    assert LOG in failed.output
    assert "Traceback" not in failed.output
    assert _task_definition(account, operator)["taskDefinitionArn"] == second["taskDefinitionArn"]

    account.tell("ecs/start-new-tasks")
    operator.do("update-config")
    third = _task_definition(account, operator)
    assert the_config_in_use(account, json.dumps(third))["litellm_settings"]["num_retries"] == 8
    assert operator.do("deploy").changed == 0

    operator.set(cpu_target_utilization_percent=60)
    assert '"changes": 1' in operator.do("status").output.replace("changes: 1", '"changes": 1')
    refused = operator.run("update-config")
    assert refused.code == tool.failed
    assert "More would change than was asked for" in refused.output
    assert "gateway.example.com" in operator.do("login").output

    no_secret_is_anywhere(operator, json.dumps([first, second, third], default=str))
    operator.do("undeploy", "-e", f"undeploy_confirm={operator.name}")
    assert account.client("rds").describe_db_snapshots()["DBSnapshots"]
    operator.do("undeploy", "-e", f"undeploy_confirm={operator.name}", "-e", "undeploy_foundation=delete",
                "-e", "undeploy_state_bucket=delete")  # fmt: skip
    nothing_is_there(account)


def _task_definition(account: AwsSim, operator: Operator) -> Any:
    ecs = account.client("ecs")
    [service] = ecs.describe_services(cluster=operator.name, services=[operator.name])["services"]
    return ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
