"""Molecule's scenarios, each a test, so that they run beside each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SCENARIOS = sorted(file.parent.name for file in PROJECT.glob("molecule/*/molecule.yml"))
WITHIN = 1200.0  # seconds for one scenario


def test_every_scenario_is_found() -> None:
    directories = {path.name for path in (PROJECT / "molecule").iterdir() if path.is_dir()}
    assert set(SCENARIOS) == directories - {"common"}


@pytest.mark.molecule
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str) -> None:
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    # A session of its own, so that it can be ended whole.
    with subprocess.Popen(
        ["molecule", "test", "--scenario-name", scenario, "--no-shared-state"],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=WITHIN)
        except BaseException:  # its time is over, or somebody interrupts the tests
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 0, output
