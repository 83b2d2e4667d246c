"""Brings the services of a LOCAL stack to the state that is wanted, whatever state they are in."""

from __future__ import annotations

import contextlib
import hashlib
import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from ansible_collections.genai.gateway.plugins.module_utils.service_signs import (
    is_ready,
    last_lines,
    redact,
    secrets_of,
)
from ansible_collections.genai.gateway.plugins.module_utils.stack_processes import (
    has_ended,
    recorded_process,
    stack_processes,
)
from ansible_collections.genai.gateway.plugins.module_utils.supervisor_client import (
    CONFIGURATION,
    PID_FILE,
    SupervisionError,
    Supervisor,
    eventually,
    read_programs,
)

UP = frozenset({"STARTING", "RUNNING", "BACKOFF"})
GIVEN_UP = frozenset({"FATAL", "STOPPED", "UNKNOWN"})
LIVES = 3  # so often a service may have been started by its supervisor before it is given up
STOP_SECONDS = 15


@dataclass(frozen=True)
class Service:
    """A service that is to run: what it depends on, and how to see that it is ready.

    inputs are files and directories: when one of them differs from what it was at the start of the service, the
    service is started anew. ready is an address that answers 200 (http://…) or takes a connection (tcp://host:port).
    """

    name: str
    inputs: tuple[str, ...]
    ready: str


@dataclass
class Outcome:
    """What was done."""

    changed: bool = False
    started: list[str] = field(default_factory=list)
    restarted: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)


# --- what a service was started from ---


def fingerprint(inputs: Iterable[str]) -> str:
    """A hash over files, and over all files of directories; hexadecimal. What is not there counts as such."""
    digest = hashlib.sha256()
    for root in map(Path, inputs):
        files = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else [root]
        for file in files:
            if "__pycache__" not in file.parts:
                content = file.read_bytes() if file.exists() else b"absent"
                digest.update(f"{file}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _note(home: Path, name: str) -> Path:
    return home / "run" / f"{name}.started-from"


def _is_current(home: Path, service: Service) -> bool:
    try:
        return _note(home, service.name).read_text() == fingerprint(service.inputs)
    except FileNotFoundError:
        return False


# --- up ---


def bring_up(
    home: Path, services: Sequence[Service], seconds: float, *, lives: int = LIVES, check_mode: bool = False
) -> Outcome:
    """Makes the services run, in the order given, and returns when each is ready.

    Starts supervisord when it is not there, ends what a killed one left behind, starts what does not run, and starts
    anew what runs from older inputs. Raises SupervisionError when a service is not ready within so many seconds, or has
    ended so many times before it was.
    """
    supervisor = Supervisor(home)
    answers = supervisor.answers()
    states = supervisor.states() if answers else {}
    outcome = plan(home, services, states)
    outcome.changed |= not answers
    if check_mode:
        return outcome
    if not answers:
        end_leftovers(home)
        supervisor.spawn()
    outcome.changed |= supervisor.reload()
    for name in reversed(outcome.restarted):
        supervisor.stop(name)
    for service in services:
        _start(supervisor, service)
        _await_ready(supervisor, service, seconds, lives)
    return outcome


def plan(home: Path, services: Sequence[Service], states: dict[str, str]) -> Outcome:
    """What has to be done about services that are in these states (supervisord's words; absent when unknown to it)."""
    down = [service.name for service in services if states.get(service.name) not in UP]
    older = [service.name for service in services if service.name not in down and not _is_current(home, service)]
    return Outcome(changed=bool(down or older), started=down, restarted=older)


def _start(supervisor: Supervisor, service: Service) -> None:
    if supervisor.life(service.name)[0] not in UP:
        note = _note(supervisor.home, service.name)
        # Taken before the start and noted after it: what changes in between leads to one start more, not to one less.
        taken = fingerprint(service.inputs)
        supervisor.start(service.name)
        note.touch(mode=0o600)
        note.write_text(taken)


def _await_ready(supervisor: Supervisor, service: Service, seconds: float, lives: int) -> None:
    seen: set[int] = set()
    fault = ""

    def settled() -> bool:
        nonlocal fault
        state, pid = supervisor.life(service.name)
        seen.update({pid} - {0})
        if state in GIVEN_UP or len(seen) + (state == "BACKOFF") > lives:
            fault = "does not stay alive"
        return bool(fault) or (state in UP and is_ready(service.ready))

    if not eventually(settled, seconds):
        fault = f"does not answer at {service.ready} within {seconds:g} seconds"
    if fault:
        log = supervisor.home / "log" / f"{service.name}.log"
        tail = redact(last_lines(log), secrets_of(supervisor.home / "env" / f"{service.name}.env"))
        raise SupervisionError(f"{service.name} {fault}. The end of {log}:\n{tail}")


# --- down ---


def bring_down(home: Path, *, check_mode: bool = False) -> Outcome:
    """Ends the services and supervisord, also those that a killed supervisord left behind; data stays."""
    supervisor = Supervisor(home)
    running = sorted(stack_processes(home))
    outcome = Outcome(changed=bool(running), stopped=[name for name in running if name != "supervisord"])
    if check_mode or not running:
        return outcome
    daemon = recorded_process(home / PID_FILE, home)
    if daemon is not None and supervisor.answers():
        supervisor.shutdown()
        eventually(lambda: has_ended(daemon), STOP_SECONDS * len(running))
    end_leftovers(home)
    return outcome


def end_leftovers(home: Path) -> None:
    """Ends processes of the stack that no supervisord looks after, last started first, and their traces in run/."""
    left = stack_processes(home)
    if not left and not (home / "run").exists():
        return
    if daemon := left.pop("supervisord", None):
        # It does not answer. Killed before the others, so that it does not start them again.
        _end(daemon, "KILL")
    programs = read_programs(home / CONFIGURATION) if left else []
    for program in reversed(programs):
        if process := left.pop(program.name, None):
            _end(process, program.stop_signal)
    for process in left.values():  # of an earlier configuration
        _end(process, "TERM")
    for pattern in ("*.pid", "*.sock", "*.sock.*", "*.started-from"):
        for trace in (home / "run").glob(pattern):
            trace.unlink(missing_ok=True)


def _end(process: psutil.Process, stop_signal: str) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        process.send_signal(signal.Signals[f"SIG{stop_signal}"])
        eventually(lambda: has_ended(process), STOP_SECONDS)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        if not eventually(lambda: all(map(has_ended, family)), STOP_SECONDS):
            raise SupervisionError(f"process {process.pid}, of the stack, cannot be ended")
