"""The collection's README names all that is in it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COLLECTION = ROOT / "collections" / "ansible_collections" / "genai" / "gateway"
README = (COLLECTION / "README.md").read_text()


def rows(title: str) -> list[str]:
    """The first cells of the table below a title."""
    section = README.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (?:`(?:genai\.gateway\.)?(\w+)`|\[\w+\]\(roles/\w+\)) \|", section, re.MULTILINE)


def test_every_playbook() -> None:
    assert sorted(rows("Playbooks")) == sorted(file.stem for file in (ROOT / "ansible").glob("*.yml"))


def test_every_role() -> None:
    named = re.findall(r"^\| \[(\w+)\]\(roles/(\w+)\) \|", README, re.MULTILINE)
    assert sorted(named) == sorted((role.name, role.name) for role in (COLLECTION / "roles").iterdir())


def test_every_module() -> None:
    assert rows("Modules") == sorted(file.stem for file in (COLLECTION / "plugins" / "modules").glob("*.py"))
