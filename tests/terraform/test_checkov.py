"""What an auditor would object to in the Terraform code: nothing that is not argued in place."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TREE = Path(__file__).parents[2] / "terraform"
CHECKOV = Path(sys.prefix) / "checkov" / "bin" / "checkov"
MISSING = f"There is no {CHECKOV}; make it by `make {Path(sys.prefix).name}/checkov/.installed`."


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not CHECKOV.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    done = subprocess.run(
        [CHECKOV, "--directory", TREE, "--framework", "terraform", "--skip-download", "--output", "json", "--quiet"],
        capture_output=True,
        text=True,
        # It writes into the home directory, which is neither anybody's nor the tree.
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path_factory.mktemp("home")),
            "LOG_LEVEL": "ERROR",
            "NO_PROXY": "*",
        },
    )
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_there_is_no_objection(results: dict[str, Any]) -> None:
    failed = [f"{one['check_id']} {one['resource']} {one['check_name']}" for one in results["results"]["failed_checks"]]
    assert not failed
    assert results["summary"]["parsing_errors"] == 0
    assert results["summary"]["resource_count"] > 200


def test_every_skip_has_a_reason() -> None:
    skips = [line for file in TREE.rglob("*.tf") for line in file.read_text().splitlines() if "checkov:skip" in line]
    assert len(skips) > 10
    for skip in skips:
        assert re.fullmatch(r"\s*#checkov:skip=CKV2?_AWS_\d+:\S.{20,}", skip), skip
