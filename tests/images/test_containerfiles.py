"""The Containerfiles as a linter and as the task definition see them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ROOT / "collections/ansible_collections/genai/gateway/roles/container_image/files"
CONTAINERFILES = sorted(FILES.glob("*.Containerfile"))
# The user and the directories that the task definition counts on.
TASK = ROOT / "terraform/modules/ecs_service"


def names(path: Path) -> str:
    return path.name


def test_hadolint_has_nothing_to_say():
    done = subprocess.run(
        [Path(sys.executable).parent / "hadolint", "--failure-threshold", "style", *CONTAINERFILES],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("path", CONTAINERFILES, ids=names)
def test_nothing_runs_in_the_stage_that_is_the_image(path: Path):
    last = path.read_text().rpartition("\nFROM ")[2]
    assert "\nRUN " not in last, "it would need an emulator for another processor"


@pytest.mark.parametrize("path", CONTAINERFILES, ids=names)
def test_its_user_is_the_one_of_the_task_definition(path: Path):
    [user] = re.findall(r'user = "([\d:]+)"', (TASK / "task_definition.tf").read_text())
    assert f"\nUSER {user}\n" in path.read_text()


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (FILES / "gateway.Containerfile", "http://127.0.0.1:3000/bedrock/health/liveliness"),
        (FILES / "litellm.Containerfile", "http://127.0.0.1:4000/health/liveliness"),
        (FILES / "litellm-source.Containerfile", "http://127.0.0.1:4000/health/liveliness"),
    ],
    ids=["gateway", "litellm", "litellm-source"],
)
def test_its_health_check_asks_what_the_task_definition_asks(path: Path, address: str):
    assert address in path.read_text()
    assert address in (TASK / "containers.tf").read_text()


@pytest.mark.parametrize("path", [path for path in CONTAINERFILES if path.stem != "fake-llm"], ids=names)
def test_volumes_are_declared_after_their_owner_is_set(path: Path):
    text = path.read_text()
    assert 0 < text.index("--chown=10001:10001") < text.index('VOLUME ["/config", "/tmp"]')
