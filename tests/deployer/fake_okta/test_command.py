import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deployer.cli import app
from tests.support.processes import FakeOkta
from tests.support.token_forge import claims_of

ROOT = Path(__file__).parents[3]
MODULE = (sys.executable, "-m", "deployer.fake_okta")
CLI = (sys.executable, "-m", "deployer.cli", "fake-okta")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_warns_says_where_it_is_and_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    with FakeOkta() as service:
        assert httpx.get(f"{service.url}/health", trust_env=False).json() == {"status": "ok"}
        warning, issuer, address = service.output.splitlines()
        assert warning == "Whoever reaches this can be anybody: it is for trying and testing, never for real use."
        assert issuer == f"issuer {service.issuer}"
        assert address == f"listening on {service.url}"
        service.process.send_signal(number)
        assert service.process.wait(timeout=5) == 0


def test_it_listens_on_loopback_only() -> None:
    with FakeOkta() as service:
        assert httpx.URL(service.url).host == "127.0.0.1"


def test_the_options_say_what_is_in_a_token(tmp_path: Path) -> None:
    users = tmp_path / "users.yaml"
    users.write_text("users: [{login: ann@a.example, password: hush, groups: [ops]}]\n")
    options = ("--users", str(users), "--audience", "api://gateway", "--token-lifetime", "60")
    with FakeOkta(*options, "--public-url", "https://okta.test") as service:
        claims = claims_of(service.token("ann@a.example"))
        metadata = httpx.get(f"{service.issuer}/.well-known/openid-configuration", trust_env=False).json()
    assert (claims["sub"], claims["groups"], claims["aud"]) == ("ann@a.example", ["ops"], "api://gateway")
    assert claims["exp"] - claims["iat"] == 60
    assert claims["iss"] == metadata["issuer"] == "https://okta.test/oauth2/default"
    assert metadata["jwks_uri"] == "https://okta.test/oauth2/default/v1/keys"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--port", "70000"),
        ("--port", "many"),
        ("--token-lifetime", "0"),
        ("--public-url", "okta.test"),
        ("--public-url", "https://okta.test/path"),
    ],
)
def test_a_bad_option_is_named(option: str, value: str) -> None:
    finished = CliRunner().invoke(app, ["fake-okta", option, value])
    assert finished.exit_code == 2
    assert option in finished.stderr


def test_a_users_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    file = tmp_path / "users.yaml"
    file.write_text("users: [{login: ann}]\n")
    finished = CliRunner().invoke(app, ["fake-okta", "--port", "0", "--users", str(file)])
    assert finished.exit_code == 1
    assert finished.stderr.startswith(f"Error: the users' file {file}: users[0].password is missing")


@pytest.mark.parametrize("command", [MODULE, CLI])
def test_a_port_in_use_is_named(command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = run(*command, "--port", str(port))
    assert finished.returncode == 1
    assert finished.stderr == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_a_host_that_is_not_this_machines_is_named() -> None:
    finished = run(*CLI, "--host", "192.0.2.1", "--port", "0")
    assert finished.returncode == 1
    assert finished.stderr == "Error: cannot listen on 192.0.2.1:0: Cannot assign requested address\n"
