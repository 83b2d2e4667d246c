"""The command that starts the fake LLM, for `genai-gateway fake-llm` and for `python -m deployer.fake_llm`."""

import math
from typing import Annotated

import typer


def _finite(value: float) -> float:
    # click's range lets "nan" and "inf" pass.
    if not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value


def fake_llm(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 4010,
    tokens_per_second: Annotated[
        float, typer.Option(min=0, callback=_finite, help="Speed of an answer; 0 is as fast as possible.")
    ] = 0,
    time_to_first_token: Annotated[
        float, typer.Option(min=0, callback=_finite, help="Seconds before an answer begins.")
    ] = 0,
) -> None:
    """Serve a model that needs no provider: it speaks OpenAI's API and answers with what it saw."""
    # Imported here: the command line must not load a web server to show its help.
    from deployer.fake_llm.pace import Pace
    from deployer.fake_llm.run import CannotListenError, run

    try:
        run(host, port, Pace(tokens_per_second, time_to_first_token))
    except CannotListenError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
