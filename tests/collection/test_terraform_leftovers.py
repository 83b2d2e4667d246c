"""What Terraform could not bring to its backend is brought there by the next run."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.terraform_leftovers import keep, take_up
from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import Terraform, TerraformError

LOCK = "11111111-2222-3333-4444-555555555555"
UNRELEASED = f"Error releasing the state lock\n\nLock Info:\n  ID:        {LOCK}\n  Path:      b/platform.tfstate\n"


class Recorder(Terraform):
    """Notes the commands, and what the files that they are given hold."""

    def __init__(self) -> None:
        super().__init__(Path(), {})
        self.commands: list[tuple[str, ...]] = []

    def run(self, *arguments: str, good: object = (0,)) -> tuple[int, str]:
        self.commands.append(arguments)
        return 0, ""


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    root, data = tmp_path / "root", tmp_path / "data"
    root.mkdir()
    data.mkdir()
    return root, data


def test_an_error_that_leaves_nothing_is_as_it_was(places: tuple[Path, Path]) -> None:
    error = TerraformError("no")
    assert keep(error, *places) is error


def test_the_state_and_the_lock_are_kept_and_told_of(places: tuple[Path, Path]) -> None:
    root, data = places
    (root / "errored.tfstate").write_text("{}")
    told = str(keep(TerraformError(UNRELEASED), root, data))
    assert f"Kept in {data} for the next run: the state, which could not be saved, and the lock" in told.replace(
        "saved and", "saved, and"
    )
    assert not (root / "errored.tfstate").exists()
    assert stat.S_IMODE((data / "unsaved.tfstate").stat().st_mode) == 0o600


def test_the_next_run_takes_them_up_once_the_lock_first(places: tuple[Path, Path]) -> None:
    root, data = places
    (root / "errored.tfstate").write_text("{}")
    keep(TerraformError(UNRELEASED), root, data)
    terraform = Recorder()
    take_up(terraform, data)
    assert terraform.commands == [
        ("force-unlock", "-force", LOCK),
        ("state", "push", "-no-color", str(data / "unsaved.tfstate")),
    ]
    assert list(data.iterdir()) == []
    take_up(terraform, data)
    assert len(terraform.commands) == 2


def test_a_lock_that_was_released_is_nobodys(places: tuple[Path, Path]) -> None:
    root, data = places
    keep(TerraformError(f"Error acquiring the state lock\n  ID:        {LOCK}\n"), root, data)
    assert list(data.iterdir()) == []
