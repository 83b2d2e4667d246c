"""`genai-gateway status`: whether a deployment can serve, what it lacks, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployer.asking import Asked, asks
from deployer.outcome import Exit
from deployer.playbooks import consoles, reported
from deployer.readiness import Unreadable, read_readiness

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

# As the gateway's own states: what is degraded still serves.
EXIT_CODES = {"ready": 0, "degraded": 0, "unavailable": 1}
UNREACHABLE = 2
# Days before the end of a certificate that is worth a colour.
SOON = 30


@asks(without=["check", "diff", "tags"])
def status(
    asked: Asked,
    url: Annotated[str | None, typer.Option(help="Only ask the gateway at this address whether it is ready.")] = None,
) -> None:
    """Say whether a deployment is healthy, and show its versions, drift, certificate and spend."""
    if url is not None:
        _ask_gateway(url)
    said = reported("status", asked)
    if not asked.json:
        show_status(consoles(asked)[0], said, quiet=asked.quiet)
    raise typer.Exit(Exit.DONE if is_healthy(said) else Exit.FAILED)


def _ask_gateway(url: str) -> None:
    try:
        state, checks = read_readiness(url)
    except Unreadable as error:
        typer.echo(f"{url}: {error}", err=True)
        raise typer.Exit(UNREACHABLE) from None
    typer.echo(f"{'gateway':<16} {state}")
    for name, result in checks.items():
        typer.echo(f"{name:<16} {result}")
    raise typer.Exit(EXIT_CODES.get(state, 1))


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of the status; empty where the platform has none."""
    part = said.get(name)
    return part if isinstance(part, Mapping) else {}


def is_healthy(said: Mapping[str, Any]) -> bool:
    """Whether the deployment serves."""
    return _part(said, "health").get("ready") is True


def show_status(console: Console, said: Mapping[str, Any], *, quiet: bool = False) -> None:
    """Prints a status: one line of health, and unless quiet all that is known."""
    from rich.text import Text

    healthy = is_healthy(said)
    mark, colour, word = ("✓", "green", "healthy") if healthy else ("✗", "red", "not healthy")
    about = f"  {said.get('deployment', '')} · {said.get('platform', '')} · {said.get('url', '')}"
    console.print(Text.assemble((f"{mark} {word}", f"bold {colour}"), (about, "bright_black")), soft_wrap=True)
    if not quiet:
        console.print()
        console.print(_table(said))


def _table(said: Mapping[str, Any]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bright_black", no_wrap=True)
    table.add_column(overflow="fold")
    label = "Health"
    for check in _part(said, "health").get("checks") or []:
        ok = check.get("ok") is True
        detail = str(check.get("detail") or ("ok" if ok else ""))
        table.add_row(
            label, Text.assemble(("✓ " if ok else "✗ ", "green" if ok else "red"), f"{check.get('name')}: {detail}")
        )
        label = ""
    for label, text in (
        ("Versions", _versions(said)),
        ("Drift", _drift(said)),
        ("Certificate", _certificate(said)),
        ("Spend", _spend(said)),
    ):
        if text is not None:
            table.add_row(label, text)
    return table


def _versions(said: Mapping[str, Any]) -> Text | None:
    from rich.text import Text

    known = {name: value for name, value in _part(said, "versions").items() if value}
    return Text("  ".join(f"{name} {value}" for name, value in known.items())) if known else None


def _drift(said: Mapping[str, Any]) -> Text | None:
    from rich.text import Text

    drift = _part(said, "drift")
    if not drift:
        return None
    if not drift.get("changes"):
        return Text("none: what runs is what the inventory says", "green")
    return Text(f"{drift.get('summary')}  genai-gateway deploy --check --diff shows it", "yellow")


def _certificate(said: Mapping[str, Any]) -> Text | None:
    from rich.text import Text

    certificate = _part(said, "certificate")
    if not certificate:
        return None
    left = certificate.get("days_left")
    days = left if isinstance(left, int) else 0
    style = "red" if days < 1 else "yellow" if days < SOON else ""
    when = "has expired" if days < 1 else f"{days} days left"
    return Text(f"{certificate.get('domain')}: {when}, until {certificate.get('not_after')}", style)


def _spend(said: Mapping[str, Any]) -> Text | None:
    from rich.text import Text

    spend = _part(said, "spend")
    if not spend:
        return None
    amount, budget = float(spend.get("amount_usd") or 0), spend.get("budget_usd")
    if not budget:
        return Text(f"${amount:,.2f} in {spend.get('period')}")
    share = amount / float(budget)
    style = "red" if share >= 1 else "yellow" if share >= 0.8 else ""
    return Text(f"${amount:,.2f} of ${float(budget):,.2f} in {spend.get('period')} ({share:.0%})", style)
