"""What a person sees of a run in a terminal."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from deployer.checkout import Checkout
from deployer.failures import Failed
from deployer.inventories import Inventory
from deployer.outcome import Status
from deployer.progress import Terminal
from deployer.runs import Request, Result
from deployer.steps import Step
from deployer.summary import show_summary

REQUEST = Request("deploy", Checkout(Path("/x")), "deploy.yml", Inventory("prod", Path("/x/prod")), "ECS")


def terminal(width: int = 80) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None, legacy_windows=False)


def drawn(reporter: Terminal) -> list[str]:
    """The lines that are redrawn at the moment."""
    console = Console(file=io.StringIO(), width=reporter.console.width, color_system=None)
    console.print(reporter._drawn())
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


def result(status: Status, failed: Failed | None = None, **more: object) -> Result:
    said: dict[str, object] = {"seconds": 75.0, "steps": {}, "changed": 3, "tasks": 9, "data": {}, "log": None, **more}
    return Result(status=status, failed=failed, **said)  # type: ignore[arg-type]


def summary(console: Console, ended: Result) -> str:
    show_summary(console, REQUEST, ended)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_a_line_for_each_step_with_its_times() -> None:
    reporter = Terminal(terminal())
    reporter.started(REQUEST, {"terraform_stack": 400.0, "verify": 9.0})
    reporter.planned(["preflight", "terraform_stack", "verify"])
    first = Step("preflight", 0.0, status="ok", seconds=4.2)
    second = Step("terraform_stack", reporter._began - 65)
    for step in (first, second):
        reporter.step_started(step)
    second.task = "Apply the platform"
    lines = drawn(reporter)
    assert lines[0] == "  ✓  preflight             4 s"
    assert lines[1].endswith("  terraform_stack  1:05 min  usually 6:40 min   Apply the platform")
    assert lines[2] == f"  ·  verify{'':>21}usually 9 s"


def test_steps_that_never_started_are_not_left_behind() -> None:
    reporter = Terminal(terminal())
    with reporter:
        reporter.planned(["preflight", "verify"])
        reporter.step_started(Step("preflight", 0.0, status="failed", seconds=1.0))
    assert drawn(reporter) == ["  ✗  preflight       1 s"]


def test_a_long_task_does_not_break_the_line() -> None:
    reporter = Terminal(terminal(60))
    step = Step("terraform_stack", reporter._began, task="Apply " + "very " * 40 + "much")
    reporter.step_started(step)
    [line] = drawn(reporter)
    assert len(line) <= 60
    assert line.endswith("…")


def test_a_failure_is_aligned_and_within_the_width() -> None:
    why = "first line of the reason that is longer than the terminal is wide, so it has to go on\nsecond line"
    text = summary(terminal(60), result(Status.FAILED, Failed("platform", "Apply", why)))
    lines = text.splitlines()
    assert lines[0] == "✗ platform failed after 1:15 min."
    assert all(len(line) <= 60 for line in lines)
    beside = [line for line in lines[2:] if not line[2:8].strip()]
    assert beside
    assert all(line.startswith(" " * 10) and line[10] != " " for line in beside)


def test_a_deployment_that_succeeded_says_what_comes_next() -> None:
    text = summary(terminal(), result(Status.DONE))
    assert text.splitlines() == ["✓ Deployed in 1:15 min.", "  How to reach it: genai-gateway login -i prod"]


def test_nothing_had_to_change() -> None:
    assert summary(terminal(), result(Status.DONE, changed=0)).startswith(
        "✓ Deployed in 1:15 min: nothing had to change."
    )


def test_a_quoted_log_keeps_its_keys_to_itself() -> None:
    back = {"rolled_back": {"reason": "Bearer sk-abcdefgh12345678 was refused", "kept": "config/1"}}
    text = summary(terminal(), result(Status.ROLLED_BACK, Failed("platform", "Fail", "x"), data=back))
    assert "abcdefgh" not in text
    assert "config/1" in text
