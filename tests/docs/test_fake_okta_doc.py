"""The calls of docs/fake-okta.md work as they stand, one after the other, and its tables are complete."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
from pathlib import Path

import yaml

from deployer.fake_okta.command import fake_okta
from deployer.fake_okta.failures import FAILURES
from deployer.fake_okta.orders import Order
from deployer.fake_okta.users import MADE_UP_USERS, load_users
from tests.support.processes import FakeOkta
from tests.support.token_forge import claims_of, header_of

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "fake-okta.md").read_text()
START, *CALLS = re.findall(r"^```sh\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading this is."""
    [table] = re.findall(rf"^\| {heading} \|.*\n\|[- |]+\n((?:\|.*\n)+)", DOC, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()]


def named(heading: str) -> set[str]:
    return {name for row in rows(heading) for name in re.findall(r"`([^`]+)`", row[0])}


def test_the_calls_work_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with FakeOkta() as okta:

        def run(call: str) -> list[str]:
            script = call.replace("http://127.0.0.1:4020", okta.url).replace("\ncurl", "\necho\ncurl")
            done = subprocess.run(
                ["/bin/sh", "-ec", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
            )
            assert done.returncode == 0, done.stderr
            return done.stdout.splitlines()

        token, program, orders, rotation, failures = map(run, CALLS)
    assert json.loads(token[0])["sub"] == "alice@example.com"
    assert claims_of(json.loads(program[0])["access_token"])["sub"] == "my-service"
    expired, unknown = (json.loads(line)["access_token"] for line in orders)
    assert claims_of(expired)["exp"] < claims_of(expired)["iat"]
    assert (claims_of(expired)["aud"], "groups" in claims_of(expired)) == ("api://other", False)
    assert header_of(unknown)["typ"] == "JWT"
    published = {key["kid"] for key in json.loads(rotation[0])["keys"]}
    assert len(published) == 2
    assert header_of(expired)["kid"] in published
    assert header_of(unknown)["kid"] not in published
    assert [json.loads(line) for line in failures[:2]] == [{"/oauth2/default/v1/keys": "unavailable"}, {}]
    assert json.loads(failures[2]) == {"/oauth2/default/v1/token": 2}


def test_it_is_started_by_its_command_on_its_default_port() -> None:
    assert START == ".venv/bin/genai-gateway fake-okta --port 4020\n"
    assert options()["--port"] == 4020


def test_the_users_are_those_that_there_are() -> None:
    told = [[re.findall(r"`([^`]+)`", cell) for cell in row] for row in rows("user")]
    assert told == [[[user.login], [user.password], list(user.groups)] for user in MADE_UP_USERS]


def test_the_users_file_is_one(tmp_path: Path) -> None:
    [example] = re.findall(r"^```yaml\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)
    (tmp_path / "users").write_text(example)
    [user] = load_users(tmp_path / "users")
    assert user.login == yaml.safe_load(example)["users"][0]["login"]


def test_every_option_order_and_failure_is_documented_and_no_other() -> None:
    assert named("option") == set(options())
    assert named("field") == set(Order.__dataclass_fields__)
    assert named("failure") == set(FAILURES)


def options() -> dict[str, object]:
    """The options of the command with their defaults."""
    parameters = inspect.signature(fake_okta).parameters.items()
    return {f"--{name.replace('_', '-')}": parameter.default for name, parameter in parameters}
