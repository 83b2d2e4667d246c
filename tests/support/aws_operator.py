"""An operator of a deployment in a simulated account: an inventory, and playbooks run from ansible/."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.aws_deployment import TREE
from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import ACCOUNT, REGION
from tests.support.local_stack import ANSIBLE, CHECKOUT
from tests.support.terraform import write_cli_config

INVENTORY = CHECKOUT / "inventories" / "aws"
_REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
WITHIN = 1500.0  # seconds for one playbook
_NOT_SOURCES = shutil.ignore_patterns(".terraform*", "*.tfstate*", "__pycache__")
# The simulator has one address for all buckets, and no global service of STS that Terraform would ask.
_BACKEND = {"use_path_style": "true", "skip_requesting_account_id": "true"}


@dataclass(frozen=True)
class Ended:
    """A run that ended, well or not: its output, exit code, and how many tasks changed something."""

    output: str
    code: int
    changed: int


@dataclass(frozen=True)
class Tool:
    """A program that deploys: what it is called with, and what its exit codes and its output say."""

    program: str
    words: Callable[[str], list[str]]
    changed: Callable[[str], int]
    failed: int
    rolled_back: int


def _changed_of_playbook(output: str) -> int:
    found = re.findall(r"changed=(\d+)", output)
    return int(found[-1]) if found else 0


def _changed_of_command(output: str) -> int:
    finished = [json.loads(line) for line in output.splitlines() if line.startswith('{"event": "finished"')]
    return int(finished[-1]["changed"]) if finished else 0


PLAYBOOK = Tool("ansible-playbook", lambda name: [f"{name.replace('-', '_')}.yml"], _changed_of_playbook, 2, 2)
COMMAND = Tool(
    "genai-gateway",
    lambda name: [name, "--json", *(["--yes"] if name == "undeploy" else [])],
    _changed_of_command,
    1,
    4,
)


class Operator:
    """Deploys on an account with a tool. `variables`: of the inventory, beside the defaults of inventories/aws.

    `secrets`: variables that are kept in ansible-vault.
    """

    def __init__(
        self,
        account: AwsSim,
        directory: Path,
        mirror: Path,
        platform: str,
        name: str,
        *,
        tool: Tool = PLAYBOOK,
        secrets: Mapping[str, Any] | None = None,
        **variables: Any,
    ) -> None:
        self.account = account
        self.name = name
        self.tool = tool
        self.directory = directory
        self.inventory = directory / "inventory"
        self.said: list[str] = []
        shutil.copytree(INVENTORY, self.inventory)
        tree = directory / "terraform"
        shutil.copytree(TREE, tree, symlinks=True, ignore=_NOT_SOURCES)
        config = write_cli_config(directory, mirror)
        self._env = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG", "LC_ALL") if name in os.environ}
        self._env |= {
            **account.environment(),
            # The environment's programs are not on PATH: nothing may depend on that.
            "PATH": os.pathsep.join([str(directory / "bin"), *_paths()]),
            "TF_CLI_CONFIG_FILE": str(config),
            "ANSIBLE_FORCE_COLOR": "0",
            "XDG_STATE_HOME": str(directory / "state-home"),
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self._keep("vault-password", "made-up\n")),
        }
        given = {
            "platform": platform,
            "deployment_name": self.name,
            "aws_region": REGION,
            "terraform_stack_tree": str(tree),
            "terraform_stack_data_dir": str(directory / "terraform-data"),
            "terraform_stack_backend": _BACKEND,
            "terraform_stack_parallelism": 30,
            "container_images": {image: f"{_REGISTRY}/{self.name}/{image}:1" for image in ("gateway", "litellm")},
        }
        # A secret that could be restored would keep its account from being empty.
        self.set(secret_recovery_days=0, **given, **variables)
        if secrets:
            self.keep_secrets(**secrets)

    def set(self, **variables: Any) -> None:
        """Other values of the inventory, from the next run on."""
        self._write_inventory(self._given() | variables)

    def unset(self, *names: str) -> dict[str, Any]:
        """Take values out of the inventory, and return them."""
        given = self._given()
        taken = {name: given.pop(name) for name in names}
        self._write_inventory(given)
        return taken

    def _given(self) -> dict[str, Any]:
        return yaml.safe_load(self._variables.read_text()) if self._variables.exists() else {}

    def _write_inventory(self, variables: Mapping[str, Any]) -> None:
        self._variables.write_text(yaml.safe_dump(dict(variables)))

    @property
    def _variables(self) -> Path:
        """The last of its directory, so that it comes before the others."""
        return self.inventory / "group_vars" / "all" / "zz-test.yml"

    def command(self, name: str, *arguments: str) -> list[str]:
        """What runs a playbook, or the command of its name: deploy, undeploy, update-config, status, login."""
        return [_program(self.tool.program), *self.tool.words(name), "-i", str(self.inventory), *arguments]

    def run(self, name: str, *arguments: str) -> Ended:
        """Run it, whatever comes of it."""
        return self.ended(self.start(self.command(name, *arguments)))

    def do(self, name: str, *arguments: str) -> Ended:
        """Run what has to succeed."""
        ended = self.run(name, *arguments)
        assert ended.code == 0, ended.output
        return ended

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Start a command as the operator, in a session of its own."""
        return subprocess.Popen(
            command,
            cwd=ANSIBLE,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def ended(self, process: subprocess.Popen[str]) -> Ended:
        """Wait until it has ended."""
        try:
            output, _ = process.communicate(timeout=WITHIN)
        except BaseException:  # its time is over, or somebody interrupts the tests
            os.killpg(process.pid, signal.SIGKILL)
            raise
        self.said.append(output)
        return Ended(output, process.returncode, self.tool.changed(output))

    def _keep(self, name: str, text: str) -> Path:
        file = self.directory / name
        file.write_text(text)
        file.chmod(0o600)
        return file

    def keep_secrets(self, **secrets: Any) -> None:
        """Other values of what is kept in ansible-vault, from the next run on."""
        file = self.inventory / "group_vars" / "all" / "vault.yml"
        file.write_text(yaml.safe_dump(secrets))
        subprocess.run(
            [_program("ansible-vault"), "encrypt", str(file)], env=self._env, check=True, capture_output=True
        )


def _program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _paths() -> list[str]:
    """Where terraform and kubectl are, and the system's own."""
    found = [shutil.which(name) for name in ("terraform", "kubectl")]
    return [
        *(str(Path(path).parent) for path in found if path),
        "/usr/local/bin",
        "/usr/bin",
        "/bin",
        "/usr/sbin",
        "/sbin",
    ]
