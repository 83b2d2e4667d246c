"""The README's calls work as they stand, and what the documents refer to exists."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.local_stack import LocalStack

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

SOURCE = "set -a; . .local/stack.env; set +a"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(stack: LocalStack, tmp_path: Path) -> Path:
    """A directory that looks like a checkout after `make up`."""
    (tmp_path / ".local").symlink_to(stack.dir)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def run(checkout: Path, script: str) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        ["/bin/sh", "-ec", script], cwd=checkout, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_call_with_curl(checkout: Path):
    (call,) = [block for block in blocks("sh") if "curl" in block]
    assert "Hello from demo" in run(checkout, call)


@pytest.mark.parametrize("number", range(3), ids=["openai", "boto3", "boto3 with a handler"])
def test_the_call_from_python(checkout: Path, number: int):
    programs = blocks("python")
    assert len(programs) == 3
    (checkout / "example.py").write_text(programs[number])
    assert "Hello from demo" in run(checkout, f"{SOURCE}\n.venv/bin/python example.py")


def test_the_calls_that_make_up_prints(checkout: Path, stack: LocalStack):
    """Pasted into a shell as they stand, with the checkout's environment."""
    welcome = (stack.dir / "welcome.txt").read_text()
    calls = re.split(r"^  --- .*$", welcome, flags=re.MULTILINE)[1:]
    assert len(calls) == 3
    for call in calls:
        pasted = "\n".join(line for line in call.splitlines() if not line.startswith("  make "))
        assert "Hello from demo" in run(ROOT, pasted)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_links_to_exists(document: Path):
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_targets_that_a_document_names_exist(document: Path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", document.read_text())) <= targets


def test_every_target_has_a_line_of_help():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets is not None
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"make ([a-z-]+)", shown)) == set(targets[1].split())


def test_every_requirement_is_explained():
    decision = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    for name in ("requirements.in", "requirements-dev.in"):
        for line in (ROOT / name).read_text().splitlines():
            package = re.match(r"[a-zA-Z0-9_-]+(\[[a-z]+\])?", line)
            if package and not line.startswith(("#", "-")):
                assert re.search(rf"\b{re.escape(package[0].split('[')[0])}\b", decision), package[0]
