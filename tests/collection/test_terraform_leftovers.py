"""What Terraform could not bring to its backend is brought there by the next run."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.terraform_leftovers import keep, take_up
from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import (
    Lock,
    StateLockedError,
    Terraform,
    TerraformError,
)

LOCK = "11111111-2222-3333-4444-555555555555"
UNRELEASED = "Error releasing the state lock\n\nError message: failed to retrieve lock info"
HOUR = timedelta(hours=1)


class Recorder(Terraform):
    """Notes the commands. `lock`: held until it is released."""

    def __init__(self, lock: Lock | None = None) -> None:
        super().__init__(Path(), {})
        self.commands: list[tuple[str, ...]] = []
        self.pushed: list[str] = []
        self.lock = lock

    def run(self, *arguments: str, good: object = (0,)) -> tuple[int, str]:
        self.commands.append(arguments)
        if arguments[:2] == ("state", "push"):
            self.pushed.append(Path(arguments[-1]).read_text())
        if arguments[:2] == ("state", "push") and self.lock:
            raise StateLockedError("locked", self.lock)
        if arguments[0] == "force-unlock":
            assert self.lock
            assert arguments[-1] == self.lock.id
            self.lock = None
        return 0, '{"serial": 1}'


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    root, data = tmp_path / "root", tmp_path / "data"
    root.mkdir()
    data.mkdir()
    (root / "errored.tfstate").write_text("{}")
    return root, data


def test_an_error_that_leaves_nothing_is_as_it_was(places: tuple[Path, Path]) -> None:
    (places[0] / "errored.tfstate").unlink()
    error = TerraformError("no")
    assert keep(error, *places) is error


def test_the_state_and_the_lock_are_kept_and_told_of(places: tuple[Path, Path]) -> None:
    root, data = places
    told = str(keep(TerraformError(UNRELEASED), root, data))
    assert f"Kept in {data} for the next run: the state, which could not be saved, and that its lock" in told
    assert not (root / "errored.tfstate").exists()
    assert stat.S_IMODE((data / "unsaved.tfstate").stat().st_mode) == 0o600


def test_the_next_run_releases_the_lock_and_saves_the_state_once(places: tuple[Path, Path]) -> None:
    root, data = places
    keep(TerraformError(UNRELEASED), root, data)
    terraform = Recorder(Lock(LOCK, datetime.now(UTC) - HOUR))
    take_up(terraform, data)
    assert terraform.lock is None
    assert terraform.commands[-1] == ("state", "push", "-no-color", str(data / "unsaved.tfstate"))
    assert list(data.iterdir()) == []
    took = len(terraform.commands)
    take_up(terraform, data)
    assert len(terraform.commands) == took


def test_what_was_made_is_not_made_again(places: tuple[Path, Path]) -> None:
    root, data = places
    instances = [{"status": "tainted", "attributes": {"id": "db"}}, {"attributes": {"id": "vpc"}}]
    (root / "errored.tfstate").write_text(json.dumps({"serial": 7, "resources": [{"instances": instances}]}))
    keep(TerraformError("Error: Failed to save state"), root, data)
    terraform = Recorder()
    take_up(terraform, data)
    pushed = json.loads(terraform.pushed[-1])
    assert pushed == {"serial": 7, "resources": [{"instances": [{"attributes": {"id": "db"}}, instances[1]]}]}


def test_a_lock_that_was_taken_later_is_another_runs(places: tuple[Path, Path]) -> None:
    root, data = places
    keep(TerraformError(UNRELEASED), root, data)
    with pytest.raises(StateLockedError):
        take_up(Recorder(Lock(LOCK, datetime.now(UTC) + HOUR)), data)
    assert {file.name for file in data.iterdir()} == {"unsaved.tfstate", "unreleased-lock"}


def test_a_lock_that_somebody_released_is_no_longer_looked_for(places: tuple[Path, Path]) -> None:
    root, data = places
    keep(TerraformError(UNRELEASED), root, data)
    take_up(Recorder(), data)
    assert list(data.iterdir()) == []
