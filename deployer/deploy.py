"""`genai-gateway deploy`, `undeploy` and `update-config`: the playbooks of the same names."""

from __future__ import annotations

from dataclasses import replace

import typer

from deployer import options
from deployer.asking import Asked, asks
from deployer.playbooks import request_of, run_shown
from deployer.undeploy import confirm


@asks()
def deploy(asked: Asked) -> None:
    """Put the gateway and LiteLLM on a platform, or change what differs."""
    raise typer.Exit(run_shown(request_of("deploy", asked), asked).status.exit_code)


@asks(without=["tags"])
def update_config(asked: Asked) -> None:
    """Give LiteLLM another configuration without an interruption; return to the one before if it does not work."""
    raise typer.Exit(run_shown(request_of("update-config", asked), asked).status.exit_code)


@asks(without=["tags"])
def undeploy(asked: Asked, yes: options.Yes = False) -> None:
    """Take the gateway and LiteLLM off their platform."""
    request = request_of("undeploy", asked)
    if not (yes or asked.check):
        confirm(request)
    # Asked already, here; the playbook could ask nobody.
    request = replace(request, variables={**request.variables, "undeploy_ask": False})
    raise typer.Exit(run_shown(request, asked).status.exit_code)
