"""What `genai-gateway undeploy` says and asks before it takes anything away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from deployer.inventories import plain_variables
from deployer.outcome import Unusable
from deployer.runs import Request
from deployer.vault import is_interactive

TRUE = frozenset({"true", "yes", "on", "1", "y", "t"})


def _name(request: Request, variables: Mapping[str, Any]) -> str:
    """What has to be typed: as names on AWS begin, or on this machine the inventory's."""
    if request.platform == "LOCAL":
        return request.inventory.name
    return str(variables.get("deployment_name") or "genai-gateway")


def _consequences(request: Request, variables: Mapping[str, Any]) -> str:
    """What goes and what stays. What cannot be read here, as it is encrypted or a template, is taken to go."""
    if request.platform == "LOCAL":
        kept = variables.get("local_data", "keep") == "keep"
        return f"Its data on this machine {'stays' if kept else 'GOES'}."
    snapshot = str(variables.get("undeploy_final_snapshot", True)).lower() in TRUE
    kept = variables.get("undeploy_foundation", "keep") == "keep"
    return (
        f"The database leaves {'a snapshot' if snapshot else 'NO snapshot'}; logs and key {'stay' if kept else 'GO'}."
    )


def confirm(request: Request) -> None:
    """Says what goes, and has the deployment's name typed.

    Raises:
        Unusable: where another one is typed, or nobody can be asked.
    """
    given = {**plain_variables(request.variable_files), **request.variables}
    variables = {**request.inventory.variables, **given}
    name = _name(request, variables)
    # Answered already, as the playbook takes it.
    if given.get("undeploy_confirm") == name:
        return
    if not is_interactive():
        raise Unusable("undeploy asks first, and nobody can be asked here: give --yes.")
    where = f" in {variables['aws_region']}" if request.platform != "LOCAL" and variables.get("aws_region") else ""
    typer.echo(f"This takes away the deployment {name} on {request.platform}{where}.", err=True)
    typer.echo(_consequences(request, variables), err=True)
    if str(typer.prompt("Type its name to go on", default="", show_default=False, err=True)).strip() != name:
        raise Unusable("Nothing was changed: another name was typed.")
