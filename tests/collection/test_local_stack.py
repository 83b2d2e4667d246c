"""What a deployed LOCAL stack is like: closed to others, and its printed calls work."""

from __future__ import annotations

import configparser
import ipaddress
import re
import ssl
import stat
import subprocess
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.support import shared_stack
from tests.support.local_stack import CHECKOUT, LocalStack, read_stack_env


def test_stack_env_names_everything_a_script_needs(stack: LocalStack) -> None:
    settings = read_stack_env(stack.dir / "stack.env")
    assert list(settings) == [
        "GATEWAY_URL",
        "GATEWAY_TLS_URL",
        "GATEWAY_CA",
        "LITELLM_URL",
        "FAKE_LLM_URL",
        "MASTER_KEY",
    ]
    assert settings["MASTER_KEY"].startswith("sk-")
    assert settings["GATEWAY_URL"] == f"http://127.0.0.1:{stack.variables['local_gateway_port']}"


def test_stack_env_means_the_same_to_a_shell(stack: LocalStack) -> None:
    script = '. "$0"; printf "%s" "$MASTER_KEY $GATEWAY_CA"'
    said = subprocess.run(["sh", "-euc", script, stack.dir / "stack.env"], capture_output=True, text=True, check=True)
    assert said.stdout == f"{stack.master_key} {stack.ca}"


def test_nothing_of_the_stack_is_open_to_others(stack: LocalStack) -> None:
    ours = [stack.dir, *(path for path in stack.dir.rglob("*") if not path.is_relative_to(stack.dir / "data/postgres"))]
    open_to_others = {path: oct(mode) for path in ours if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077}
    assert {path for path in open_to_others if path.is_dir()} == set()
    # The keys' modes are said outright; the directory above protects the rest in any case.
    assert [path for path in open_to_others if path.parent.name in ("secrets", "env", "bin", "tls", "run")] == []
    assert stat.S_IMODE((stack.dir / "stack.env").stat().st_mode) == 0o600


def test_no_secret_is_in_what_ansible_says(stack: LocalStack) -> None:
    output = shared_stack.deploy_output()
    assert "Write the files of the stack" in output
    assert [secret for secret in stack.secrets() if secret in output] == []


def test_no_secret_is_in_an_argument_list_or_in_the_supervisors_configuration(stack: LocalStack) -> None:
    shown = [" ".join(process.cmdline()) for process in stack.processes()]
    shown.append((stack.dir / "supervisord.conf").read_text())
    assert any("litellm" in line for line in shown)
    assert len(stack.secrets()) == 5
    assert [secret for secret in stack.secrets() for line in shown if secret in line] == []


def test_no_secret_is_in_a_log(stack: LocalStack) -> None:
    logs = {log.name: log.read_text(errors="replace") for log in (stack.dir / "log").glob("*.log")}
    assert {"postgres.log", "litellm.log", "gateway.log", "fake-llm.log"} <= set(logs)
    assert [(name, secret) for secret in stack.secrets() for name, text in logs.items() if secret in text] == []


def test_only_loopback_is_bound(stack: LocalStack) -> None:
    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for process in stack.processes()
        for connection in process.net_connections(kind="inet")
        if connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE) and not connection.raddr
    }
    ports = {value for name, value in stack.variables.items() if name.endswith("_port")}
    assert [ip for ip, _ in listening if not ipaddress.ip_address(ip).is_loopback] == []
    bound = {port for _, port in listening}
    # Of the second LiteLLM, which runs only while the first is being replaced.
    standby = stack.variables["local_litellm_standby_port"]
    assert ports - bound == {standby}


def test_every_service_has_a_pid_file_and_a_log(stack: LocalStack) -> None:
    configuration = configparser.RawConfigParser()
    configuration.read(stack.dir / "supervisord.conf")
    services = [name.removeprefix("program:") for name in configuration.sections() if name.startswith("program:")]
    assert services == ["postgres", "fake-llm", "litellm", "gateway"]
    running = {process.pid for process in stack.processes()}
    for service in services:
        assert stack.pid(service) in running
        assert (stack.dir / "log" / f"{service}.log").exists()


def test_the_shell_understands_every_script(stack: LocalStack) -> None:
    scripts = sorted((stack.dir / "bin").iterdir())
    assert len(scripts) == 6
    for script in scripts:
        subprocess.run(["sh", "-n", script], check=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_certificate_passes_the_strictest_verification(stack: LocalStack, host: str) -> None:
    context = ssl.create_default_context(cafile=str(stack.ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    url = f"https://{host}:{stack.variables['local_gateway_tls_port']}/bedrock/health/liveliness"
    with urllib.request.urlopen(url, context=context, timeout=10) as answer:
        assert answer.status == 200


def _calls(welcome: str) -> dict[str, str]:
    parts = re.split(r"^  --- (.+)$", welcome, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("name", ["curl", "the OpenAI SDK", "boto3"])
def test_each_printed_call_works_as_printed(stack: LocalStack, name: str) -> None:
    call = _calls((stack.dir / "welcome.txt").read_text())[name]
    said = subprocess.run(["sh", "-eu"], input=call, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    assert "Hello from demo" in said.stdout, said.stderr


def test_the_welcome_fits_a_terminal_and_holds_no_secret(stack: LocalStack) -> None:
    welcome = (stack.dir / "welcome.txt").read_text()
    assert max(map(len, welcome.splitlines())) <= 110
    assert [secret for secret in stack.secrets() if secret in welcome] == []
    assert str(Path(stack.dir)) in welcome


def test_a_second_deploy_changes_nothing_whatever_the_shell_has_set(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    assert stack.deploy().changed == 0
