"""The calls of docs/access.md work as they stand, one after the other, and its tables are complete."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from gateway import errors
from gateway.identity.oidc.profiles import PROFILES
from gateway.services.access.fields import CHANGED_KEY, CHANGED_USER, FIRST_KEY, NEW_KEY, NEW_USER
from gateway.services.access.operations import Operation, is_managed, operation_of
from gateway.settings import describe_settings
from tests.support.local_stack import LocalStack
from tests.support.processes import FakeOkta, Gateway

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "access.md").read_text()
POLICY_DOC = (ROOT / "docs" / "access-policy.md").read_text()
CALLS = re.findall(r"^```sh\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)
BETWEEN = "--- between the calls ---"

# What the gateway itself can end a request for users or keys with, or a login.
ERRORS = (
    errors.MissingCredentials,
    errors.InvalidToken,
    errors.Forbidden,
    errors.FieldNotAllowed,
    errors.AboveCeiling,
    errors.TooManyKeys,
    errors.UnknownUser,
    errors.UserExists,
    errors.UserBusy,
    errors.MalformedRequest,
    errors.MalformedBody,
    errors.Unusable,
    errors.RequestTimeout,
    errors.BodyTooLarge,
    errors.UnsupportedContentType,
    errors.AccessUnavailable,
    errors.IssuerUnavailable,
    errors.UpstreamUnavailable,
    errors.UpstreamTimeout,
    errors.UpstreamBroken,
)


def rows(heading: str, document: str = DOC) -> list[list[str]]:
    """The cells of the table whose first heading this is."""
    [table] = re.findall(rf"^\| {heading} \|.*\n\|[- |]+\n((?:\|.*\n)+)", document, re.MULTILINE)
    return [[cell.strip() for cell in row.removeprefix("|").removesuffix("|").split("|")] for row in table.splitlines()]


def named(heading: str) -> set[str]:
    return {name for row in rows(heading) for name in re.findall(r"`([^`]+)`", row[0])}


@pytest.fixture(scope="module")
def name() -> str:
    """Alice's, for whom LiteLLM has no user yet."""
    return f"alice-{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def okta(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[FakeOkta]:
    users = tmp_path_factory.mktemp("okta") / "users.yaml"
    people = [(name, ["Everyone", "data-science"]), ("dave", ["Everyone", "contractors"])]
    users.write_text(
        json.dumps(
            {"users": [{"login": f"{who}@example.com", "password": who, "groups": groups} for who, groups in people]}
        )
    )
    with FakeOkta("--users", str(users)) as server:
        yield server


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, stack: LocalStack, okta: FakeOkta) -> Iterator[Gateway]:
    """With the policy of platform LOCAL."""
    settings = {
        "GATEWAY_LITELLM_URL": stack.litellm_url,
        "GATEWAY_MASTER_KEY": stack.master_key,
        "GATEWAY_ACCESS_POLICY": str(ROOT / "config" / "local-access-policy.yaml"),
        "OKTA_ISSUER": okta.issuer,
    }
    with Gateway(tmp_path_factory.mktemp("gateway"), **settings) as server:
        yield server


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory, gateway: Gateway, okta: FakeOkta, name: str
) -> list[list[dict[str, object]]]:
    """Of the calls, one after the other in one shell: what each of them printed."""
    checkout = tmp_path_factory.mktemp("checkout")
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    (checkout / ".local").mkdir()
    (checkout / ".local" / "stack.env").write_text(f"GATEWAY_URL={gateway.url}\nOKTA_ISSUER={okta.issuer}\n")
    script = f"\necho '{BETWEEN}'\n".join(CALLS).replace("alice", name).replace("\ncurl", "\necho\ncurl")
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        ["/bin/sh", "-ec", script], cwd=checkout, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return [[json.loads(line) for line in part.splitlines() if line] for part in done.stdout.split(BETWEEN)]


def test_the_calls_work_one_after_the_other(answers: list[list[dict]], name: str):
    first, completion, keys, changes, login, deleted = answers
    assert first == []  # its answers are kept in the shell
    assert "Hello from demo" in completion[0]["choices"][0]["message"]["content"]
    assert [key["user_id"] for key in keys] == [f"{name}@example.com"] * 2
    assert (keys[0]["key_alias"], keys[0]["rpm_limit"]) == (f"{name}-server", 20)
    assert (keys[1]["max_budget"], keys[1]["models"]) == (5, ["demo"])
    assert changes[0]["data"]["max_budget"] == 80
    assert changes[1]["error"]["code"] == "above_ceiling"
    assert "Hello from demo" in login[0]["choices"][0]["message"]["content"]
    assert len(deleted[0]["deleted_keys"]) == 1


def test_every_field_of_the_audit_log_is_documented_and_no_other(
    answers: list[list[dict]],  # its requests are in the log
    gateway: Gateway,
    okta: FakeOkta,
    stack: LocalStack,
):
    with httpx.Client(base_url=gateway.url, timeout=60) as client:
        for credential in (okta.token("dave@example.com"), stack.master_key, "sk-made-up-0123456789"):
            headers = {"authorization": f"Bearer {credential}"}
            client.get("/v1/models", headers=headers)
            key = client.post("/key/generate", headers=headers, json={}).json().get("key")
            if key:
                last = client.post("/key/generate", headers={"authorization": f"Bearer {key}"}, json={})
                gateway.lines_with(last.headers["x-request-id"], 2)
        last = client.post("/key/generate", headers=headers, json={})
    gateway.lines_with(last.headers["x-request-id"], 2)
    lines = [json.loads(line) for line in gateway.output.splitlines() if '"message":"audit"' in line]
    assert {field for line in lines for field in line} == named("field \\| what")
    [actors] = [row[1] for row in rows("field \\| what") if row[0] == "`actor`"]
    kinds = {"token", "key", "administrator", "master", "nobody"}
    assert set(re.findall(r"`([^`]+)`", actors)) == kinds
    assert {line["actor"] for line in lines} <= kinds
    examples = [json.loads(line) for line in re.findall(r'^\{"time".*"audit".*$', DOC, re.MULTILINE)]
    assert {field for example in examples for field in example} <= named("field \\| what")


def test_the_fields_are_those_that_users_may_set():
    columns = {"/user/new": {*NEW_USER, *FIRST_KEY}, "/user/update": {*CHANGED_USER},
               "/key/generate": {*NEW_KEY}, "/key/update": {*CHANGED_KEY}}  # fmt: skip
    table = rows("field \\| `/user/new`")
    for number, (path, fields) in enumerate(columns.items(), start=1):
        assert {row[0].strip("`") for row in table if row[number] == "yes"} == fields, path
    of_the_first_key = re.findall(r"`(\w+)`", DOC.partition("Of `/user/new`, ")[2].partition("first key's")[0])
    assert {*of_the_first_key, "model_rpm_limit", "model_tpm_limit"} == set(FIRST_KEY)


def test_the_requests_are_those_that_are_guarded():
    told: set[Operation] = set()
    for row in rows("request"):
        methods, paths = zip(*re.findall(r"`(?:(GET|POST) )?(/[^`]+)`", row[0]), strict=True)
        asked = [operation_of(methods[0], path) for path in paths]  # the first names the method of its row
        assert None not in asked, row[0]
        told |= {one.operation for one in asked if one is not None}
    assert told == {*Operation}


def test_the_errors_are_those_that_there_are():
    assert [(row[0].strip("`"), int(row[1])) for row in rows("code")] == [(one.code, one.status) for one in ERRORS]


def test_the_paths_of_administrators_by_claim_are_those_that_are_passed_on():
    told, _, others = DOC.partition("Their requests\nunder ")[2].partition("below `/v2`")
    names = re.findall(r"`/(\w+)`", told)
    assert len(names) == len(set(names)) == 12
    for name in names:
        for path in (f"/{name}", f"/{name}/new", f"/v2/{name}/list"):
            assert is_managed(path), path
    assert "LiteLLM's models and its configuration are not" in others
    assert not any(map(is_managed, ("/model/new", "/config/update", "/get/config/callbacks", "/credentials")))


def test_the_profiles_are_those_that_there_are():
    told = {
        row[0].strip("`"): (
            {name.lower() for name in _quoted(row[1])} | ({None} if "none" in row[1] else set()),
            _quoted(row[3]),
            _quoted(row[4]),
        )
        for row in rows("profile", POLICY_DOC)
    }
    assert told == {
        name: ({*profile.types}, [*profile.scopes], [*profile.clients]) for name, profile in PROFILES.items()
    }


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_settings_exist():
    assert named("setting") <= {name for name, _, _ in describe_settings()}
