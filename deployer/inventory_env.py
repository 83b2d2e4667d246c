"""`genai-gateway import-env`: turns the .env of the original into an inventory."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from deployer import options
from deployer.asking import usable
from deployer.checkout import find_checkout
from deployer.env_file import read_env
from deployer.env_variables import PLACEHOLDERS, PROVIDER_KEYS, RULES
from deployer.inventory_files import defaults, differing, directory_of, render_variables, template_of, write_inventory
from deployer.outcome import Unusable
from deployer.vault import new_secret

INTRODUCTION = (
    "Imported from a .env. What is not here has its default: inventories/aws/group_vars/all has all variables with "
    "their explanations. Copy from there into this file what you want to change."
)


@dataclass
class Imported:
    """What became of a .env: `taken` and `gone` say for people what became of each variable."""

    variables: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


def convert_env(env: Mapping[str, str]) -> Imported:
    """Turns variables of a .env into those of an inventory.

    Raises:
        Unusable: with all values that cannot be used, by the names of their variables.
    """
    found, wrong = Imported(variables={"platform": "ECS"}), []
    for name, value in env.items():
        if name in PROVIDER_KEYS:
            _take_secret(found, name, value)
        elif name not in RULES:
            found.unknown[name] = _meant(name)
        else:
            try:
                said = RULES[name].convert(value, env)
            except Unusable as error:
                wrong.append(str(error))
                continue
            _take(found, name, said, RULES[name].gone)
    if wrong:
        raise Unusable("\n  ".join(["These values cannot be used:", *wrong]))
    return found


def _take_secret(found: Imported, name: str, value: str) -> None:
    if value in PLACEHOLDERS:
        found.gone[name] = "it has no value"
    else:
        found.secrets[name] = value
        found.taken[name] = "provider_keys, encrypted"


def _take(found: Imported, name: str, said: Mapping[str, Any], gone: str) -> None:
    if said:
        found.variables |= said
        found.taken[name] = ", ".join(said)
    else:
        found.gone[name] = gone


def _meant(name: str) -> str:
    close = difflib.get_close_matches(name, [*RULES, *PROVIDER_KEYS], n=1, cutoff=0.88)
    if close:
        return f"is {close[0]} meant?"
    if name.endswith(("_API_KEY", "_TOKEN")):
        return "if it is the key of a provider, add it to provider_keys: ansible-vault edit …/group_vars/all/vault.yml"
    return "nothing here knows it"


def import_env(
    file: Annotated[Path, typer.Argument(metavar="ENV", help="The .env of the original.")],
    name: Annotated[str, typer.Option("--name", "-n", help="What the inventory is called.")] = "imported",
    region: Annotated[str, typer.Option("--region", help="AWS region, where the .env names none.")] = "us-east-1",
    vault_password_file: options.VaultPasswordFile = None,
    project: options.Project = None,
) -> None:
    """Turn the .env of the original into an inventory, its keys encrypted by ansible-vault."""
    with usable():
        checkout = find_checkout(project)
        directory = directory_of(name, checkout)
        found = convert_env(read_env(file))
        template = template_of("ECS", checkout)
        found.variables.setdefault("aws_region", region)
        known = defaults(template) | {"aws_region": None}
        kept = differing(found.variables, known)
        secret = new_secret(vault_password_file) if found.secrets else None
        main = render_variables(kept, template, INTRODUCTION)
        files = write_inventory(directory, template, main, found.secrets, secret)
    _report(found, files, name)


def _report(found: Imported, files: list[Path], name: str) -> None:
    for heading, said in (("Taken over", found.taken), ("No longer needed", found.gone), ("Not known", found.unknown)):
        if said:
            typer.echo(f"{heading}:")
            width = max(map(len, said))
            for variable, text in said.items():
                typer.echo(f"  {variable:<{width}}  {text}")
            typer.echo()
    typer.echo("Written:")
    for file in files:
        typer.echo(f"  {file}")
    typer.echo(f"\nLook it through, then: genai-gateway deploy -i {name} --check")
