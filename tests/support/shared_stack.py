"""One LOCAL stack for a whole test run, shared by the workers of pytest-xdist."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock

from tests.support.local_stack import LocalStack, free_ports

# Set by the process that runs the tests, inherited by its workers: a directory of this test run.
VARIABLE = "GENAI_GATEWAY_TEST_RUN"


def open_run() -> None:
    """Makes the directory of the test run. Called by the controller, before there are workers."""
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="run-")


def shared_stack() -> LocalStack:
    """The stack of this test run; whoever asks first deploys it, the others wait. Read-only for tests."""
    home = Path(os.environ[VARIABLE])
    ports_file = home / "ports.json"
    with FileLock(home / "lock"):
        if ports_file.exists():
            return LocalStack(home / "local", **json.loads(ports_file.read_text()))
        stack = LocalStack(home / "local", **free_ports())
        ports_file.write_text(json.dumps({name: port for name, port in stack.variables.items() if "_port" in name}))
        try:
            run = stack.deploy("-vvv")
        except BaseException:
            ports_file.unlink()
            stack.undeploy(local_data="delete")
            raise
        (home / "deploy.log").write_text(run.output)
        return stack


def deploy_output() -> str:
    """What the playbook said when it deployed the shared stack, most verbosely."""
    return Path(os.environ[VARIABLE], "deploy.log").read_text()


def close_run() -> None:
    """Removes the stack, whichever worker made it, and the directory of the run. Called when all workers have ended."""
    home = Path(os.environ.pop(VARIABLE))
    try:
        if (home / "local").exists():
            LocalStack(home / "local").undeploy(local_data="delete")
    finally:
        shutil.rmtree(home, ignore_errors=True)
