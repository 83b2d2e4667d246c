"""LOCAL stacks for tests: the real playbook, on free ports, in a short directory of their own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

CHECKOUT = Path(__file__).resolve().parents[2]
ANSIBLE = CHECKOUT / "ansible"
PORTS = ("local_gateway_port", "local_gateway_tls_port", "local_litellm_port", "local_litellm_standby_port",
         "local_fake_llm_port", "local_postgres_port")  # fmt: skip
DEPLOY_SECONDS = 300


class PlaybookFailedError(Exception):
    """A playbook did not end well; the message is its output."""


@dataclass(frozen=True)
class Run:
    """What a playbook said: its output, and how many tasks changed something."""

    output: str

    @property
    def changed(self) -> int:
        """Tasks that reported a change."""
        return int(re.findall(r"changed=(\d+)", self.output)[-1])


def run_playbook(name: str, variables: Mapping[str, object], *arguments: str) -> Run:
    """Runs a playbook as an operator does, from ansible/. Raises PlaybookFailedError when it does not end well."""
    extra = [word for key, value in variables.items() for word in ("-e", f"{key}={value}")]
    command = [str(Path(sys.executable).parent / "ansible-playbook"), name, *extra, *arguments]
    # The environment's programs are not on PATH: nothing may depend on that.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "GATEWAY_"))}
    done = subprocess.run(
        command,
        cwd=ANSIBLE,
        env=environment | {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "ANSIBLE_FORCE_COLOR": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEPLOY_SECONDS,
    )
    if done.returncode:
        raise PlaybookFailedError(done.stdout)
    return Run(done.stdout)


def free_ports(names: tuple[str, ...] = PORTS) -> dict[str, int]:
    """A free port of 127.0.0.1 for each name, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in names]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return {name: each.getsockname()[1] for name, each in zip(names, sockets, strict=True)}


def read_stack_env(file: Path) -> dict[str, str]:
    """The settings in a stack.env."""
    pairs = (word.partition("=") for line in file.read_text().splitlines() for word in shlex.split(line))
    return {name: value for name, _, value in pairs}


class LocalStack:
    """A stack that has been deployed, or can be; as a context manager it is up inside and gone after.

    Variables of the inventory are keyword arguments: LocalStack(local_database="none"). An existing stack is
    attached to by its directory and ports.
    """

    def __init__(self, directory: Path | None = None, **variables: object) -> None:
        # Short: the address of a Unix socket in it has about 100 bytes.
        self.dir = directory or Path(tempfile.mkdtemp(prefix="stack-")) / "local"
        self.variables = {"platform": "LOCAL", "local_dir": self.dir, **free_ports(), **variables}

    def __enter__(self) -> LocalStack:
        try:
            self.deploy()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def deploy(self, *arguments: str, **variables: object) -> Run:
        """Runs deploy.yml; keyword arguments differ from the stack's variables for this run."""
        return run_playbook("deploy.yml", self.variables | variables, *arguments)

    def undeploy(self, *arguments: str, **variables: object) -> Run:
        """Runs undeploy.yml."""
        return run_playbook("undeploy.yml", self.variables | variables, *arguments)

    def remove(self) -> None:
        """Ends everything and deletes the data."""
        try:
            self.undeploy(local_data="delete")
        finally:
            shutil.rmtree(self.dir.parent, ignore_errors=True)

    def pid(self, service: str) -> int:
        """The process id in a service's pid file."""
        return int((self.dir / "run" / f"{service}.pid").read_text())

    def processes(self) -> Iterator[psutil.Process]:
        """Every process of the stack: supervisord and its descendants."""
        supervisord = psutil.Process(self.pid("supervisord"))
        yield supervisord
        yield from supervisord.children(recursive=True)

    def secrets(self) -> list[str]:
        """Every secret that the stack was given."""
        return [file.read_text().strip() for file in sorted((self.dir / "secrets").iterdir())]

    def setting(self, name: str) -> str:
        """A line of stack.env, such as GATEWAY_URL."""
        return read_stack_env(self.dir / "stack.env")[name]

    @property
    def gateway_url(self) -> str:
        """http://127.0.0.1:PORT of the gateway."""
        return self.setting("GATEWAY_URL")

    @property
    def gateway_tls_url(self) -> str:
        """https://127.0.0.1:PORT of the gateway."""
        return self.setting("GATEWAY_TLS_URL")

    @property
    def ca(self) -> Path:
        """File with the certificate authority to trust."""
        return Path(self.setting("GATEWAY_CA"))

    @property
    def litellm_url(self) -> str:
        """http://127.0.0.1:PORT of LiteLLM."""
        return self.setting("LITELLM_URL")

    @property
    def fake_llm_url(self) -> str:
        """http://127.0.0.1:PORT of the fake LLM."""
        return self.setting("FAKE_LLM_URL")

    @property
    def master_key(self) -> str:
        """LiteLLM's master key."""
        return self.setting("MASTER_KEY")
