"""What the commands that run a playbook can all be asked for: their common options, told in one place."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from deployer import options
from deployer.outcome import Exit, Unusable


@dataclass(frozen=True)
class Asked:
    """What the options of a command say."""

    project: Path | None = None
    inventory: str | None = None
    variables: Sequence[str] = ()
    check: bool = False
    diff: bool = False
    tags: str = ""
    ask_vault_password: bool = False
    vault_password_file: Path | None = None
    quiet: bool = False
    json: bool = False
    verbose: bool = False


# In the order in which --help shows them: what typer makes an option of, and its default.
_OPTIONS: dict[str, tuple[Any, Any]] = {
    "inventory": (options.InventoryName, None),
    "variables": (options.Variables, None),
    "check": (options.Check, False),
    "diff": (options.Diff, False),
    "tags": (options.Tags, ""),
    "ask_vault_password": (options.AskVaultPassword, False),
    "vault_password_file": (options.VaultPasswordFile, None),
    "quiet": (options.QuietMode, False),
    "json": (options.JsonMode, False),
    "verbose": (options.Verbose, False),
    "project": (options.Project, None),
}


def asks(*, without: Sequence[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes a command of a function: its parameter `asked` becomes the common options, but for those `without`.

    The function's other parameters are options of its own. What it raises as Unusable is said, with exit code 2.
    """
    shared = {name: option for name, option in _OPTIONS.items() if name not in without}

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(**given: Any) -> None:
            said = {name: value for name in shared if (value := given.pop(name)) is not None}
            with usable():
                function(asked=Asked(**said), **given)

        own = [one for one in inspect.signature(function, eval_str=True).parameters.values() if one.name != "asked"]
        common = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in shared.items()
        ]
        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + common
        # What typer reads; it would follow functools.wraps to the function itself.
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        return command

    return decorate


@contextmanager
def usable() -> Iterator[None]:
    """Ends the command where what was given cannot be used, and says why."""
    try:
        yield
    except Unusable as error:
        typer.echo(f"genai-gateway: {error}", err=True)
        raise typer.Exit(Exit.USAGE) from None
