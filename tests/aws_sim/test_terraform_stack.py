"""A whole stack by Terraform: applied, planned again without a change, and destroyed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import terraform
from tests.support.aws_sim import AwsSim
from tests.support.terraform import Terraform

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent / "fixtures" / "stack"
# Most of what it does is to wait for what is done already.
PARALLEL = "-parallelism=30"


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def test_a_stack_applies_replans_clean_and_destroys(account: AwsSim, tmp_path: Path) -> None:
    name = f"stack-{uuid.uuid4().hex[:6]}"
    root = Terraform(ROOT, tmp_path / "root", account.environment(), terraform.required_mirror(), name=name)
    root.do("init", "-no-color")

    root.do("apply", "-auto-approve", "-no-color", PARALLEL)
    again = root.run("plan", "-detailed-exitcode", "-no-color", PARALLEL)
    assert again.returncode == 0, again.stdout
    _assert_secrets_are_not_kept(account, root, name)

    root.do("destroy", "-auto-approve", "-no-color", PARALLEL)
    assert "values" not in root.state()
    _assert_nothing_is_left(account, name)
    assert "not implemented" not in account.output


def _assert_secrets_are_not_kept(account: AwsSim, root: Terraform, name: str) -> None:
    password = account.client("secretsmanager").get_secret_value(SecretId=f"{name}/database")["SecretString"]
    assert len(password) == 40
    state = (root.directory / "terraform.tfstate").read_text()
    assert name in state
    assert password not in state


def _assert_nothing_is_left(account: AwsSim, name: str) -> None:
    assert account.client("eks").list_clusters()["clusters"] == []
    assert account.client("rds").describe_db_instances()["DBInstances"] == []
    assert account.client("elasticache").describe_replication_groups()["ReplicationGroups"] == []
    assert account.client("s3").list_buckets()["Buckets"] == []
    groups = account.client("ec2").describe_security_groups()["SecurityGroups"]
    assert {group["GroupName"] for group in groups} == {"default"}
