"""Reads a .env file as a shell would that sources it, without running it."""

from __future__ import annotations

import re
from pathlib import Path

from deployer.outcome import Unusable

ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")
DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
# A hash begins a comment where a word could begin.
COMMENT = re.compile(r"(?:^|\s+)#.*")
ESCAPED = re.compile(r'\\(["\\$`])')


def _value(text: str) -> str | None:
    """The value behind the equals sign; None where only a shell could say it."""
    text = text.strip()
    if match := SINGLE.fullmatch(text):
        return match[1]
    if match := DOUBLE.fullmatch(text):
        plain = re.sub(r"\\.", "", match[1])
        return None if "$" in plain or "`" in plain else ESCAPED.sub(r"\1", match[1])
    text = COMMENT.sub("", text).strip()
    return None if re.search(r"[\s'\"$`\\;&|<>()]", text) else text


def read_env(file: Path) -> dict[str, str]:
    """The variables of a .env file, in its order.

    Raises:
        Unusable: where it cannot be read, or with the numbers of all lines that are no plain assignments. What stands
            in them is not repeated: it may be a secret.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise Unusable(f"{file} cannot be read: {reason}.") from None
    found: dict[str, str] = {}
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = ASSIGNMENT.fullmatch(line.strip())
        value = _value(match[2]) if match else None
        if match is None or value is None:
            wrong.append(str(number))
        else:
            found[match[1]] = value
    if wrong:
        raise Unusable(
            f"{file} has lines that are no plain NAME=value: {', '.join(wrong)}. Values with spaces go into quotes; "
            "write out what a shell would fill in ($NAME, `command`)."
        )
    return found
