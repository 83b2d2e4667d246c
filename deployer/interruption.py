"""Stops a run without leaving anything half done: programs such as Terraform end first, then Ansible."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "busybox"})
# Seconds for killed processes to be gone.
GONE = 5.0


def _ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _send(number: signal.Signals, processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.send_signal(number)


def _names(processes: Sequence[psutil.Process]) -> Iterator[str]:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if not _ended(process):
                yield process.name()


def _is_python(process: psutil.Process) -> bool:
    return process.name().startswith("python") or "ansible" in process.name()


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children())
    except psutil.NoSuchProcess:
        return []


def _workers(root: psutil.Process) -> Iterator[psutil.Process]:
    """Ansible's own processes: forks of ansible-playbook, which have its command line."""
    line = root.cmdline()
    for each in root.children():
        # One that has just ended has no command line.
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.cmdline() == line:
                yield each


def _module(process: psutil.Process) -> psutil.Process | None:
    """The module that a child of a worker is: Python, within shells or not."""
    if _is_python(process):
        return process
    if process.name() in SHELLS:
        return next(filter(None, map(_module, process.children())), None)
    return None


def _programs(worker: psutil.Process) -> Iterator[psutil.Process]:
    """What modules run, and what that runs.

    A module itself gets no signal: it would end, and the program that it reads from would be cut off in the middle of
    its cleaning up.
    """
    for child in _children(worker):
        # What ends while it is looked at is left out, and nothing else with it.
        with contextlib.suppress(psutil.NoSuchProcess):
            module = _module(child)
            if module is None:
                yield child
            yield from (module or child).children(recursive=True)


class Interruption:
    """While it is entered, SIGINT, SIGTERM and SIGHUP end the run below this process, in order.

    The first one halts Ansible, so that it starts nothing new, and sends SIGINT to the programs of its modules:
    Terraform then stops, saves its state and releases its lock. When they have ended, Ansible is killed, and
    `requested` says so.
    The second one kills all of them.
    """

    def __init__(self, told: Callable[[Sequence[str]], None]) -> None:
        self._told = told
        self._count = 0
        self._programs: list[psutil.Process] | None = None
        self._all: list[psutil.Process] = []
        self._roots: list[psutil.Process] = []
        self._before: dict[signal.Signals, object] = {}
        self._names: list[str] = []
        self._said = False

    @property
    def happened(self) -> bool:
        """Whether a signal came."""
        return self._count > 0

    def __enter__(self) -> Interruption:
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        if self.happened:
            self._kill()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._count += 1
        if self._count == 1:
            self._halt()
        else:
            self._kill()

    def _halt(self) -> None:
        roots = [each for each in psutil.Process().children() if not _ended(each)]
        if not roots:
            return
        self._programs, self._roots = [], roots
        for root in roots:
            # First, so that there are no new workers.
            _send(signal.SIGSTOP, [root])
            self._all.append(root)
            with contextlib.suppress(psutil.NoSuchProcess):
                workers = list(_workers(root))
                _send(signal.SIGSTOP, workers)
                # Looked for when nothing new is started any more.
                for worker in workers:
                    self._programs += _programs(worker)
                self._all += [*workers, *root.children(recursive=True)]
        self._names = sorted(set(_names(self._programs)))
        _send(signal.SIGINT, self._programs)

    def _kill(self) -> None:
        for process in list(self._all):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._all += process.children(recursive=True)
        _send(signal.SIGKILL, self._all)
        # This process's own children are left to whoever started them, as only one can learn how they ended.
        psutil.wait_procs([each for each in self._all if each not in self._roots and not _ended(each)], timeout=GONE)

    def requested(self) -> bool:
        """Whether the run is to be cancelled now: asked again and again while it goes on."""
        if not self.happened:
            return False
        if self._programs is None:
            # The signal came before Ansible was there.
            self._halt()
        alive = [each for each in self._programs or [] if not _ended(each)]
        if not self._said:
            self._said = True
            self._told(self._names)
        if not alive:
            # Workers are in sessions of their own: ansible-runner, which kills a process group, would leave them.
            self._kill()
        return not alive
