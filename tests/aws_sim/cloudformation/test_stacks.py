"""Stacks that refer to secrets, that fail, and that change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_sim.cloudformation.conftest import Secret, Stack


def _topic(name: str) -> dict[str, Any]:
    """A type that moto has, with a name that can be seen."""
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}


def _topics(clients: Callable[[str], Any], prefix: str) -> set[str]:
    arns = [topic["TopicArn"] for topic in clients("sns").list_topics()["Topics"]]
    return {arn.rpartition(":")[2] for arn in arns if arn.rpartition(":")[2].startswith(prefix)}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("{arn}", "b"),
        ("{arn}:SecretString", "b"),
        ("{name}:SecretString", "b"),
        ("{arn}:SecretString:::{first}", "a"),
        ("{arn}:SecretString::AWSPREVIOUS", "a"),
        ("{arn}-json:SecretString:member", "c"),
    ],
)
def test_a_reference_becomes_the_secret(
    clients: Callable[[str], Any], stack: Stack, name: str, reference: str, value: str
) -> None:
    secrets = clients("secretsmanager")
    secrets.create_secret(Name=f"{name}-json", SecretString='{"member": "c"}')
    arn = secrets.create_secret(Name=name, SecretString="a")["ARN"]
    first = secrets.list_secret_version_ids(SecretId=arn)["Versions"][0]["VersionId"]
    secrets.put_secret_value(SecretId=arn, SecretString="b")
    to_json = arn.rpartition("-")[0] + "-json"
    filled = reference.replace("{arn}-json", to_json).format(arn=arn, name=name, first=first)
    stack.create({"Topic": _topic(f"{name}-{{{{resolve:secretsmanager:{filled}}}}}")})
    assert _topics(clients, name) == {f"{name}-{value}"}


def test_the_template_keeps_the_reference(stack: Stack, secret: Secret, name: str) -> None:
    stack.create({"Topic": _topic(f"{name}-{secret.reference()}")})
    assert secret.reference() in stack.template
    assert secret.SECOND not in stack.template


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("none", "Secrets Manager can't find the specified secret. (Service: AWSSecretsManager;"),
        ("{arn}:SecretString:::none", "can't find the specified secret value for VersionId: none"),
        ("{arn}:SecretString:member", "Could not find a value associated with JSONKey in SecretString"),
    ],
)
def test_a_stack_without_its_secret_is_rolled_back(
    clients: Callable[[str], Any], stack: Stack, secret: Secret, name: str, reference: str, words: str
) -> None:
    broken = _topic(f"{{{{resolve:secretsmanager:{reference.format(arn=secret.arn)}}}}}")
    stack.create({"Good": _topic(name), "Broken": broken}, {"Arn": {"Value": {"Ref": "Broken"}}})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert words in stack.reasons["Broken"]
    assert (stack.outputs, _topics(clients, name), stack.tokens) == ({}, set(), {"create"})
    stack.delete()
    assert stack.is_gone()


def test_a_failed_update_is_rolled_back(clients: Callable[[str], Any], stack: Stack, secret: Secret, name: str) -> None:
    stack.create({"Topic": _topic(f"{name}-a")})
    before = stack.template
    broken = _topic(f"{name}-{{{{resolve:secretsmanager:none}}}}")
    stack.update({"New": _topic(f"{name}-new"), "Topic": broken})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "can't find" in stack.reasons["Topic"]
    assert (stack.template, _topics(clients, name)) == (before, {f"{name}-a"})
    stack.update({"Topic": _topic(f"{name}-a"), "New": _topic(f"{name}-new")})
    assert (stack.status, _topics(clients, name)) == ("UPDATE_COMPLETE", {f"{name}-a", f"{name}-new"})


@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_type_that_is_unknown_is_refused_at_once(stack: Stack, name: str, verb: str) -> None:
    if verb == "update":
        stack.create({"Topic": _topic(name)})
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Un::Known\]") as refused:
        getattr(stack, verb)({"A": {"Type": "AWS::Un::Known"}})
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert stack.is_gone() is (verb == "create")


def test_what_is_no_longer_in_the_template_is_removed(clients: Callable[[str], Any], stack: Stack, name: str) -> None:
    stack.create({"A": _topic(f"{name}-a"), "B": _topic(f"{name}-b")})
    stack.update({"B": _topic(f"{name}-b")})
    assert _topics(clients, name) == {f"{name}-b"}
