"""A checkout with small playbooks, and the command line run on it as an operator does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
SECONDS = 60
HOSTS = {
    "all": {
        "hosts": {
            "localhost": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        }
    }
}
Task = dict[str, Any]


def say(text: str) -> Task:
    """A task that says something."""
    return {"name": f"Say {text}", "ansible.builtin.debug": {"msg": text}}


def fail(message: str) -> Task:
    """A task that fails with a message."""
    return {"name": "Fail", "ansible.builtin.fail": {"msg": message}}


def shell(script: str) -> Task:
    """A task that changes something by a shell script."""
    return {"name": "Run a script", "ansible.builtin.shell": {"cmd": script}}


def report(**data: object) -> Task:
    """A task that reports to the command line."""
    return {"name": "Report", "ansible.builtin.set_stats": {"data": data, "aggregate": False, "per_host": False}}


class SmallCheckout:
    """A checkout in `root`, with an inventory `local`, and a state directory beside it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "checkout"
        self.state = root / "state"
        self.temporary = root / "tmp"
        self.temporary.mkdir(parents=True)
        (self.root / "ansible").mkdir(parents=True)
        (self.root / "ansible" / "ansible.cfg").write_text("[defaults]\nlocalhost_warning = false\n")
        self.playbook("deploy", {"preflight": [say("hello")]})
        self.inventory("local", platform="LOCAL")

    def inventory(self, name: str, **variables: object) -> Path:
        """Makes an inventory of a name."""
        directory = self.root / "inventories" / name
        (directory / "group_vars" / "all").mkdir(parents=True, exist_ok=True)
        (directory / "hosts.yml").write_text(yaml.safe_dump(HOSTS))
        (directory / "group_vars" / "all" / "main.yml").write_text(yaml.safe_dump(variables))
        return directory

    def role(self, name: str, tasks: list[Task], entry: str = "main") -> None:
        """Makes a role, or one more file of its tasks."""
        directory = self.root / "ansible" / "roles" / name / "tasks"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{entry}.yml").write_text(yaml.safe_dump(tasks, sort_keys=False))

    def playbook(self, name: str, roles: Mapping[str, list[Task]], tasks: list[Task] | None = None) -> None:
        """Makes a playbook of these roles, and tasks of its own."""
        for role, lines in roles.items():
            self.role(role, lines)
        play = {
            "name": "Test",
            "hosts": "all",
            "gather_facts": False,
            "any_errors_fatal": True,
            "roles": [{"role": role, "tags": [role]} for role in roles],
            "tasks": tasks or [],
        }
        (self.root / "ansible" / f"{name}.yml").write_text(yaml.safe_dump([play], sort_keys=False))

    def environment(self, **more: str) -> dict[str, str]:
        """The operator's environment: programs of the virtual environment are not on PATH."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "AWS_"))}
        return inherited | {
            "XDG_STATE_HOME": str(self.state),
            "TMPDIR": str(self.temporary),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "120",
            **more,
        }

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Starts the command line in the checkout."""
        return subprocess.Popen(
            [sys.executable, "-m", "deployer.cli", *arguments],
            cwd=self.root,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs the command line in the checkout to its end."""
        process = self.start(*arguments, **environment)
        try:
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def logs(self) -> list[dict[str, Any]]:
        """The run logs, the oldest first."""
        return [json.loads(file.read_text()) for file in sorted((self.state / "genai-gateway" / "runs").glob("*"))]

    def leftovers(self) -> list[Path]:
        """What runs left in the directory for temporary files."""
        return [file for file in self.temporary.rglob("*") if "genai-gateway" in str(file.relative_to(self.temporary))]


def json_lines(text: str) -> list[dict[str, Any]]:
    """The objects of JSON mode. Raises where a line is none."""
    return [json.loads(line) for line in text.splitlines()]
