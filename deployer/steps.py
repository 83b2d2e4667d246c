"""What the events of a run mean: which step is under way, how it ended, what was reported and what failed."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from deployer.failures import Failed, why, why_unread

# Before the first role, and in plays without any.
PLAY = "play"
# Events of a task that may yet be skipped, or was.
MAYBE_SKIPPED = frozenset({"runner_on_start", "runner_on_skipped", "runner_item_on_skipped"})
# Ansible runs it at the beginning of each role, also of those that --tags leaves out.
VALIDATION = "ansible.builtin.validate_argument_spec"
# Refuses an inventory without a platform, in no time, before anything begins: only its failure is worth a step.
PRELIMINARY = frozenset({"platform.known"})
# Seconds.
SKIPPED_WITHIN = 0.4
# Lines outside of tasks that are remembered.
SAID = 200


@dataclass
class Step:
    """One step of a run; `seconds` and `status` are final once it has ended."""

    name: str
    started: float
    status: str = "running"
    seconds: float = 0.0
    changed: int = 0
    task: str = ""


class Observer(Protocol):
    """Who is told of a run's progress, in the order in which it happens."""

    def planned(self, steps: Sequence[str]) -> None:
        """The steps that a play is going to have; those whose tags are not asked for never start."""

    def step_started(self, step: Step) -> None:
        """A step has begun, or goes on after another."""

    def task_started(self, step: Step) -> None:
        """A task of it has begun: `step.task`."""

    def step_finished(self, step: Step) -> None:
        """A step has ended: `status` is ok or failed."""

    def output(self, text: str) -> None:
        """What ansible-playbook says of the tasks, with its colours."""

    def interrupting(self, programs: Sequence[str]) -> None:
        """The run was asked to stop, and waits for these programs to end cleanly."""


@dataclass
class Progress:
    """Follows one run: give it each event of ansible-runner, a `tick` now and then, and `end` at the end.

    `steps_file` is what the callback plugin writes, which knows the step of each task. `scrub` takes secrets out of
    what is told on. `clock` counts seconds.
    """

    observer: Observer
    steps_file: Path
    scrub: Callable[[str], str] = str
    clock: Callable[[], float] = time.monotonic
    steps: list[Step] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    failed: Failed | None = None
    changed: int = 0
    tasks: int = 0
    _of_task: dict[str, str] = field(default_factory=dict)
    _read: int = 0
    _plan: list[str] = field(default_factory=list)
    _said: deque[str] = field(default_factory=lambda: deque(maxlen=SAID))
    _task: str = ""
    _pending: Step | None = None
    _running: bool = False

    def handle(self, event: Mapping[str, Any]) -> bool:
        """Takes an event in. The answer tells ansible-runner not to keep it on disk, as it may hold anything."""
        kind, data = str(event.get("event")), event.get("event_data") or {}
        if text := event.get("stdout"):
            self.observer.output(self.scrub(str(text)))
        if kind in ("error", "verbose"):
            # What is said outside of tasks: of a playbook that cannot be read, it is all there is.
            self._said.append(str(event.get("stdout", "")))
        elif kind == "playbook_on_stats":
            self.changed = sum((data.get("changed") or {}).values())
            self.data |= data.get("artifact_data") or {}
        elif kind.startswith("runner_"):
            self._task_event(kind, data)
        return False

    def _task_event(self, kind: str, data: Mapping[str, Any]) -> None:
        uuid = str(data.get("task_uuid"))
        if uuid != self._task:
            # The callback has written its line before the first event from within the task.
            self._task = uuid
            self._begin_task(uuid, str(data.get("task") or ""))
        self._running = kind == "runner_on_start"
        preliminary = self._pending is not None and self._pending.name in PRELIMINARY
        if kind == "runner_on_ok" and (preliminary or str(data.get("resolved_action")) == VALIDATION):
            return
        if kind not in MAYBE_SKIPPED:
            self._show()
        step = self._pending or self.steps[-1]
        result = data.get("res") or {}
        if kind == "runner_on_ok":
            self.tasks += 1
            step.changed += bool(result.get("changed"))
        elif kind in ("runner_on_failed", "runner_on_unreachable"):
            self.tasks += 1
            if not data.get("ignore_errors"):
                self.failed = Failed(step.name, step.task, self.scrub(why(result)))

    def _current(self) -> Step | None:
        return self._pending or (self.steps[-1] if self.steps else None)

    def _begin_task(self, uuid: str, task: str) -> None:
        self._read_steps()
        current = self._current()
        name = self._of_task.get(uuid) or (current.name if current else PLAY)
        if current is None or current.name != name:
            self._finish_step("ok")
            self._pending = current = Step(name, self.clock())
        current.task = task.rpartition(" : ")[2]
        if self._pending is None:
            self.observer.task_started(current)

    def tick(self) -> None:
        """Time has passed: a task that was to be skipped would have been."""
        pending = self._pending
        if pending is None or pending.name in PRELIMINARY:
            return
        if self._running and self.clock() - pending.started > SKIPPED_WITHIN:
            self._show()

    def _show(self) -> None:
        if self._pending is not None:
            self.steps.append(self._pending)
            self._pending = None
            self.observer.step_started(self.steps[-1])
            self.observer.task_started(self.steps[-1])

    def _read_steps(self) -> None:
        if not self.steps_file.exists():
            return
        with self.steps_file.open(encoding="utf-8") as file:
            file.seek(self._read)
            lines = [json.loads(line) for line in file.read().splitlines()]
            self._read = file.tell()
        for line in lines:
            if "steps" in line:
                self._plan += [step for step in line["steps"] if step not in {*self._plan, *PRELIMINARY}]
                self.observer.planned(self._plan)
            elif line["step"] is not None:
                self._of_task[line["task"]] = line["step"]

    def _finish_step(self, status: str) -> None:
        # A step of which every task was skipped is none.
        self._pending = None
        if self.steps and self.steps[-1].status == "running":
            step = self.steps[-1]
            step.status, step.seconds = status, self.clock() - step.started
            self.observer.step_finished(step)

    def end(self, status: str) -> None:
        """The run has ended; the last step with it, as `status` says: ok, failed or interrupted."""
        self._finish_step(status)
        if status == "failed" and self.failed is None:
            self.failed = Failed(None, None, self.scrub(why_unread("\n".join(self._said))))

    def seconds(self) -> dict[str, float]:
        """Seconds for each step that ended well; one that went on after another has the sum."""
        found: dict[str, float] = {}
        for step in self.steps:
            if step.status == "ok":
                found[step.name] = found.get(step.name, 0.0) + step.seconds
        return found
