"""Writes the tables of variables in the READMEs of our roles, from their argument_specs.

Run by `make docs`; a test runs it with --check. What is between the two marks in a README is written, the rest is kept.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROLES = Path(__file__).resolve().parent / "ansible_collections/genai/gateway/roles"
BEGIN, END = "<!-- arguments -->", "<!-- /arguments -->"
_MARKED = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
# Ansible's own markup: O(option), V(value), C(code), M(module), P(plugin#type); a backslash is before ) and itself.
_MARKUP = re.compile(r"\b[OVCMP]\((?P<text>(?:[^)\\]|\\.)+)\)")
_ESCAPED = re.compile(r"\\(.)")


def describe(text: str | list[str]) -> str:
    """A description as one paragraph of Markdown."""
    paragraph = " ".join(text if isinstance(text, list) else [text])
    return _MARKUP.sub(_code, " ".join(paragraph.split())).replace("|", "\\|")


def _code(found: re.Match[str]) -> str:
    text = _ESCAPED.sub(r"\1", found["text"])
    return f"`{text.partition('#')[0]}`"


def default_of(option: dict[str, Any]) -> str:
    """What a variable is when nobody says anything."""
    if option.get("required"):
        return "required"
    if "default" not in option:
        return ""
    value = option["default"]
    text = "true" if value is True else "false" if value is False else str(value)
    return f"`{' '.join(text.split())}`".replace("|", "\\|") if text else "empty"


def table(spec: dict[str, Any]) -> Iterator[str]:
    """One entry point's variables, one row each."""
    yield "| variable | default | what |"
    yield "| --- | --- | --- |"
    for name, option in spec.get("options", {}).items():
        choices = option.get("choices")
        one_of = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
        yield f"| `{name}` | {default_of(option)} | {describe(option['description'])}{one_of} |"


def section(specs: dict[str, Any]) -> str:
    """What is written between the marks."""
    parts = [BEGIN]
    for entry, spec in specs.items():
        if entry != "main":
            parts += ["", f"With `tasks_from: {entry}`: {describe(spec['short_description'])}."]
        if spec.get("options"):
            parts += ["", *table(spec), ""]
    return "\n".join([*parts, END]).replace("\n\n\n", "\n\n")


def documented(role: Path) -> str:
    """The role's README with its section brought up to date. Raises ValueError without a place for it, and OSError."""
    readme = (role / "README.md").read_text()
    if not _MARKED.search(readme):
        raise ValueError(f"{role.name}/README.md: the lines {BEGIN} and {END} are missing")
    specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]
    return _MARKED.sub(lambda _: section(specs), readme)


def main(arguments: list[str]) -> int:
    """Writes the READMEs, or with --check only says which are not up to date; returns the exit status."""
    stale = []
    for role in sorted(ROLES.iterdir()):
        try:
            text = documented(role)
        except (OSError, ValueError) as error:
            print(error, file=sys.stderr)
            return 1
        if (role / "README.md").read_text() != text:
            stale.append(role.name)
            if "--check" not in arguments:
                (role / "README.md").write_text(text)
    if stale and "--check" in arguments:
        print(f"make docs would change the README of: {', '.join(stale)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
