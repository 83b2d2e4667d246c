"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from deployer.outcome import Unusable

Project = Annotated[
    Path | None,
    typer.Option(
        "--project", envvar="GENAI_GATEWAY_PROJECT", help="The project's checkout, where it is not around here."
    ),
]
InventoryName = Annotated[
    str | None,
    typer.Option(
        "--inventory", "-i", metavar="NAME|PATH", help="Which deployment: a name below inventories/, or a path."
    ),
]
Variables = Annotated[
    list[str] | None,
    typer.Option(
        "--extra-vars", "-e", metavar="KEY=VALUE", help="A variable for this run; also @FILE. Can be repeated."
    ),
]
Check = Annotated[bool, typer.Option("--check", "-C", help="Change nothing; say what would change.")]
Diff = Annotated[
    bool, typer.Option("--diff", "-D", help="Show what differs in files and plans (shows the tasks' output).")
]
Tags = Annotated[str, typer.Option("--tags", "-t", metavar="STEPS", help="Only these steps, separated by commas.")]
AskVaultPassword = Annotated[
    bool, typer.Option("--ask-vault-pass", "-J", help="Ask for the password of ansible-vault.")
]
VaultPasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--vault-password-file",
        metavar="FILE",
        help="Where the password of ansible-vault is, or a program that prints it.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
QuietMode = Annotated[bool, typer.Option("--quiet", "-q", help="Say only how it ended.")]
JsonMode = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show the tasks' output, too.")]


def parse_variables(given: Sequence[str]) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Variables as ansible-playbook takes them with -e: key=value (a text), a JSON object, or @file.

    Returns:
        The variables, and the files; what stands in files is overridden by what is given by name.

    Raises:
        Unusable: for what is none of these, or a file that is not there.
    """
    variables: dict[str, Any] = {}
    files: list[Path] = []
    for word in given:
        if word.startswith("@"):
            file = Path(word[1:]).expanduser().absolute()
            if not file.is_file():
                raise Unusable(f"-e {word}: there is no such file.")
            files.append(file)
        elif word.lstrip().startswith("{"):
            variables |= _parse_object(word)
        else:
            name, equals, value = word.partition("=")
            if not equals or not name.isidentifier():
                # Not repeated here: it could be a secret.
                raise Unusable(
                    "-e takes KEY=VALUE, a JSON object, or @FILE; KEY has letters, digits and underscores only."
                )
            variables[name] = value
    return variables, tuple(files)


def _parse_object(word: str) -> dict[str, Any]:
    try:
        said = json.loads(word)
    except ValueError as error:
        raise Unusable(f"-e was given a JSON object that is none: {error}.") from None
    return dict(said)
