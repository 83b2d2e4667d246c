"""What is planned on before there is a foundation is what Terraform makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.planned_foundation import planned_foundation

from tests.support.aws_deployment import Deployment
from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import ACCOUNT, REGION
from tests.support.terraform import required_mirror


@pytest.fixture
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


def without_ids(foundation: Any) -> Any:
    """A foundation without the ids that are chosen when it is made: of the key, and at the end of a secret's ARN."""
    arn = re.sub(r"(/provider-keys)-[^/]+$", r"\1-ID", foundation["provider_keys_secret_arn"])
    key = re.sub(r"/[0-9a-f-]{36}$", "/ID", foundation["kms_key_arn"])
    return {**foundation, "provider_keys_secret_arn": arn, "kms_key_arn": key}


@pytest.mark.slow
def test_the_planned_foundation_is_that_of_terraform(account: AwsSim, tmp_path: Path) -> None:
    deployment = Deployment(account, tmp_path, required_mirror())
    made = deployment.found()["foundation"]
    assert without_ids(planned_foundation(deployment.name, ACCOUNT, REGION)) == without_ids(made)


def test_in_china_names_end_as_they_do_there() -> None:
    planned = planned_foundation("gw", "111122223333", "cn-north-1", "aws-cn")
    assert planned["repository_urls"]["gateway"] == "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/gw/gateway"
    assert planned["kms_key_arn"].startswith("arn:aws-cn:kms:cn-north-1:111122223333:key/")
