"""A check of a deploy on a machine where nothing is yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.local_stack import PORTS, free_ports, run_playbook


@pytest.mark.parametrize("database", ["postgres", "none"])
def test_a_check_comes_to_its_end_where_nothing_is(short_path: Path, database: str) -> None:
    directory = short_path / "local"
    variables = {"platform": "LOCAL", "local_dir": directory, "local_database": database, **free_ports(PORTS)}
    for _ in range(2):  # the second time, secrets are there
        run = run_playbook("deploy.yml", variables, "--check", "--diff")
        assert "Run the services" in run.output
        assert "Know what was deployed" in run.output  # of the last role
        assert run.changed > 4
        assert {path.name for path in directory.iterdir()} <= {"secrets"}
