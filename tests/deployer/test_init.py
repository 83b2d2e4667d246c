"""`genai-gateway init`: an inventory out of answers."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployer.small_checkout import ROOT, SECONDS

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/1"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    (root / "ansible").mkdir(parents=True)
    (root / "ansible" / "deploy.yml").write_text("[]")
    (root / "inventories").mkdir()
    for name in ("aws", "local"):
        (root / "inventories" / name).symlink_to(ROOT / "inventories" / name)
    (root / "password").write_text("correct horse\n")
    return root


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "deployer.cli", "init", *arguments]


def run(checkout: Path, answers: dict[str, Any] | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = ["prod", "--vault-password-file", "password", *arguments]
    if answers is not None:
        (checkout / "answers.yml").write_text(yaml.safe_dump(answers))
        words += ["--answers", "answers.yml"]
    return subprocess.run(
        command(*words), cwd=checkout, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip


def written(checkout: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((checkout / "inventories/prod/group_vars/all/main.yml").read_text()))


def test_answers_out_of_a_file(checkout: Path) -> None:
    keys = {"OPENAI_API_KEY": "sk-tell-nobody"}
    answers = {"platform": "EKS", "exposure": "cloudfront", "vcpus": 4, "provider_keys": keys}
    done = run(checkout, answers, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert written(checkout) == {"platform": "EKS", "aws_region": "us-east-1", "exposure": "cloudfront", "vcpus": 4}
    directory = checkout / "inventories" / "prod"
    assert (directory / "group_vars/all/vault.yml").read_text().startswith("$ANSIBLE_VAULT;")
    assert "tell-nobody" not in done.stdout + "".join(file.read_text() for file in directory.rglob("*.yml"))
    assert yaml.safe_load((directory / "hosts.yml").read_text())["all"]["hosts"].keys() == {"localhost"}


def test_ansible_reads_what_was_written(checkout: Path) -> None:
    run(checkout, {"platform": "LOCAL"}, "--yes")
    assert written(checkout) == {"platform": "LOCAL"}
    program = str(Path(sys.executable).with_name("ansible-inventory"))
    shown = subprocess.run(
        [program, "-i", "inventories/prod", "--host", "localhost", "-y"],
        cwd=checkout, env=os.environ | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert yaml.safe_load(shown.stdout)["platform"] == "LOCAL"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"platform": "MOON"}, "platform must be one of"),
        ({}, "certificate_arn must be the ARN"),
        ({"certificate_arn": CERTIFICATE}, "certificate_arn must be in us-east-1"),
        ({"deployment_name": "Gateway", "exposure": "cloudfront"}, "deployment_name must have"),
        ({"aws_region": "here", "exposure": "cloudfront"}, "aws_region must be"),
        (
            {
                "aws_region": "eu-central-1",
                "certificate_arn": CERTIFICATE,
                "hosted_zone_name": "x.com",
                "record_name": "y.org",
            },
            "record_name must lie in the zone x.com",
        ),
        ({"exposure": "cloudfront", "vcpu": 4}, "vcpu"),
        ({"exposure": "cloudfront", "provider_keys": ["x"]}, "provider_keys must be"),
    ],
)
def test_answers_that_cannot_be_used(checkout: Path, answers: dict[str, Any], said: str) -> None:
    done = run(checkout, answers, "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (checkout / "inventories" / "prod").exists()


def test_nobody_to_ask(checkout: Path) -> None:
    done = run(checkout, None)
    assert done.returncode == 2
    assert "--yes" in done.stderr


def test_answers_that_are_no_text(checkout: Path) -> None:
    (checkout / "answers.yml").write_bytes(b"platform: \xff")
    done = run(checkout, None, "--yes", "--answers", "answers.yml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "answers.yml is no YAML" in done.stderr


def test_with_yes_a_default_that_cannot_be_used_ends_it_in_a_terminal_as_well(checkout: Path) -> None:
    main, secondary = pty.openpty()
    with os.fdopen(main, "w"), os.fdopen(secondary) as terminal:
        done = subprocess.run(
            command("prod", "--yes"), cwd=checkout, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=terminal,
            capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "certificate_arn must be the ARN" in done.stderr


@pytest.mark.parametrize("name", ["../x", "", "a b", "local"])
def test_names_that_cannot_be_used(checkout: Path, name: str) -> None:
    done = subprocess.run(
        command(name, "--yes"), cwd=checkout, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_person_is_asked_until_the_answer_can_be_used(checkout: Path) -> None:
    # Each answer to its question; an empty line takes what is proposed.
    answers = ["MOON", "ECS", "", "eu-central-1", "", "", CERTIFICATE, "example.com", "llm.example.com", ""]
    main, secondary = pty.openpty()
    with os.fdopen(main, "w") as typed, os.fdopen(secondary) as terminal:
        typed.write("".join(f"{answer}\n" for answer in answers))
        typed.flush()
        done = subprocess.run(
            command("prod"), cwd=checkout, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=terminal,
            capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "must be one of ECS, EKS, LOCAL" in done.stderr
    assert written(checkout) == {
        "platform": "ECS",
        "aws_region": "eu-central-1",
        "certificate_arn": CERTIFICATE,
        "record_name": "llm.example.com",
        "hosted_zone_name": "example.com",
    }
