"""`python -m deployer.fake_llm`: the same as `genai-gateway fake-llm`."""

import typer

from deployer.fake_llm.command import fake_llm

if __name__ == "__main__":
    typer.run(fake_llm)
