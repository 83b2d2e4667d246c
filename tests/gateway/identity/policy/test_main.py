"""`python -m gateway.identity.policy`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gateway.identity.policy.__main__ import main

POLICY = """
version: 1
rules:
  - name: admins
    groups: [llm-admins]
    role: proxy_admin
  - name: suspended
    groups: [suspended]
    deny: true
  - name: staff
    when: email
    groups: [staff]
    issuers: [https://idp.example.com]
    teams: [t1]
    models: [claude, bedrock/*]
    user: {max_budget: {default: 2500000, ceiling: unlimited}, budget_duration: {default: never, ceiling: 1d}}
  - name: others
    groups: [others]
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return file


def test_the_rules_are_shown_with_their_safe_values(path, capsys):
    assert main([str(path)]) == 0
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if line and not line.startswith(" ")] == [
        "admins",
        "suspended",
        "staff",
        "others",
    ]
    for line in (
        "applies to: a group of staff; when email; tokens of https://idp.example.com",
        "role: proxy_admin",
        "teams: t1",
        "models: claude, bedrock/*",
        "user.max_budget: 2500000, ceiling unlimited",
        "user.budget_duration: never, ceiling 1d",
        "key.lifetime: 12h",
        "key.lifetime: 90d, ceiling 365d",
        "key.count: 5",
        "access is refused",
    ):
        assert f"\n  {line}\n" in shown


@pytest.mark.parametrize(
    ("claims", "code", "first"),
    [
        ({"groups": ["llm-admins"]}, 0, "admins"),
        ({"groups": ["suspended"]}, 1, "suspended"),
        ({"groups": ["others"]}, 0, "others"),
        ({"groups": []}, 1, "no rule applies to the claims: access is refused"),
    ],
)
def test_the_rule_that_claims_hit_is_shown(path, tmp_path, capsys, claims, code, first):
    (tmp_path / "claims.json").write_text(json.dumps({"iss": "https://dev-1.okta.com", **claims}))
    assert main([str(path), "--claims", str(tmp_path / "claims.json")]) == code
    assert capsys.readouterr().out.splitlines()[0] == first


def test_faults_are_printed_each_in_a_line(path, capsys):
    path.write_text("version: 2\nrules: [{name: A}]\n")
    assert main([str(path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.split(":")[0] for line in told.err.splitlines()] == ["version", "rules[0].name"]


@pytest.mark.parametrize("content", ["[]", "{", None])
def test_claims_that_are_none_are_told(path, tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "claims.json").write_text(content)
    assert main([str(path), "--claims", str(tmp_path / "claims.json")]) == 2
    assert "claims.json" in capsys.readouterr().err


def test_a_file_is_needed(capsys):
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 2
    assert "file" in capsys.readouterr().err


def test_it_is_a_command(path):
    command = [sys.executable, "-m", "gateway.identity.policy", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("admins\n")
    assert ended.stderr == ""
