"""The operator's command line, `genai-gateway`."""

import typer

from deployer.deploy import deploy, undeploy, update_config
from deployer.fake_llm.command import fake_llm
from deployer.fake_okta.command import fake_okta
from deployer.init import init
from deployer.inventory_env import import_env
from deployer.login import login
from deployer.logs import logs
from deployer.status import status

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("deploy")(deploy)
app.command("undeploy")(undeploy)
app.command("update-config")(update_config)
app.command("status")(status)
app.command("logs")(logs)
app.command("login")(login)
app.command("init")(init)
app.command("import-env")(import_env)
app.command("fake-llm")(fake_llm)
app.command("fake-okta")(fake_okta)


@app.callback()
def genai_gateway() -> None:
    """One address for every LLM of a company: deploy it, operate it, try it."""


def main() -> None:
    """Run the command that the arguments name."""
    app()


if __name__ == "__main__":
    main()
