"""The preflight of a deploy on AWS as the playbook runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.aws_sim import AwsSim
from tests.support.local_stack import PlaybookFailedError, run_playbook

INVENTORY = ("-i", "../inventories/aws")
PREFLIGHT = """
- hosts: all
  gather_facts: false
  roles: [genai.gateway.preflight]
"""
MODELS = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.import_role: {name: genai.gateway.preflight, tasks_from: models}
"""


@pytest.fixture(scope="module")
def sim() -> Iterator[AwsSim]:
    with AwsSim() as sim:
        yield sim


@pytest.fixture
def play(tmp_path: Path) -> str:
    """A playbook of the preflight alone."""
    file = tmp_path / "preflight.yml"
    file.write_text(PREFLIGHT)
    return str(file)


@pytest.fixture
def in_account(sim: AwsSim, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in sim.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.mark.usefixtures("in_account")
def test_the_playbook_says_everything_at_once_and_no_secret(tmp_path: Path) -> None:
    keys = tmp_path / "keys.yml"
    keys.write_text("provider_keys: {OPENAI_API_KEY: '  sk-very-secret', XAI_API_KEY: changeme-now-please}\n")
    wrong = {
        "platform": "EKS",
        "vcpus": 3,
        "exposure": "private",
        "existing_vpc_id": "vpc-12345678",
        "existing_eks_cluster_name": "nobodys",
        "record_name": "gateway.nowhere.example",
        "hosted_zone_name": "nowhere.example",
        "okta_issuer": "https://127.0.0.1:1/oauth2/default",
    }
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook("deploy.yml", wrong, "-e", f"@{keys}", "-vv", "--tags", "preflight", *INVENTORY)
    said = str(failed.value)
    for expected in (
        "The deploy would fail, and nothing was changed:",
        "vcpus must be 1, 2, 4, 8 or 16",
        "certificate_arn is needed",
        "OPENAI_API_KEY begins or ends with white space",
        "okta_issuer: https://127.0.0.1:1/oauth2/default is not reached",
        "there is no VPC vpc-12345678 in us-east-1",
        "there is no cluster nobodys in us-east-1",
        "this account has no zone nowhere.example",
    ):
        assert expected in said
    assert "sk-very-secret" not in said
    assert "changeme-now-please" not in said


@pytest.mark.usefixtures("in_account")
@pytest.mark.parametrize("platform", ["ECS", "EKS"])
def test_the_playbook_has_nothing_against_a_deploy_that_can_succeed(platform: str) -> None:
    images = '{"container_images": {"gateway": "some", "litellm": "some"}}'
    variables = {"platform": platform, "exposure": "cloudfront"}
    run = run_playbook("deploy.yml", variables, "-e", images, "--tags", "preflight", *INVENTORY)
    assert "Find out everything that is in the way" in run.output
    assert run.changed == 0


@pytest.mark.usefixtures("in_account")
def test_credentials_that_end_before_a_deploy_does_are_refused(play: str, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=50)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "made-up-token")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", soon.isoformat())
    variables = {"platform": "ECS", "exposure": "cloudfront", "preflight_builds_images": "false"}
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook(play, variables, *INVENTORY)
    assert re.search(
        r"The credentials end in 4\d minutes \(at \d\d:\d\d UTC\), a deploy takes up to 60\.", str(failed.value)
    )
    assert "made-up-token" not in str(failed.value)
    run_playbook(play, variables | {"preflight_credentials_minutes": 30}, *INVENTORY)


@pytest.mark.usefixtures("in_account")
def test_credentials_that_have_ended_are_told(play: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "made-up-token")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T00:00:00+00:00")
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook(play, {"platform": "ECS", "exposure": "cloudfront"}, *INVENTORY)
    assert "The credentials of AWS have expired." in str(failed.value)
    assert "Nothing in AWS was looked at" in str(failed.value)


@pytest.mark.usefixtures("in_account")
def test_the_models_of_the_configuration_are_asked_for_afterwards(tmp_path: Path) -> None:
    """The simulated AWS lacks Bedrock's catalogue: that it was asked shows in the warning."""
    file, given = tmp_path / "models.yml", tmp_path / "given.yml"
    file.write_text(MODELS)
    text = "model_list: [{model_name: nova, litellm_params: {model: bedrock/amazon.nova-lite-v1:0}}]"
    given.write_text(f"litellm_config: {{text: '{text}'}}\n")
    asked = run_playbook(str(file), {"platform": "ECS"}, "-e", f"@{given}", *INVENTORY)
    assert "Cannot ask Bedrock about the models" in asked.output
    given.write_text("litellm_config: {text: 'model_list: []'}\n")
    without = run_playbook(str(file), {"platform": "ECS"}, "-e", f"@{given}", *INVENTORY)
    assert "Cannot ask Bedrock" not in without.output
    assert "Find out which models" not in run_playbook(str(file), {"platform": "LOCAL"}, *INVENTORY).output
