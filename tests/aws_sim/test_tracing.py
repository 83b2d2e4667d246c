"""What a trace shows, and what it never shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.aws_sim import AwsSim


def test_a_trace_names_the_action_and_its_fields(account: AwsSim, clients: Callable[[str], Any], name: str) -> None:
    clients("logs").create_log_group(logGroupName=name)
    [line] = account.lines_with(name)
    assert line.startswith("traced: 200 logs CreateLogGroup ")


def test_secrets_are_not_traced(account: AwsSim, clients: Callable[[str], Any], name: str) -> None:
    clients("secretsmanager").create_secret(Name=name, SecretString="hunter-of-secrets")
    clients("ssm").put_parameter(Name=name, Value="hunter-of-values", Type="SecureString")
    clients("rds").create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="owner",
        MasterUserPassword="hunter-of-passwords",
    )
    assert len(account.lines_with(name, count=3)) == 3
    assert "hunter" not in account.output
