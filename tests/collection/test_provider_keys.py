"""The keys of model providers in a simulated Secrets Manager: kept, compared by name, and shown to nobody."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.provider_keys import (
    Kept,
    ProviderKeysError,
    check_keys,
    compare,
    read,
    write,
)

from tests.support.aws_sim import AwsSim
from tests.support.aws_sim.process import REGION
from tests.support.module_runs import Answer, run_module

CHECKOUT = Path(__file__).parents[2]
VALUE, OTHER, NUMBER = "sk-made-up-value-4711", "sk-made-up-other-0815", 471108154711


@pytest.fixture(scope="module")
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


@pytest.fixture(scope="module")
def manager(account: AwsSim) -> Any:
    return account.client("secretsmanager")


@pytest.fixture
def secret(manager: Any) -> str:
    """The ARN of a secret as the foundation makes it: without a version."""
    return str(manager.create_secret(Name=f"{uuid.uuid4().hex}/provider-keys")["ARN"])


def kept_in(manager: Any, secret: str) -> Any:
    return json.loads(manager.get_secret_value(SecretId=secret)["SecretString"])


def versions_of(manager: Any, secret: str) -> list[str]:
    found = manager.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]
    return [version["VersionId"] for version in found]


def test_everything_that_is_wrong_is_said_at_once_and_without_a_value() -> None:
    given = {"openai": VALUE, "XAI_API_KEY": "", "A_KEY": None, "B_KEY": NUMBER, "C_KEY": [OTHER], "GOOD_KEY": VALUE}
    with pytest.raises(ProviderKeysError) as raised:
        check_keys(given)
    assert str(raised.value) == (
        "provider_keys: openai: a name is like that of a variable, OPENAI_API_KEY; XAI_API_KEY: is empty; A_KEY: is "
        "empty; B_KEY: is no text, put the value into quotes; C_KEY: is no text, put the value into quotes"
    )


def test_keys_are_compared_by_name_and_value() -> None:
    difference = compare({"A": "1", "B": "2", "C": "3"}, {"B": "2", "C": "4", "D": "5"})
    assert (difference.added, difference.changed, difference.removed) == (["D"], ["C"], ["A"])
    assert not compare({"A": "1"}, {"A": "1"})


def test_a_request_that_is_repeated_makes_no_second_version(manager: Any, secret: str) -> None:
    """As after an answer that was lost on its way."""
    first = write(manager, secret, {"A": "1"}, None)
    assert write(manager, secret, {"A": "1"}, None) == first
    assert versions_of(manager, secret) == [first]
    second = write(manager, secret, {"A": "2"}, Kept(first, {"A": "1"}))
    third = write(manager, secret, {"A": "1"}, Kept(second, {"A": "2"}))
    assert len({first, second, third}) == 3
    assert read(manager, secret) == Kept(third, {"A": "1"})


def run(account: AwsSim, directory: Path, secret: str, keys: Any = None, *, check: bool = False) -> Answer:
    given = {} if keys is None else {"keys": keys}
    switches = {"_ansible_check_mode": check, "_ansible_diff": True}
    return run_module(
        "provider_keys", directory, account.environment(), secret=secret, region=REGION, **given, **switches
    )


def test_the_secret_holds_exactly_what_is_given(account: AwsSim, manager: Any, secret: str, tmp_path: Path) -> None:
    planned = run(account, tmp_path, secret, {"A": VALUE, "B": OTHER}, check=True)
    assert (planned["changed"], planned["names"], planned["version"]) == (True, ["A", "B"], "")
    assert versions_of(manager, secret) == []

    first = run(account, tmp_path, secret, {"A": VALUE, "B": OTHER})
    assert first["changed"]
    assert (
        run(account, tmp_path, secret, {"B": OTHER, "A": VALUE}).result.items()
        >= {
            "changed": False,
            "version": first["version"],
        }.items()
    )

    second = run(account, tmp_path, secret, {"B": VALUE, "C": OTHER})
    assert second["diff"]["prepared"] == "+ C\n~ B (another value)\n- A\n"
    assert second["version"] != first["version"]
    assert kept_in(manager, secret) == {"B": VALUE, "C": OTHER}
    assert [text for text in (VALUE, OTHER) if text in first.output + second.output] == []

    emptied = run(account, tmp_path, secret, {})
    assert (emptied["changed"], emptied["names"]) == (True, [])
    assert kept_in(manager, secret) == {}


def test_without_keys_they_are_only_read(account: AwsSim, manager: Any, secret: str, tmp_path: Path) -> None:
    nothing = run(account, tmp_path, secret)
    assert (nothing["changed"], nothing["names"], nothing["version"]) == (False, [], "")
    manager.put_secret_value(SecretId=secret, SecretString=json.dumps({"B": VALUE, "A": OTHER}))
    found = run(account, tmp_path, secret)
    assert (found["changed"], found["names"]) == (False, ["A", "B"])
    assert versions_of(manager, secret) == [found["version"]]
    assert VALUE not in found.output


@pytest.mark.parametrize(
    "content",
    [{"SecretString": VALUE}, {"SecretString": f'["{VALUE}"]'}, {"SecretBinary": VALUE.encode()}],
    ids=["text", "list", "binary"],
)
def test_what_somebody_else_keeps_there_is_not_overwritten(
    account: AwsSim, manager: Any, secret: str, tmp_path: Path, content: dict[str, Any]
) -> None:
    manager.put_secret_value(SecretId=secret, **content)
    answer = run(account, tmp_path, secret, {"A": OTHER})
    assert answer["msg"].startswith(f"{secret} does not hold a JSON object from names to values")
    assert VALUE not in answer.output
    assert len(versions_of(manager, secret)) == 1


def test_a_secret_that_is_not_there_is_told(account: AwsSim, tmp_path: Path) -> None:
    answer = run(account, tmp_path, "nowhere", {"A": VALUE})
    assert answer["msg"].startswith("Cannot read and write the providers' keys: ResourceNotFoundException")
    assert VALUE not in answer.output


PLAY = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {"ansible.builtin.include_role": {"name": "genai.gateway.secrets"}},
            {"ansible.builtin.debug": {"msg": "{{ provider_key_names | join(' ') }} {{ provider_keys_version }}"}},
        ],
    }
]


def play(account: AwsSim, directory: Path, secret: str, keys: Any, *options: str) -> tuple[int, str]:
    """The role as a playbook runs it, with the keys in ansible-vault: exit code and output."""
    (directory / "play.yml").write_text(yaml.safe_dump(PLAY))
    given = {"provider_keys": keys, "secrets_provider_keys_secret": secret, "aws_region": REGION}
    (directory / "vault.yml").write_text(yaml.safe_dump(given))
    (directory / "password").write_text("made-up\n")
    programs = Path(sys.executable).parent
    environment = {
        **os.environ,
        **account.environment(),
        "ANSIBLE_CONFIG": str(CHECKOUT / "ansible/ansible.cfg"),
        "ANSIBLE_INVENTORY": "localhost,",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_VAULT_PASSWORD_FILE": str(directory / "password"),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }
    if b"$ANSIBLE_VAULT" not in (directory / "vault.yml").read_bytes():
        encrypt = [programs / "ansible-vault", "encrypt", "vault.yml"]
        subprocess.run(encrypt, cwd=directory, env=environment, check=True, capture_output=True)
    command = [programs / "ansible-playbook", "-c", "local", "-i", "localhost,", "play.yml", "-e", "@vault.yml"]
    done = subprocess.run(
        [*command, *options],
        cwd=directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout


def test_no_value_is_shown_however_much_is_asked_for(
    account: AwsSim, manager: Any, secret: str, tmp_path: Path
) -> None:
    code, output = play(account, tmp_path, secret, {"OPENAI_API_KEY": VALUE, "XAI_API_KEY": OTHER}, "-vvv", "--diff")
    assert code == 0, output
    assert kept_in(manager, secret) == {"OPENAI_API_KEY": VALUE, "XAI_API_KEY": OTHER}
    assert "+ OPENAI_API_KEY\n" in output
    assert re.search(r"OPENAI_API_KEY XAI_API_KEY [0-9a-f-]{36}", output)
    assert [text for text in (VALUE, OTHER) if text in output] == []


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"openai": VALUE, "XAI_API_KEY": NUMBER}, "XAI_API_KEY: is no text, put the value into quotes"),
        (VALUE, "provider_keys"),
        ([VALUE], "provider_keys"),
        ({"OPENAI_API_KEY": {"value": VALUE}}, "OPENAI_API_KEY: is no text"),
    ],
    ids=["faults", "text", "list", "deep"],
)
def test_no_value_is_shown_when_the_keys_are_wrong(
    account: AwsSim, secret: str, tmp_path: Path, keys: Any, told: str
) -> None:
    code, output = play(account, tmp_path, secret, keys, "-vvv", "--diff")
    assert code == 2, output
    assert told in output
    assert "Traceback" not in output
    assert [text for text in (VALUE, str(NUMBER)) if text in output] == []
