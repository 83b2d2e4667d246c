"""Shows the progress of a run: live in a terminal, as plain lines elsewhere, only the end, or as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from deployer.durations import duration
from deployer.runs import Request, Result
from deployer.steps import Step

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

MARKS = {"ok": ("✓", "green"), "failed": ("✗", "red"), "interrupted": ("■", "yellow"), "waiting": ("·", "bright_black")}
# Columns of a duration.
TIME = 8
WAITING = "Stopping: {} ends first, so that nothing stays half done or locked. Ctrl-C again kills it."


class Quiet:
    """Says nothing of the progress; the other reporters say more."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass

    def started(self, request: Request, usual: Mapping[str, float]) -> None:
        """A run begins; `usual` are the seconds that steps usually take."""

    def planned(self, steps: Sequence[str]) -> None:
        """The steps to come."""

    def step_started(self, step: Step) -> None:
        """A step has begun."""

    def task_started(self, step: Step) -> None:
        """A task of it has begun."""

    def step_finished(self, step: Step) -> None:
        """A step has ended."""

    def output(self, text: str) -> None:
        """What ansible-playbook says, with its colours."""

    def interrupting(self, programs: Sequence[str]) -> None:
        """The run waits for these programs to end cleanly."""
        if programs:
            self.console.print(WAITING.format(", ".join(programs)), style="yellow", highlight=False)

    def finished(self, result: Result) -> None:
        """The run has ended, and nothing more is shown of its progress."""


def title(request: Request) -> str:
    """What runs, in one line."""
    return f"{request.command} · {request.inventory.name} · {request.platform}{' · check' if request.check else ''}"


class Lines(Quiet):
    """One line when a step starts, one when it ends: for logs."""

    def __init__(self, console: Console, verbose: bool = False) -> None:
        super().__init__(console)
        self._verbose = verbose
        self._usual: Mapping[str, float] = {}

    def _say(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)

    def started(self, request: Request, usual: Mapping[str, float]) -> None:
        self._usual = usual
        self._say(title(request))

    def step_started(self, step: Step) -> None:
        usual = self._usual.get(step.name)
        self._say(f"  … {step.name}" + (f" (usually {duration(usual)})" if usual else ""))

    def step_finished(self, step: Step) -> None:
        self._say(f"  {MARKS[step.status][0]} {step.name} ({duration(step.seconds)})")

    def output(self, text: str) -> None:
        if self._verbose:
            from rich.text import Text

            self.console.print(Text.from_ansi(text), highlight=False, soft_wrap=True)


class Terminal(Lines):
    """A line for each step with a spinner, its elapsed and its usual time, which are redrawn in place."""

    def __init__(self, console: Console, verbose: bool = False) -> None:
        from rich.live import Live
        from rich.spinner import Spinner

        super().__init__(console, verbose)
        self._steps: list[Step] = []
        self._plan: Sequence[str] = ()
        self._began = time.monotonic()
        self._spinner: Spinner = Spinner("dots", style="cyan")
        self._ended = False
        self._live: Live = Live(get_renderable=self._drawn, console=console, refresh_per_second=8)

    def __enter__(self) -> Terminal:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended = True
        self._live.stop()

    def started(self, request: Request, usual: Mapping[str, float]) -> None:
        self._usual, self._began = usual, time.monotonic()
        self.console.print(f"[bold]{title(request)}[/bold]", highlight=False)

    def planned(self, steps: Sequence[str]) -> None:
        self._plan = tuple(steps)

    def step_started(self, step: Step) -> None:
        self._steps.append(step)

    def step_finished(self, step: Step) -> None:
        """Drawn from the step itself."""

    def _drawn(self) -> RenderableType:
        """A line for each step: a mark, its name, its times, and what it does at the moment."""
        from rich.console import Group
        from rich.text import Text

        names = [step.name for step in self._steps]
        waiting = [] if self._ended else [name for name in self._plan if name not in names]
        width = max(map(len, [*names, *waiting]), default=0)
        lines = [self._line(step, width) for step in self._steps]
        lines += [
            Text.assemble(
                "  ", MARKS["waiting"], (f"  {name:<{width}}  {'':>{TIME}}  {self._usually(name)}", "bright_black")
            )
            for name in waiting
        ]
        for line in lines:
            # One that is too long is cut: broken in two, all would jump up and down with each task.
            line.no_wrap, line.overflow = True, "ellipsis"
        return Group(*lines)

    def _line(self, step: Step, width: int) -> Text:
        from rich.text import Text

        name, now = f"  {step.name:<{width}}", time.monotonic()
        if step.status != "running":
            return Text.assemble("  ", MARKS[step.status], name, f"  {duration(step.seconds):>{TIME}}")
        beside = "   ".join(filter(None, (self._usually(step.name), step.task)))
        mark = self._spinner.render(now)
        elapsed = f"  {duration(now - step.started):>{TIME}}  "
        return Text.assemble("  ", Text(str(mark), "cyan"), (name, "bold"), elapsed, (beside, "bright_black"))

    def _usually(self, name: str) -> str:
        usual = self._usual.get(name)
        return f"usually {duration(usual)}" if usual else ""


class Json(Quiet):
    """One JSON object a line on standard output; the last one is the result."""

    def __init__(self, console: Console, stream: TextIO | None = None) -> None:
        super().__init__(console)
        self._stream = stream or sys.stdout
        self._usual: Mapping[str, float] = {}

    def _say(self, event: str, **said: object) -> None:
        print(json.dumps({"event": event, **said}, ensure_ascii=False), file=self._stream, flush=True)

    def started(self, request: Request, usual: Mapping[str, float]) -> None:
        self._usual = usual
        self._say(
            "started",
            command=request.command,
            inventory=request.inventory.name,
            platform=request.platform,
            check=request.check,
        )

    def planned(self, steps: Sequence[str]) -> None:
        self._say("planned", steps=list(steps))

    def step_started(self, step: Step) -> None:
        self._say("step_started", step=step.name, usual_seconds=self._usual.get(step.name))

    def step_finished(self, step: Step) -> None:
        self._say(
            "step_finished",
            step=step.name,
            status=step.status,
            seconds=round(step.seconds, 1),
            changed=step.changed,
        )

    def interrupting(self, programs: Sequence[str]) -> None:
        self._say("interrupting", waiting_for=list(programs))

    def finished(self, result: Result) -> None:
        from deployer.summary import advice

        failed = result.failed
        self._say(
            "finished",
            status=result.status.value,
            exit_code=int(result.status.exit_code),
            seconds=round(result.seconds, 1),
            changed=result.changed,
            failed=failed and {"step": failed.step, "task": failed.task, "why": failed.why, "go_on": advice(result)},
            data=result.data,
            log=str(result.log) if result.log else None,
        )
