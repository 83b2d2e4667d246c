"""A set of small files under one directory, each written whole and only when it differs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PRIVATE_DIRECTORY = 0o700


class FileSetError(Exception):
    """A file of the set cannot be as it is wanted; the message names it."""


@dataclass(frozen=True)
class WantedFile:
    """One file: its path relative to the directory of the set, its text, its permission bits."""

    path: str
    content: str
    mode: int = 0o600


def parse_mode(text: str) -> int:
    """Permission bits from octal digits, as "0600". Raises FileSetError for anything else."""
    try:
        mode = int(text, 8)
    except ValueError:
        mode = -1
    if not 0 <= mode <= 0o777:
        raise FileSetError(f"{text!r} is not a file mode; write octal digits in quotes, as '0600'")
    return mode


def converge(root: Path, files: Iterable[WantedFile], *, check_mode: bool = False) -> list[str]:
    """Makes the files what they should be and returns the paths of those that were not, in the order given.

    The directories on the way, the root among them, are made private. Raises FileSetError for a path that leads
    out of the root, and OSError where the file system refuses.
    """
    differing = [wanted for wanted in files if _differs(_inside(root, wanted.path), wanted)]
    if not check_mode:
        for wanted in differing:
            _write(root, wanted)
    return [wanted.path for wanted in differing]


def _inside(root: Path, path: str) -> Path:
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise FileSetError(f"{path!r} leads out of {root}")
    return root / path


def _differs(target: Path, wanted: WantedFile) -> bool:
    try:
        return target.stat().st_mode & 0o777 != wanted.mode or target.read_text() != wanted.content
    except (FileNotFoundError, UnicodeDecodeError):
        return True


def _write(root: Path, wanted: WantedFile) -> None:
    target = root / wanted.path
    make_private(root, target.parent)
    # The mode is set before the content is there, and the name only when all of it is.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        os.fchmod(descriptor, wanted.mode)
        with os.fdopen(descriptor, "w") as file:
            file.write(wanted.content)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_private(root: Path, directory: Path) -> None:
    """Makes the directory, and those between it and the root, for nobody but their owner."""
    for path in [*reversed(directory.parents), directory]:
        if path.is_relative_to(root):
            path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            path.chmod(PRIVATE_DIRECTORY)
