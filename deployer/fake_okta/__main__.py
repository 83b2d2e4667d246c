"""`python -m deployer.fake_okta`: the same as `genai-gateway fake-okta`."""

import typer

from deployer.fake_okta.command import fake_okta

if __name__ == "__main__":
    typer.run(fake_okta)
