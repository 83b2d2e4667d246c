"""What goes wrong on the way leaves something that the next run repairs."""

from __future__ import annotations

import json
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from tests.operator.checks import no_secret_is_anywhere, nothing_is_there
from tests.support.aws_operator import COMMAND, Operator
from tests.support.aws_sim import AwsSim

WITHIN = 400.0
INTERRUPTED = 130


@pytest.mark.slow
def test_faults_on_the_way_are_repaired_by_the_next_run(account: AwsSim, operate: Callable[..., Operator]) -> None:
    operator = operate("ECS", COMMAND, terraform_stack_lock_timeout_seconds=1)

    _an_interrupted_run_releases_its_lock(account, operator)
    _a_request_was_cut_off_that_aws_had_answered(account, operator)
    _a_lock_of_another_is_respected_and_told_of(account, operator)
    _credentials_that_expire_lose_nothing(account, operator)

    operator.do("deploy")
    assert operator.do("deploy").changed == 0
    no_secret_is_anywhere(operator, operator.name)
    operator.do("undeploy", "-e", "undeploy_foundation=delete", "-e", "undeploy_state_bucket=delete")
    nothing_is_there(account)


def _an_interrupted_run_releases_its_lock(account: AwsSim, operator: Operator) -> None:
    process = operator.start(operator.command("deploy"))
    _wait_for(lambda: _vpcs(account), process)
    process.send_signal(signal.SIGINT)
    ended = operator.ended(process)
    assert ended.code == INTERRUPTED, ended.output
    assert _finished(ended.output)["status"] == "interrupted"
    assert list(_locks(account)) == []
    left = [each for each in psutil.process_iter(["cmdline"]) if str(operator.directory) in str(each.info["cmdline"])]
    assert [each for each in left if "terraform" in each.name()] == []


def _a_request_was_cut_off_that_aws_had_answered(account: AwsSim, operator: Operator) -> None:
    """The interruption can have done that by itself: which requests it met is a matter of milliseconds."""
    logs = account.client("logs")
    key = account.client("kms").describe_key(KeyId=f"alias/{operator.name}")["KeyMetadata"]["Arn"]
    for name in (f"/{operator.name}/ecs/gateway", f"/aws/elasticache/{operator.name}/slow"):
        if not logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
            logs.create_log_group(logGroupName=name, tags={"application": operator.name}, kmsKeyId=key)


def _a_lock_of_another_is_respected_and_told_of(account: AwsSim, operator: Operator) -> None:
    bucket = _state_bucket(account)
    lock = {
        "ID": str(uuid.uuid4()),
        "Operation": "OperationTypeApply",
        "Info": "",
        "Who": "ann@her-laptop",
        "Version": "1.11.4",
        "Created": "2026-01-01T00:00:00.0Z",
        "Path": f"{bucket}/platform.tfstate",
    }
    s3 = account.client("s3")
    s3.put_object(Bucket=bucket, Key="platform.tfstate.tflock", Body=json.dumps(lock).encode())
    vpcs = _vpcs(account)
    ended = operator.run("deploy")
    assert ended.code == 1, ended.output
    why = _finished(ended.output)["failed"]["why"]
    assert "ann@her-laptop" in why
    assert f"terraform_stack_force_unlock={lock['ID']}" in why
    assert _vpcs(account) == vpcs
    # Her run was killed, it turns out: the next one releases the lock.
    operator.set(terraform_stack_force_unlock=lock["ID"])


def _credentials_that_expire_lose_nothing(account: AwsSim, operator: Operator) -> None:
    process = operator.start(operator.command("deploy"))
    _wait_for(lambda: account.client("rds").describe_db_instances()["DBInstances"], process)
    account.tell("credentials/expire")
    ended = operator.ended(process)
    account.tell("credentials/renew")
    assert ended.code == 1, ended.output
    assert "credentials have expired" in _finished(ended.output)["failed"]["why"]
    operator.set(terraform_stack_force_unlock="")


def _finished(output: str) -> Any:
    return json.loads(output.splitlines()[-1])


def _wait_for(condition: Callable[[], Any], process: Any) -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _vpcs(account: AwsSim) -> list[str]:
    return [vpc["VpcId"] for vpc in account.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]


def _state_bucket(account: AwsSim) -> str:
    [bucket] = [one["Name"] for one in account.client("s3").list_buckets()["Buckets"] if "-state-" in one["Name"]]
    return str(bucket)


def _locks(account: AwsSim) -> Iterator[str]:
    for kept in account.client("s3").list_objects_v2(Bucket=_state_bucket(account)).get("Contents", []):
        if kept["Key"].endswith(".tflock"):
            yield kept["Key"]
