"""`genai-gateway undeploy` says what goes, and has the deployment's name typed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployer.small_checkout import SECONDS, SmallCheckout, shell


@pytest.fixture
def checkout(tmp_path: Path) -> SmallCheckout:
    checkout = SmallCheckout(tmp_path)
    checkout.playbook("undeploy", {"platform": [shell(f"touch {checkout.root}/gone")]})
    checkout.inventory("prod", platform="ECS", deployment_name="llm", aws_region="eu-central-1")
    return checkout


def answer(checkout: SmallCheckout, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs it in a terminal in which something is typed."""
    main, secondary = pty.openpty()
    with os.fdopen(main, "w") as keyboard, os.fdopen(secondary) as terminal:
        keyboard.write(f"{typed}\n")
        keyboard.flush()
        return subprocess.run(
            [sys.executable, "-m", "deployer.cli", "undeploy", *arguments],
            cwd=checkout.root, env=checkout.environment(), stdin=terminal,
            capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip


def test_nobody_to_ask(checkout: SmallCheckout) -> None:
    done = checkout.run("undeploy", "-i", "prod")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert not (checkout.root / "gone").exists()


@pytest.mark.parametrize(
    "arguments", [["-i", "prod", "--yes"], ["-i", "prod", "-e", "undeploy_confirm=llm"], ["-i", "local", "--yes"]]
)
def test_what_is_answered_already_is_not_asked(checkout: SmallCheckout, arguments: list[str]) -> None:
    done = checkout.run("undeploy", *arguments)
    assert done.stdout.splitlines()[-1].startswith("✓ Undeployed in ")
    assert (checkout.root / "gone").exists()


@pytest.mark.parametrize("typed", ["y", "", "prod", "LLM"])
def test_another_name_changes_nothing(checkout: SmallCheckout, typed: str) -> None:
    done = answer(checkout, typed, "-i", "prod")
    assert done.returncode == 2
    assert "Nothing was changed" in done.stderr
    assert not (checkout.root / "gone").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "The database leaves a snapshot; logs and key stay."),
        (["-e", "undeploy_final_snapshot=false"], "The database leaves NO snapshot; logs and key stay."),
        (["-e", "@more.yml"], "The database leaves a snapshot; logs and key GO."),
        (["-e", "undeploy_foundation={{ what }}"], "The database leaves a snapshot; logs and key GO."),
    ],
)
def test_what_goes_is_said_and_its_name_is_asked_for(checkout: SmallCheckout, arguments: list[str], said: str) -> None:
    (checkout.root / "more.yml").write_text("undeploy_foundation: delete\n")
    done = answer(checkout, "llm", "-i", "prod", *arguments)
    assert "This takes away the deployment llm on ECS in eu-central-1." in done.stderr
    assert said in done.stderr
    assert done.returncode == 0
    assert (checkout.root / "gone").exists()


@pytest.mark.parametrize(("data", "said"), [("keep", "stays"), ("delete", "GOES")])
def test_on_this_machine_it_is_the_inventorys_name(checkout: SmallCheckout, data: str, said: str) -> None:
    done = answer(checkout, "local", "-i", "local", "-e", f"local_data={data}")
    assert f"Its data on this machine {said}." in done.stderr
    assert done.returncode == 0
