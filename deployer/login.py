"""`genai-gateway login`: where a deployment is found, where its key is, and code that calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployer.asking import Asked, asks
from deployer.outcome import Unusable
from deployer.playbooks import consoles, reported

if TYPE_CHECKING:
    from rich.console import Console

# Names of the snippets, and the languages that they are coloured as.
SNIPPETS = {"openai": ("OpenAI SDK", "python"), "boto3": ("boto3", "python"), "curl": ("curl", "bash")}


@asks(without=["check", "diff", "tags", "quiet"])
def login(
    asked: Asked,
    snippet: Annotated[
        str | None, typer.Option("--snippet", metavar="NAME", help="Print only this one: openai, boto3 or curl.")
    ] = None,
) -> None:
    """Print the addresses, where the key is, and ready-made code. The key itself is not printed."""
    _check_snippet(snippet)
    # A snippet alone can be piped into a program, so nothing else may be printed.
    asked = replace(asked, quiet=snippet is not None and not asked.json)
    said = reported("login", asked)
    if snippet is not None and not asked.json:
        typer.echo(str(said["snippets"][snippet]).rstrip())
    elif not asked.json:
        show_login(consoles(asked)[0], said)


def _check_snippet(name: str | None) -> None:
    if name is not None and name not in SNIPPETS:
        raise Unusable(f"--snippet is one of {', '.join(SNIPPETS)}, not {name!r}.")


def show_login(console: Console, said: Mapping[str, Any]) -> None:
    """Prints how to reach a deployment."""
    from rich.table import Table
    from rich.text import Text

    key = said.get("master_key") or {}
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bright_black", no_wrap=True)
    # Folded, never cut: these are copied.
    table.add_column(overflow="fold")
    for label, value in (
        ("Address", said.get("url")),
        ("Admin UI", said.get("admin_url")),
        ("Region", said.get("region")),
        ("Key", key.get("where")),
        ("", key.get("command")),
    ):
        if value:
            table.add_row(label, Text(str(value), "bold" if label == "Address" else "cyan" if not label else ""))
    console.print(table)
    for name, (heading, language) in SNIPPETS.items():
        code = (said.get("snippets") or {}).get(name)
        if code:
            _show_snippet(console, heading, language, str(code).rstrip())


def _show_snippet(console: Console, heading: str, language: str, code: str) -> None:
    from rich.syntax import Syntax

    console.print(f"\n[bold]{heading}[/bold]")
    if console.is_terminal:
        # The terminal's own background and colours; no frame and no indentation, so that it can be copied.
        console.print(Syntax(code, language, theme="ansi_dark", background_color="default", word_wrap=True))
    else:
        typer.echo(code)
