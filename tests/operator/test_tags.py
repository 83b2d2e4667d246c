"""One step of a deployment at a time: each tag works alone, on what the steps that are left out have made before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.aws_operator import PLAYBOOK, Operator
from tests.support.aws_sim import AwsSim
from tests.support.local_stack import ANSIBLE


def _tags(*files: str) -> list[str]:
    """All tags of the tasks in these files of ansible/, in order."""
    documents = [yaml.safe_load(Path(ANSIBLE, file).read_text()) for file in files]
    tasks = [task for [*items] in documents for item in items for task in item.get("tasks", [item])]
    return [tag for tag in dict.fromkeys(tag for task in tasks for tag in task.get("tags", [])) if tag != "always"]


DEPLOY = _tags("deploy.yml", "tasks/aws.yml")
UPDATE = _tags("update_config.yml", "tasks/aws_config.yml")


# What only a step says that was not left out.
SAYS = {
    "litellm_config": "Put the configuration into its bucket",
    "state_bucket": "Make the bucket",
    "terraform_stack": "TASK [Know the foundation]",
    "secrets": "Keep the providers' keys",
    "platform": "genai.gateway.platform : Apply the platform",
    "verify": "Ask a model one question through each front end",
}


@pytest.mark.parametrize("file", ["tasks/aws.yml", "tasks/aws_config.yml"])
def test_every_role_has_a_tag_of_its_name(file: str) -> None:
    tasks: list[dict[str, Any]] = yaml.safe_load(Path(ANSIBLE, file).read_text())
    roles = [task["ansible.builtin.import_role"]["name"] for task in tasks if "ansible.builtin.import_role" in task]
    # The role deployment reads, and its tag is `always`.
    assert {role.rpartition(".")[2] for role in roles} - {"deployment"} <= set(DEPLOY)


@pytest.mark.matrix
def test_each_step_can_be_run_alone(account: AwsSim, operate: Callable[..., Operator]) -> None:
    operator = operate("ECS", PLAYBOOK)
    refused = operator.run("deploy", "--tags", "platform")
    assert refused.code == PLAYBOOK.failed
    assert f"There is no deployment {operator.name} in us-east-1" in refused.output

    # A first deploy in two parts: the second takes from the state what the first has left.
    operator.do("deploy", "--tags", "state_bucket,terraform_stack,litellm_config,secrets")
    operator.do("deploy", "--tags", "platform")
    for tag in DEPLOY:
        again = operator.do("deploy", "--tags", tag)
        assert again.changed == 0, f"{tag}: {again.output}"
        assert SAYS.get(tag, "") in again.output, f"{tag}: {again.output}"
    for tag in UPDATE:
        again = operator.do("update-config", "--tags", tag)
        assert again.changed == 0, f"{tag}: {again.output}"
        assert SAYS[tag] in again.output, f"{tag}: {again.output}"

    # Without images in the inventory, it is those that run which a step takes, and which the next step would build.
    file = operator.inventory / "group_vars/all/zz-test.yml"
    variables = yaml.safe_load(file.read_text())
    del variables["container_images"]
    file.write_text(yaml.safe_dump(variables))
    assert operator.do("deploy", "--tags", "platform").changed == 0
    builds = operator.run("deploy", "--tags", "container_image", "-e", "container_image_builder=docker")
    assert "Have each image in its repository" in builds.output
