"""The command line with the project's own playbook and platform LOCAL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.deployer.small_checkout import ROOT, json_lines
from tests.support.local_stack import free_ports


def command(short_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {"local_dir": short_path / "local", "local_database": "none", **free_ports()}
    words = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "deployer.cli", *arguments, *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "XDG_STATE_HOME": str(short_path), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_preflight_of_the_local_platform(short_path: Path) -> None:
    done = command(short_path, "deploy", "-i", "local", "--check", "--tags", "preflight")
    lines = json_lines(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line["step"] for line in lines if line["event"] == "step_started"] == ["preflight"]
    assert lines[-1]["status"] == "done"
    assert not (short_path / "local").exists()


def test_preflight_of_the_local_platform_refuses_a_port_that_is_none(short_path: Path) -> None:
    done = command(short_path, "deploy", "-i", "local", "-e", "local_okta_port=99999999", "-e", "local_okta=true")
    last = json_lines(done.stdout)[-1]
    assert (done.returncode, last["status"]) == (3, "refused"), done.stdout
    assert "local_okta_port" in last["failed"]["why"]
    assert not (short_path / "local").exists()
