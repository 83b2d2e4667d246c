"""The command that starts the fake Okta, for `genai-gateway fake-okta` and for `python -m deployer.fake_okta`."""

import re
from pathlib import Path
from typing import Annotated

import typer

_BASE_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


def _base_url(value: str | None) -> str | None:
    if value is not None and not _BASE_URL.fullmatch(value):
        raise typer.BadParameter(f"{value} is not http(s)://host or http(s)://host:port, without a path.")
    return value


def fake_okta(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 4020,
    audience: Annotated[str, typer.Option(help="The `aud` of access tokens.")] = "api://default",
    users: Annotated[
        Path | None, typer.Option(help="YAML or JSON file with other users than alice, bob, carol and dave.")
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(callback=_base_url, help="Address by which others reach it, when it is not the one listened on."),
    ] = None,
    token_lifetime: Annotated[int, typer.Option(min=1, help="Seconds until a token expires.")] = 3600,
) -> None:
    """Serve a made-up Okta with made-up users. Whoever reaches it can be anybody: never for real use."""
    # Imported here: the command line must not load a web server to show its help.
    from deployer.fake_okta.errors import CannotListenError, UsersFileError
    from deployer.fake_okta.okta import Okta
    from deployer.fake_okta.run import run
    from deployer.fake_okta.users import MADE_UP_USERS, load_users

    try:
        known = MADE_UP_USERS if users is None else load_users(users)
        run(
            host,
            port,
            lambda address: Okta(public_url or address, audience=audience, users=known, lifetime=token_lifetime),
        )
    except (CannotListenError, UsersFileError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
