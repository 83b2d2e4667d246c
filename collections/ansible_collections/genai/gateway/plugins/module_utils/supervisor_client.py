"""Speaks with one supervisord over its Unix socket; starts it and ends it."""

from __future__ import annotations

import configparser
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

CONFIGURATION = "supervisord.conf"
SOCKET = "run/supervisor.sock"
PID_FILE = "run/supervisord.pid"

ANSWER_SECONDS = 20
POLL_SECONDS = 0.1
# Of supervisor.xmlrpc.Faults
SPAWN_ERROR, NOT_RUNNING = 50, 70
# supervisord and its services get this and what their own env files say, nothing of the caller's shell: a stack is
# the same whoever starts it, and no key that happens to be exported there gets into it.
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


class SupervisionError(Exception):
    """A service or its supervisor is not in the state that is wanted; the message says which and why."""


@dataclass(frozen=True)
class Program:
    """A service as supervisord's configuration has it."""

    name: str
    priority: int
    stop_signal: str


def read_programs(configuration: Path) -> list[Program]:
    """The programs of a supervisord.conf, in the order in which they start. Raises SupervisionError when unreadable."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(" ;",))
    try:
        parser.read_string(configuration.read_text())
    except (OSError, configparser.Error) as error:
        raise SupervisionError(f"cannot read {configuration}: {error}") from error
    sections = {name.partition(":")[2]: parser[name] for name in parser.sections() if name.startswith("program:")}
    programs = [
        Program(name, int(section.get("priority", "999")), section.get("stopsignal", "TERM"))
        for name, section in sections.items()
    ]
    return sorted(programs, key=lambda program: program.priority)


class Supervisor:
    """The supervisord of a stack that lives in the directory `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.socket = home / SOCKET

    def call(self, method: str, *arguments: Any) -> Any:
        """One call by XML-RPC. Raises OSError when supervisord does not answer, Fault when it refuses."""
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        with ServerProxy("http://127.0.0.1", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)

    def answers(self) -> bool:
        """Whether supervisord is there."""
        try:
            return bool(self.call("getState")["statename"] == "RUNNING")
        except (OSError, Fault):
            return False

    def spawn(self) -> None:
        """Starts supervisord in the background and returns when it answers."""
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        environment = {"PATH": SEARCH_PATH, "LANG": "C.UTF-8", "HOME": str(self.home)}
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.home / CONFIGURATION)]
        started = subprocess.run(  # noqa: S603 - a list of words, no shell
            command, env=environment, cwd=self.home, umask=0o077, capture_output=True, text=True, check=False
        )
        if started.returncode:
            raise SupervisionError(f"supervisord does not start: {started.stderr.strip() or started.stdout.strip()}")
        if not eventually(self.answers, ANSWER_SECONDS):
            raise SupervisionError(f"supervisord does not answer; see {self.home / 'log/supervisord.log'}")

    def reload(self) -> bool:
        """Takes over what its configuration says now; starts nothing. Returns whether a service came, went, differs."""
        added, changed, removed = self.call("reloadConfig")[0]
        for name in [*changed, *removed]:
            self.stop(name)
            self.call("removeProcessGroup", name)
        for name in [*added, *changed]:
            self.call("addProcessGroup", name)
        return bool(added or changed or removed)

    def life(self, name: str) -> tuple[str, int]:
        """The state of a service in supervisord's words (RUNNING, BACKOFF, FATAL…) and its pid, 0 when it has none."""
        info = self.call("getProcessInfo", name)
        return str(info["statename"]), int(info["pid"])

    def states(self) -> dict[str, str]:
        """The states of all services."""
        return {info["name"]: info["statename"] for info in self.call("getAllProcessInfo")}

    def start(self, name: str) -> None:
        """Starts a service that does not run, without waiting. One that ends at once is tried again by supervisord."""
        try:
            self.call("startProcess", name, False)
        except Fault as fault:
            if fault.faultCode != SPAWN_ERROR:
                raise

    def stop(self, name: str) -> None:
        """Ends a service and returns when it is gone; one that does not run is in order."""
        try:
            self.call("stopProcess", name, True)
        except Fault as fault:
            if fault.faultCode != NOT_RUNNING:
                raise

    def shutdown(self) -> None:
        """Ends all services, then supervisord; returns once it does not answer."""
        self.call("shutdown")


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition comes true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
