"""Runs a playbook for a command: what it is about, how it is shown, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from deployer.asking import Asked
from deployer.checkout import find_checkout
from deployer.inventories import Inventory, find_inventory, plain_variables
from deployer.options import parse_variables
from deployer.outcome import Exit, Status, Unusable
from deployer.progress import Json, Lines, Quiet, Terminal
from deployer.runs import Request, Result, run
from deployer.summary import show_summary
from deployer.tags import check_tags
from deployer.timings import Timings
from deployer.vault import PASSWORD_FILE, ask_password, existing_password_file, is_interactive, piped_password

if TYPE_CHECKING:
    from rich.console import Console


def _vault_password(asked: Asked, inventory: Inventory) -> str | None:
    """The password, where it has to be asked for, or comes through a pipe."""
    if asked.ask_vault_password:
        return ask_password()
    if (piped := piped_password(asked.vault_password_file)) is not None:
        return piped
    known = asked.vault_password_file is not None or bool(os.environ.get(PASSWORD_FILE))
    # Without anybody to ask, Ansible may still have a password from its own settings.
    if inventory.is_encrypted and not known and is_interactive():
        return ask_password(f"Vault password of {inventory.name}")
    return None


def request_of(command: str, asked: Asked, playbook: str | None = None) -> Request:
    """What to run for a command. Raises Unusable."""
    if asked.quiet and (asked.json or asked.verbose):
        raise Unusable("--quiet goes with neither --json nor --verbose.")
    if asked.json and asked.verbose:
        raise Unusable("--json does not go with --verbose: its output is for programs.")
    checkout = find_checkout(asked.project)
    inventory = find_inventory(asked.inventory, checkout)
    variables, files = parse_variables(asked.variables)
    platform = inventory.platform({**plain_variables(files), **variables})
    name = checkout.playbook(playbook or command)
    check_tags(asked.tags, checkout.playbooks / name)
    password = _vault_password(asked, inventory)
    return Request(
        command=command,
        checkout=checkout,
        playbook=name,
        inventory=inventory,
        platform=platform,
        variables={**variables, "platform": platform},
        variable_files=files,
        check=asked.check,
        diff=asked.diff,
        tags=asked.tags,
        vault_password=password,
        vault_password_file=existing_password_file(asked.vault_password_file) if password is None else None,
    )


def consoles(asked: Asked) -> tuple[Console, Console]:
    """Where results go (standard output) and where all else does: in JSON mode, standard output is for objects."""
    from rich.console import Console

    out = Console(highlight=False)
    return out, (Console(stderr=True, highlight=False) if asked.json else out)


def _reporter(asked: Asked, console: Console) -> Quiet:
    if asked.json:
        return Json(console, sys.stdout)
    if asked.quiet:
        return Quiet(console)
    verbose = asked.verbose or asked.diff
    return Terminal(console, verbose) if console.is_terminal else Lines(console, verbose)


def run_shown(request: Request, asked: Asked, *, summary: bool = True) -> Result:
    """Runs the playbook and shows its progress; the end as well, unless only failures are to be shown."""
    _, console = consoles(asked)
    timings = Timings(request.platform, f"{request.playbook}{'--check' if request.check else ''}")
    with _reporter(asked, console) as reporter:
        reporter.started(request, timings.usual())
        result = run(request, reporter)
    if result.status is Status.DONE:
        timings.add(result.steps)
    reporter.finished(result)
    if not asked.json and (summary or result.status is not Status.DONE):
        show_summary(console, request, result)
    return result


def reported(name: str, asked: Asked) -> Mapping[str, Any]:
    """Runs the playbook of this name, which changes nothing, and gives what it reported under its own name.

    Raises:
        Unusable: what was asked cannot be run.
        typer.Exit: the playbook failed, or reported nothing.
    """
    result = run_shown(request_of(name, asked), asked, summary=False)
    if result.status is not Status.DONE:
        raise typer.Exit(result.status.exit_code)
    said = result.data.get(name)
    if not isinstance(said, Mapping):
        typer.echo(f"genai-gateway: the playbook {name}.yml reported nothing.", err=True)
        raise typer.Exit(Exit.FAILED)
    return said
