"""What the Terraform of a platform says, for those who use the platform, and what a rollout that failed is told as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError, environment, refusals
from ansible_collections.genai.gateway.plugins.module_utils.aws_platform import (
    aws_platform_outputs,
    images_to_destroy,
    rollout_failure,
)
from ansible_collections.genai.gateway.plugins.module_utils.planned_foundation import planned_foundation
from ansible_collections.genai.gateway.plugins.module_utils.terraform_variables import declared_variables
from botocore.exceptions import ClientError, EndpointConnectionError

TERRAFORM = Path(__file__).parents[2] / "terraform"
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
OUTPUTS: dict[str, Any] = {
    "url": "https://gateway.example.com",
    "secret_arns": {"master_key": "arn:aws:secretsmanager:us-east-1:111122223333:secret:gw/master-key"},
    "deployed": {
        "images": {"gateway": f"{REGISTRY}/gw/gateway:1.0-ab", "litellm": f"{REGISTRY}/gw/litellm@sha256:cd"},
        "config_prefix": "config/0123456789abcdef",
    },
}


def test_the_outputs_are_those_that_every_platform_has() -> None:
    told = aws_platform_outputs(OUTPUTS, "us-east-1")
    assert told == {
        "gateway_url": "https://gateway.example.com",
        "gateway_tls_url": "https://gateway.example.com",
        "gateway_ca": "",
        "master_key_secret_arn": OUTPUTS["secret_arns"]["master_key"],
        "region": "us-east-1",
        "versions": {"gateway": "gateway:1.0-ab", "litellm": "litellm@sha256:cd", "config": "config/0123456789abcdef"},
        "terraform": OUTPUTS,
    }


@pytest.mark.parametrize("deployed", [{}, {"deployed": None}])
def test_a_platform_whose_terraform_deploys_no_workload_says_no_versions(deployed: dict[str, Any]) -> None:
    outputs = {name: value for name, value in OUTPUTS.items() if name != "deployed"} | deployed
    assert aws_platform_outputs(outputs, "us-east-1")["versions"] == {}


@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_a_destroy_is_given_what_it_requires_and_nothing_that_there_is_not(platform: str) -> None:
    given = images_to_destroy(planned_foundation("gw", "111122223333", "us-east-1"))
    assert given["images"] == {"gateway": f"{REGISTRY}/gw/gateway:none", "litellm": f"{REGISTRY}/gw/litellm:none"}
    assert given["config_prefix"] == "config/none"
    declared = declared_variables(TERRAFORM / "platforms" / platform)
    of_the_inventory = {"aws_region", "foundation"}
    assert {name for name, has_default in declared.items() if not has_default} <= {*given, *of_the_inventory}
    assert set(given) <= set(declared)


def test_a_rollout_that_was_taken_back_says_what_serves_and_why() -> None:
    told = rollout_failure(
        {"msg": "terraform apply: Error: tasks"}, ["container litellm: exit code 1", "a"], "config/1"
    )
    assert told.splitlines() == [
        "The new version did not become healthy; the previous one (config/1) serves all requests.",
        "  container litellm: exit code 1",
        "  a",
        "Mend what is said above and run the same again.",
    ]


@pytest.mark.parametrize(
    ("failed", "reasons", "told"),
    [
        ({"msg": "terraform apply: no room\n"}, [], "terraform apply: no room"),
        ({"msg": "terraform apply: no room"}, ["task: stopped"], "terraform apply: no room\n  task: stopped"),
        ({}, [], "Terraform failed."),
        ({"msg": None}, [], "Terraform failed."),
    ],
)
def test_another_failure_is_told_as_it_is(failed: dict[str, Any], reasons: list[str], told: str) -> None:
    assert rollout_failure(failed, reasons, "") == told


def test_the_environment_names_what_is_given_and_nothing_else() -> None:
    assert environment("", "") == {}
    assert environment("eu-west-1") == {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
    assert environment("eu-west-1", "work")["AWS_PROFILE"] == "work"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ClientError({"Error": {"Code": "ExpiredTokenException", "Message": "x"}}, "Get"),
            "Cannot look: the credentials have expired. Get new ones and run the same again",
        ),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "User bob may not s3:Get"}}, "Get"),
            "Cannot look: it is not allowed. Ask for the permission: User bob may not s3:Get",
        ),
        (ClientError({"Error": {"Code": "Throttling", "Message": "slower"}}, "Get"), "Cannot look: Throttling: slower"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "Cannot look: Could not connect to the endpoint"),
    ],
)
def test_what_aws_refuses_is_told_in_words(error: Exception, told: str) -> None:
    with pytest.raises(AwsError) as raised, refusals("look"):
        raise error
    assert str(raised.value).startswith(told)


def test_what_is_no_answer_of_aws_is_left_alone() -> None:
    with pytest.raises(KeyError), refusals("look"):
        raise KeyError
