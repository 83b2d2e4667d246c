"""`genai-gateway status`: whether a gateway can serve, and what it lacks."""

from typing import Annotated

import typer

from deployer.readiness import Unreadable, read_readiness

# As the gateway's own states: what is degraded still serves.
EXIT_CODES = {"ready": 0, "degraded": 0, "unavailable": 1}
UNREACHABLE = 2


def status(
    url: Annotated[str, typer.Option(help="The gateway's address.")] = "http://127.0.0.1:3000",
) -> None:
    """Say what a gateway depends on, and whether each of it answers."""
    try:
        state, checks = read_readiness(url)
    except Unreadable as error:
        typer.echo(f"{url}: {error}", err=True)
        raise typer.Exit(UNREACHABLE) from None
    typer.echo(f"{'gateway':<16} {state}")
    for name, result in checks.items():
        typer.echo(f"{name:<16} {result}")
    raise typer.Exit(EXIT_CODES.get(state, 1))
