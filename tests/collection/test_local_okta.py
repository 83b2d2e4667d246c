"""LOCAL with a made-up Okta beside the gateway, and then without it again."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.stack_processes import why_port_is_unusable
from joserfc import jwt
from joserfc.jwk import KeySet

from deployer.fake_okta.users import MADE_UP_USERS
from gateway.identity.policy.loading import load_policy
from tests.support.local_stack import CHECKOUT, PORTS, LocalStack, PlaybookFailedError, free_ports, read_stack_env

POLICY = CHECKOUT / "config/local-access-policy.yaml"
SETTINGS = ("OKTA_ISSUER", "OKTA_AUDIENCE", "GATEWAY_ACCESS_POLICY")


@pytest.fixture(scope="module")
def own() -> Iterator[LocalStack]:
    """A stack with a made-up Okta; the last test switches it off."""
    with LocalStack(local_okta=True, **free_ports((*PORTS, "local_okta_port"))) as stack:
        yield stack


def gateway_settings(stack: LocalStack) -> dict[str, str]:
    settings = read_stack_env(stack.dir / "env" / "gateway.env")
    return {name: settings[name] for name in SETTINGS if name in settings}


def running(stack: LocalStack) -> set[str]:
    """The services that `make status` shows as running, or as about to be."""
    command = [Path(sys.executable).parent / "supervisorctl", "-c", stack.dir / "supervisord.conf", "status"]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    states = dict(re.findall(r"^(\S+)\s+(\S+)", said, re.MULTILINE))
    assert set(states.values()) <= {"STARTING", "RUNNING"}, said
    return set(states)


def test_a_second_deploy_changes_nothing(own: LocalStack) -> None:
    assert own.deploy().changed == 0


def test_it_runs_beside_the_other_services_on_loopback(own: LocalStack) -> None:
    assert running(own) == {"postgres", "fake-llm", "fake-okta", "litellm", "gateway"}
    addresses = {
        connection.laddr
        for process in own.processes()
        if process.pid == own.pid("fake-okta")
        for connection in process.net_connections(kind="inet")
    }
    assert ("127.0.0.1", own.variables["local_okta_port"]) in addresses
    assert {address.ip for address in addresses} == {"127.0.0.1"}


def test_a_token_for_the_gateway_can_be_had_and_verified(own: LocalStack) -> None:
    settings = gateway_settings(own)
    issuer = settings["OKTA_ISSUER"]
    assert issuer == own.setting("OKTA_ISSUER") == f"http://127.0.0.1:{own.variables['local_okta_port']}/oauth2/default"
    with httpx.Client(trust_env=False) as http:
        form = {"grant_type": "password", "username": "alice@example.com", "password": "alice"}
        token = http.post(f"{issuer}/v1/token", data=form).json()["access_token"]
        metadata = http.get(f"{issuer}/.well-known/openid-configuration").json()
        keys = KeySet.import_key_set(http.get(metadata["jwks_uri"]).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (issuer, settings["OKTA_AUDIENCE"])
    assert (claims["sub"], claims["groups"]) == ("alice@example.com", ["Everyone", "data-science"])


def test_the_gateway_gets_the_policy_of_the_checkout(own: LocalStack) -> None:
    policy = Path(gateway_settings(own)["GATEWAY_ACCESS_POLICY"])
    assert policy.is_relative_to(own.dir)
    assert policy.read_text() == POLICY.read_text()


def test_the_policy_has_a_rule_for_each_made_up_user() -> None:
    policy = load_policy(POLICY)
    rules = {user.name: policy.rule_for("any issuer", {"groups": list(user.groups)}) for user in MADE_UP_USERS}
    assert {name: rule.name for name, rule in rules.items() if rule is not None} == {
        "Alice": "data-science",
        "Bob": "everyone",
        "Carol": "administrators",
        "Dave": "contractors",
    }
    assert [rule.name for rule in policy.rules if rule.deny] == ["contractors"]
    assert policy.token_login


def test_the_welcome_shows_how_to_get_a_token_and_with_it_a_key(own: LocalStack) -> None:
    welcome = (own.dir / "welcome.txt").read_text()
    assert own.setting("OKTA_ISSUER") in welcome
    assert max(map(len, welcome.splitlines())) <= 110
    call = welcome.partition("  --- a key of one's own")[2].partition("\n")[2]
    said = subprocess.run(["sh", "-eu"], input=call, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    assert "Hello from demo" in said.stdout, said.stderr


def test_its_port_is_checked_only_where_it_runs(own: LocalStack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PlaybookFailedError, match=rf"port {port} \(local_okta_port\) is in use by"):
            own.deploy("--skip-tags", "platform,verify", local_okta_port=port)
        own.deploy("--skip-tags", "platform,verify", local_okta_port=port, local_okta=False)


def test_switched_off_it_ends_and_leaves_no_setting(own: LocalStack) -> None:
    own.deploy(local_okta=False)
    assert running(own) == {"postgres", "fake-llm", "litellm", "gateway"}
    assert why_port_is_unusable(int(str(own.variables["local_okta_port"]))) is None
    assert gateway_settings(own) == {}
    assert "OKTA" not in (own.dir / "stack.env").read_text()
    assert "Okta" not in (own.dir / "welcome.txt").read_text()
    assert own.deploy(local_okta=False).changed == 0
