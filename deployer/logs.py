"""`genai-gateway logs`: what the services of a deployment write, on this machine or in CloudWatch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from deployer import options
from deployer.asking import usable
from deployer.cloudwatch_logs import Line, aws_lines
from deployer.inventories import Inventory
from deployer.local_logs import local_lines
from deployer.outcome import Exit, Unusable

SPAN = re.compile(r"([0-9]{1,18})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# Service, at most; longer names push their line.
WIDTH = 10


def parse_since(said: str, now: datetime) -> datetime:
    """A moment: a span before now (30s, 10m, 2h, 7d), or one of ISO 8601, which is UTC where it names no zone.

    Raises:
        Unusable: for anything else.
    """
    try:
        if match := SPAN.fullmatch(said.strip()):
            return now - timedelta(**{UNITS[match[2]]: int(match[1])})
        moment = datetime.fromisoformat(said.strip())
    except (ValueError, OverflowError):
        raise Unusable(
            f"--since takes a span such as 10m, 2h or 7d, or a moment such as 2026-01-31T08:00, not {said!r}."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def local_directory(inventory: Inventory, variables: dict[str, object], default: Path) -> Path:
    """Where platform LOCAL keeps its logs: as the variables say, or in the checkout's default for its data."""
    said = str(variables.get("local_dir") or inventory.variables.get("local_dir") or "")
    # The default is a template for Ansible, of the same place.
    directory = default if not said or "{{" in said else Path(said).expanduser()
    return directory / "log"


def _show(lines: Iterator[Line]) -> None:
    for line in lines:
        when = f"{line.at.astimezone():%H:%M:%S} " if line.at else ""
        typer.echo(f"{when}{line.service:<{WIDTH}} {line.text}")


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    since: Annotated[str, typer.Option(metavar="SPAN", help="How far back, on AWS: 10m, 2h, 7d, or a moment.")] = "10m",
    container: Annotated[
        str | None, typer.Option("--container", "-c", metavar="NAME", help="Only this service: gateway, litellm, …")
    ] = None,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="How many lines of each log, on platform LOCAL.")
    ] = 20,
    inventory: options.InventoryName = None,
    variables: options.Variables = None,
    project: options.Project = None,
) -> None:
    """Show the logs of a deployment."""
    from deployer.checkout import find_checkout
    from deployer.inventories import find_inventory, plain_variables

    with usable():
        try:
            checkout = find_checkout(project)
            found = find_inventory(inventory, checkout)
            by_name, files = options.parse_variables(variables or ())
            given = {**plain_variables(files), **by_name}
            if found.platform(given) == "LOCAL":
                directory = local_directory(found, given, checkout.local_directory)
                said = local_lines(directory, container=container, lines=lines, follow=follow)
            else:
                moment = parse_since(since, datetime.now(UTC))
                said = aws_lines({**found.variables, **given}, container=container, since=moment, follow=follow)
            _show(said)
        except KeyboardInterrupt:
            raise typer.Exit(Exit.DONE if follow else Exit.INTERRUPTED) from None
        except BrokenPipeError:
            # `| head` has seen enough.
            raise typer.Exit(Exit.DONE) from None
