"""`genai-gateway status` and `login`, which show what playbooks report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.deployer.small_checkout import SmallCheckout, fail, json_lines, report, say

STATUS: dict[str, Any] = {
    "platform": "ECS",
    "deployment": "prod",
    "url": "https://llm.example.com",
    "health": {"ready": True, "checks": [{"name": "litellm", "ok": True, "detail": "answers"}]},
    "versions": {"gateway": "1.0.0", "litellm": "1.106.2", "config": "3f2a"},
    "drift": {"changes": 0, "summary": ""},
    "certificate": {"domain": "llm.example.com", "not_after": "2027-01-01", "days_left": 33},
    "spend": {"period": "2026-11", "amount_usd": 1234.5, "budget_usd": 2000},
}
SICK = {"ready": False, "checks": [{"name": "database", "ok": False, "detail": "does not answer"}]}
LOGIN = {
    "url": "https://llm.example.com",
    "admin_url": "https://llm.example.com/ui",
    "region": "us-east-1",
    "master_key": {"where": "in Secrets Manager", "command": "aws secretsmanager get-secret-value --secret-id x"},
    "snippets": {
        "openai": "import openai\n" + "# a long line " * 12,
        "boto3": "import boto3\n",
        "curl": 'curl -H "Authorization: Bearer $MASTER_KEY"\n',
    },
}


@pytest.fixture
def checkout(tmp_path: Path) -> SmallCheckout:
    return SmallCheckout(tmp_path)


def rows(text: str) -> dict[str, str]:
    return {line[:12].strip(): line[12:].strip() for line in text.splitlines() if line[:1].isalpha()}


def test_a_healthy_deployment(checkout: SmallCheckout) -> None:
    checkout.playbook("status", {}, [report(status=STATUS)])
    done = checkout.run("status")
    assert done.returncode == 0
    assert "✓ healthy  prod · ECS · https://llm.example.com" in done.stdout
    said = rows(done.stdout)
    assert said["Health"].endswith("litellm: answers")
    assert said["Versions"] == "gateway 1.0.0  litellm 1.106.2  config 3f2a"
    assert said["Drift"].startswith("none")
    assert said["Certificate"] == "llm.example.com: 33 days left, until 2027-01-01"
    assert said["Spend"] == "$1,234.50 of $2,000.00 in 2026-11 (62%)"


def test_a_deployment_that_is_not_healthy(checkout: SmallCheckout) -> None:
    checkout.playbook("status", {}, [report(status=STATUS | {"health": SICK})])
    done = checkout.run("status", "--quiet")
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        ["✗ not healthy  prod · ECS · https://llm.example.com"],
    )
    as_json = checkout.run("status", "--json")
    assert as_json.returncode == 1
    assert json_lines(as_json.stdout)[-1]["data"]["status"]["health"] == SICK


def test_what_a_platform_does_not_have_is_not_shown(checkout: SmallCheckout) -> None:
    local = STATUS | {"drift": None, "certificate": None, "spend": None}
    checkout.playbook("status", {}, [report(status=local)])
    done = checkout.run("status")
    assert done.returncode == 0
    assert not {"Drift", "Certificate", "Spend"} & rows(done.stdout).keys()


def test_what_needs_attention_is_said(checkout: SmallCheckout) -> None:
    drift = {"changes": 2, "summary": "2 to change"}
    certificate = STATUS["certificate"] | {"days_left": -1}
    checkout.playbook("status", {}, [report(status=STATUS | {"drift": drift, "certificate": certificate})])
    said = rows(checkout.run("status").stdout)
    assert said["Drift"].startswith("2 to change")
    assert "has expired" in said["Certificate"]


@pytest.mark.parametrize("command", ["status", "login"])
def test_a_playbook_that_fails_or_reports_nothing(checkout: SmallCheckout, command: str) -> None:
    checkout.playbook(command, {}, [fail("No credentials.")])
    failed = checkout.run(command)
    assert failed.returncode == 1
    assert "No credentials." in failed.stdout
    checkout.playbook(command, {}, [say("nothing")])
    silent = checkout.run(command)
    assert silent.returncode == 1
    assert "reported no" in silent.stderr


def test_login_shows_the_way_and_whole_snippets(checkout: SmallCheckout) -> None:
    checkout.playbook("login", {}, [report(login=LOGIN)])
    done = checkout.run("login", COLUMNS="80")
    assert done.returncode == 0
    for text in (LOGIN["url"], LOGIN["admin_url"], "in Secrets Manager", LOGIN["master_key"]["command"]):  # type: ignore[index]
        assert text in done.stdout
    # Not broken anywhere: they are copied.
    for snippet in LOGIN["snippets"].values():  # type: ignore[attr-defined]
        assert snippet.rstrip() in done.stdout


def test_one_snippet_alone(checkout: SmallCheckout) -> None:
    checkout.playbook("login", {}, [report(login=LOGIN)])
    done = checkout.run("login", "--snippet", "curl")
    assert (done.returncode, done.stdout) == (0, 'curl -H "Authorization: Bearer $MASTER_KEY"\n')
    wrong = checkout.run("login", "--snippet", "perl")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "openai, boto3, curl" in wrong.stderr
