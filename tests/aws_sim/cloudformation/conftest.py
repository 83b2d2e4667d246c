"""A stack of a test, and a secret to refer to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


class Stack:
    """The stack `name`, by boto3."""

    def __init__(self, cloudformation: Any, name: str) -> None:
        self.cloudformation = cloudformation
        self.name = name

    def create(self, resources: dict[str, Any], outputs: dict[str, Any] | None = None, **tags: str) -> None:
        self.cloudformation.create_stack(**self._asked(resources, outputs or {}, tags), ClientRequestToken="create")

    def update(self, resources: dict[str, Any], outputs: dict[str, Any] | None = None, **tags: str) -> None:
        self.cloudformation.update_stack(**self._asked(resources, outputs or {}, tags), ClientRequestToken="update")

    def delete(self) -> None:
        self.cloudformation.delete_stack(StackName=self.name)

    def _asked(self, resources: dict[str, Any], outputs: dict[str, Any], tags: dict[str, str]) -> dict[str, Any]:
        return {
            "StackName": self.name,
            "TemplateBody": json.dumps({"Resources": resources, "Outputs": outputs}),
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }

    @property
    def status(self) -> str:
        return str(self._described()["StackStatus"])

    @property
    def outputs(self) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self._described().get("Outputs", [])}

    @property
    def template(self) -> str:
        return json.dumps(self.cloudformation.get_template(StackName=self.name)["TemplateBody"])

    @property
    def reasons(self) -> dict[str, str]:
        """Of each resource that failed: why."""
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"] in ("CREATE_FAILED", "UPDATE_FAILED")]
        return {event["LogicalResourceId"]: event["ResourceStatusReason"] for event in failed}

    @property
    def tokens(self) -> set[str]:
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return {event["ClientRequestToken"] for event in events}

    def is_gone(self) -> bool:
        try:
            self._described()
        except ClientError as error:
            return "does not exist" in str(error)
        return False

    def _described(self) -> Any:
        [stack] = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        return stack


@pytest.fixture
def stack(clients: Callable[[str], Any], name: str) -> Stack:
    return Stack(clients("cloudformation"), name)


class Secret:
    """A secret with two versions."""

    FIRST, SECOND = "the-first-of-the-secrets", "the-second-of-the-secrets"

    def __init__(self, secretsmanager: Any, name: str) -> None:
        self.arn = secretsmanager.create_secret(Name=f"{name}/secret")["ARN"]
        first = secretsmanager.put_secret_value(SecretId=self.arn, SecretString=self.FIRST)
        second = secretsmanager.put_secret_value(SecretId=self.arn, SecretString=self.SECOND)
        self.first, self.second = first["VersionId"], second["VersionId"]

    def reference(self, version: str = "") -> str:
        """To a version by its id, or to the current one."""
        return f"{{{{resolve:secretsmanager:{self.arn}:SecretString:::{version}}}}}"


@pytest.fixture
def secret(clients: Callable[[str], Any], name: str) -> Secret:
    return Secret(clients("secretsmanager"), name)
