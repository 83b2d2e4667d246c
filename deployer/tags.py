"""Which tags a playbook has, so that a misspelt one is told instead of running nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deployer.outcome import Unusable

# Where a play or a block has tasks.
TASKS = ("pre_tasks", "roles", "tasks", "post_tasks", "handlers", "block", "rescue", "always")
# To Ansible these are no names.
ALL = "all"
ALWAYS = frozenset({"always", "never"})


def _words(said: object) -> list[str]:
    parts = said if isinstance(said, list) else str(said or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def _below(part: Any) -> Iterator[str]:
    """The tags of a play, a role, a block or a task, and of what is in it."""
    if not isinstance(part, dict):
        return
    yield from _words(part.get("tags"))
    for name in TASKS:
        each = part.get(name)
        for inner in each if isinstance(each, list) else ():
            yield from _below(inner)


def tags_of(playbook: Path) -> list[str] | None:
    """The tags that a playbook gives to its steps, in its order; None where it cannot be read, which Ansible tells."""
    import yaml

    try:
        plays = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    found = (tag for play in (plays if isinstance(plays, list) else ()) for tag in _below(play))
    return [tag for tag in dict.fromkeys(found) if tag not in ALWAYS]


def check_tags(said: str, playbook: Path) -> None:
    """Refuses tags that no step of the playbook has.

    Raises:
        Unusable: naming them, and those that there are.
    """
    asked, known = _words(said), tags_of(playbook) if said else None
    if known is None:
        return
    if not asked:
        raise Unusable("--tags names no step.")
    if unknown := [tag for tag in asked if tag not in (*known, ALL)]:
        raise Unusable(f"--tags: no task has these tags: {', '.join(unknown)}. There are: {', '.join(known)}.")
