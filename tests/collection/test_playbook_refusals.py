"""What every playbook refuses before it does anything, in words and not in errors of templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.local_stack import ANSIBLE, PORTS, PlaybookFailedError, free_ports, run_playbook

# prerequisites.yml prepares a machine, whatever will be deployed from it.
PLAYBOOKS = sorted({file.name for file in ANSIBLE.glob("*.yml")} - {"prerequisites.yml"})


def _refusal(playbook: str, *arguments: str, **variables: object) -> str:
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook(playbook, variables, *arguments)
    # Long lines are wrapped.
    said = " ".join(str(failed.value).split())
    assert said.count("[ERROR]") == 1
    assert "changed=0" in said
    return said


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_platform_that_is_missing_or_none_is_told_with_those_there_are(playbook: str) -> None:
    assert "No platform is named. Platforms: LOCAL, ECS, EKS." in _refusal(playbook)
    assert "There is no platform XYZ. Platforms: LOCAL, ECS, EKS." in _refusal(playbook, platform="XYZ")


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_region_that_is_missing_is_told_with_where_it_belongs(playbook: str) -> None:
    assert "aws_region is needed: set it in group_vars/all" in _refusal(playbook, platform="ECS")


@pytest.mark.parametrize(
    ("playbook", "arguments"), [("status.yml", ()), ("login.yml", ()), ("deploy.yml", ("--tags", "verify"))]
)
def test_where_no_stack_is_there_is_nothing_to_tell_of(
    playbook: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    variables = {"platform": "LOCAL", "local_dir": tmp_path / "none", **free_ports(PORTS)}
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook(playbook, variables, *arguments)
    said = " ".join(str(failed.value).split())
    assert f"There is no stack in {tmp_path}/none: deploy it first" in said
    assert "lookup plugin" not in said
