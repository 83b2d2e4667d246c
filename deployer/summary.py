"""What is said at the end of a run: done and in how long, or which step failed, why, and how to go on."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from deployer.durations import duration
from deployer.failures import AGAIN, REFUSED, ROLLED_BACK, how_to_go_on
from deployer.outcome import Status
from deployer.runs import Request, Result
from deployer.scrub import Scrubber

if TYPE_CHECKING:
    from rich.console import Console

DONE = {
    "deploy": "Deployed",
    "undeploy": "Undeployed",
    "update-config": "Configuration updated",
    "status": "Looked",
    "login": "Looked",
}
# Of the texts beside their labels.
INDENT = 11
# A reason may quote a log.
SHAPES_ONLY = Scrubber()
LOGIN = "  How to reach it: genai-gateway login -i {}"
INTERRUPTED = "Run this again to go on where it stopped: steps that are done change nothing."


def advice(result: Result) -> str:
    """How to go on after a run that did not end well."""
    if result.status is Status.REFUSED:
        return REFUSED
    if result.status is Status.ROLLED_BACK:
        return ROLLED_BACK
    return how_to_go_on(result.failed) if result.failed else AGAIN


def _home(path: Path) -> str:
    """A path as people write it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _done(request: Request, result: Result) -> str:
    if request.check:
        changes = f"{result.changed} task{'s' * (result.changed != 1)} would change something"
        return f"Checked in {duration(result.seconds)}: {changes if result.changed else 'nothing would change'}."
    what = DONE.get(request.command, "Done")
    nothing = "" if result.changed else ": nothing had to change"
    return f"{what} in {duration(result.seconds)}{nothing}."


def show_summary(console: Console, request: Request, result: Result) -> None:
    """Prints the end of a run."""
    from rich.text import Text

    if result.status is Status.DONE:
        if not result.tasks:
            console.print("! Nothing ran: these steps have nothing to do here.", style="yellow", highlight=False)
            return
        console.print(Text.assemble(("✓ ", "green"), _done(request, result)), highlight=False)
        if request.command == "deploy" and not request.check:
            console.print(LOGIN.format(request.inventory.name), style="bright_black", highlight=False)
        return
    if result.status is Status.INTERRUPTED:
        console.print(
            Text.assemble(("■ ", "yellow"), f"Interrupted after {duration(result.seconds)}."), highlight=False
        )
        _rows(console, [("Go on", INTERRUPTED)])
        return
    _show_failure(console, result)


def _show_failure(console: Console, result: Result) -> None:
    from rich.text import Text

    failed = result.failed
    step = failed.step if failed else None
    said = {
        Status.REFUSED: "Not started: something is missing",
        Status.ROLLED_BACK: "Rolled back: the new version did not become healthy",
    }.get(result.status, f"{step} failed" if step else "The run failed")
    colour = "yellow" if result.status is Status.ROLLED_BACK else "red"
    headline = Text.assemble(("✗ ", colour), (said, "bold"), f" after {duration(result.seconds)}.")
    console.print(headline, highlight=False)
    rows = [("Task", failed.task), ("Why", failed.why)] if failed else []
    if isinstance(back := result.data.get("rolled_back"), dict):
        rows = [("Why", SHAPES_ONLY.text(str(back.get("reason", "")))), ("Serves", str(back.get("kept", "")))]
    rows += [("Go on", advice(result)), ("Log", _home(result.log) if result.log else None)]
    _rows(console, rows)


def _rows(console: Console, rows: list[tuple[str, str | None]]) -> None:
    """Labels and texts, below each other; lines are broken in a terminal only, as logs are searched."""
    from rich.text import Text

    console.print()
    width = max(console.width - INDENT, 40) if console.is_terminal else None
    for label, said in rows:
        for number, line in enumerate(_lines(said or "", width)):
            console.print(Text.assemble((f"  {'' if number else label:<8}", "bright_black"), line), soft_wrap=True)


def _lines(text: str, width: int | None) -> list[str]:
    if width is None:
        return text.splitlines()
    return [part for line in text.splitlines() for part in wrap(line, width, break_long_words=False) or [""]]
