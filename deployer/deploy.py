"""`genai-gateway deploy`, `undeploy` and `update-config`: the playbooks of the same names."""

from __future__ import annotations

from dataclasses import replace

import typer

from deployer import options
from deployer.outcome import Unusable
from deployer.playbooks import Asked, request_of, run_command, run_shown, stop_unusable
from deployer.undeploy import confirm


def deploy(
    inventory: options.InventoryName = None,
    variables: options.Variables = None,
    check: options.Check = False,
    diff: options.Diff = False,
    tags: options.Tags = "",
    ask_vault_pass: options.AskVaultPassword = False,
    vault_password_file: options.VaultPasswordFile = None,
    quiet: options.QuietMode = False,
    json: options.JsonMode = False,
    verbose: options.Verbose = False,
    project: options.Project = None,
) -> None:
    """Put the gateway and LiteLLM on a platform, or change what differs."""
    asked = Asked(
        project=project,
        inventory=inventory,
        variables=variables or (),
        check=check,
        diff=diff,
        tags=tags,
        ask_vault_password=ask_vault_pass,
        vault_password_file=vault_password_file,
        quiet=quiet,
        json=json,
        verbose=verbose,
    )
    run_command("deploy", asked)


def update_config(
    inventory: options.InventoryName = None,
    variables: options.Variables = None,
    check: options.Check = False,
    diff: options.Diff = False,
    ask_vault_pass: options.AskVaultPassword = False,
    vault_password_file: options.VaultPasswordFile = None,
    quiet: options.QuietMode = False,
    json: options.JsonMode = False,
    verbose: options.Verbose = False,
    project: options.Project = None,
) -> None:
    """Give LiteLLM another configuration without an interruption; return to the one before if it does not work."""
    asked = Asked(
        project=project,
        inventory=inventory,
        variables=variables or (),
        check=check,
        diff=diff,
        ask_vault_password=ask_vault_pass,
        vault_password_file=vault_password_file,
        quiet=quiet,
        json=json,
        verbose=verbose,
    )
    run_command("update-config", asked)


def undeploy(
    inventory: options.InventoryName = None,
    variables: options.Variables = None,
    check: options.Check = False,
    diff: options.Diff = False,
    yes: options.Yes = False,
    ask_vault_pass: options.AskVaultPassword = False,
    vault_password_file: options.VaultPasswordFile = None,
    quiet: options.QuietMode = False,
    json: options.JsonMode = False,
    verbose: options.Verbose = False,
    project: options.Project = None,
) -> None:
    """Take the gateway and LiteLLM off their platform."""
    asked = Asked(
        project=project,
        inventory=inventory,
        variables=variables or (),
        check=check,
        diff=diff,
        ask_vault_password=ask_vault_pass,
        vault_password_file=vault_password_file,
        quiet=quiet,
        json=json,
        verbose=verbose,
    )
    try:
        request = request_of("undeploy", asked)
        if not (yes or check):
            confirm(request)
        # Asked already, here; the playbook could ask nobody.
        request = replace(request, variables={**request.variables, "undeploy_ask": False})
    except Unusable as error:
        raise stop_unusable(error) from None
    raise typer.Exit(run_shown(request, asked).status.exit_code)
