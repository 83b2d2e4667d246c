"""Reasons of failures, in clean lines."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.failures import CENSORED, LINES, NO_REASON, Failed, how_to_go_on, why, why_unread

TRACEBACK = "Traceback (most recent call last):\n  File \"x.py\", line 1, in <module>\n    f()\nKeyError: 'name'\n"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"msg": "It is missing."}, "It is missing."),
        ({"msg": ["One.", "Two."]}, "One.\nTwo."),
        ({"msg": "non-zero return code", "stderr": "no such host\n"}, "no such host"),
        ({"msg": "non-zero return code", "stderr": "", "stdout": "only here"}, "only here"),
        ({"msg": "non-zero return code", "stderr": "", "stdout": ""}, "non-zero return code"),
        ({"msg": "MODULE FAILURE: see stderr", "module_stderr": TRACEBACK}, "KeyError: 'name'"),
        ({"msg": f"It broke.\n{TRACEBACK}"}, "It broke.\nKeyError: 'name'"),
        ({"msg": "\x1b[31m╷\n│ Error: Invalid value\r\n│ \n│ on x.tf\n╵\x1b[0m"}, "Error: Invalid value\non x.tf"),
        ({"msg": "Task failed: Action failed: It is wrong.\nOrigin: /x.yml:1:3\n\n1 - name"}, "It is wrong."),
        ({"censored": "the output has been hidden"}, CENSORED),
        ({"results": [{"failed": True, "msg": "a"}, {"msg": "b"}, {"failed": True, "msg": "a"}]}, "a"),
        ({}, NO_REASON),
    ],
)
def test_the_reason_is_found(result: dict[str, Any], said: str) -> None:
    assert why(result) == said


def test_a_long_reason_keeps_its_beginning_and_its_end() -> None:
    lines = why({"msg": "\n".join(f"line {n}" for n in range(200))}).splitlines()
    assert len(lines) == LINES + 1
    assert (lines[0], lines[-1]) == ("line 0", "line 199")


def test_an_error_before_any_task() -> None:
    assert why_unread("[WARNING]: old\n\x1b[31m[ERROR]: the role 'x' was not found\nOrigin: y\x1b[0m") == (
        "the role 'x' was not found"
    )


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("Error: Error acquiring the state lock\nLock Info: ID 1", "force-unlock"),
        ("An error occurred (ExpiredToken) when calling", "have expired"),
        ("Unable to locate credentials", "AWS_PROFILE"),
        ("is not authorized to perform: ecs:CreateCluster", "right that the message names"),
        ("Attempting to decrypt but no vault secrets found.", "--ask-vault-pass"),
        ("anything else", "Run this again"),
    ],
)
def test_how_to_go_on(reason: str, advice: str) -> None:
    assert advice in how_to_go_on(Failed("platform", "Apply", reason))
