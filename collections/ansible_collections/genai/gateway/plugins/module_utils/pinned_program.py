"""Programs that vendors publish as files: a version of them in a directory, unless a good enough one is there."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBERS = re.compile(r"\d+(?:\.\d+)+")
_LIMIT = 60  # seconds that a program may take to say its version

Fetch = Callable[[str, Path], None]  # a URL into a file; raises ProgramError


class ProgramError(Exception):
    """A program was not installed; the message says why, and what to do."""


@dataclass(frozen=True)
class Program:
    """A program, where it comes from, and where it goes.

    `version_arguments`: what makes it say its version. `minimum`: the oldest that does, such as 1.11. `member`: path in
    the archive at `url`; empty where the URL is of the program itself. `tree`: the whole directory of the member is
    needed, and kept there. `checksums`: the URL of a file with the SHA-256; `sha256` comes before it. `unverified`:
    where there is neither, it is installed all the same.
    """

    name: str
    version_arguments: Sequence[str]
    minimum: str
    url: str
    directory: Path
    checksums: str = ""
    sha256: str = ""
    member: str = ""
    tree: Path | None = None
    unverified: bool = False


def numbers(version: str) -> tuple[int, ...]:
    """1.11.4 as (1, 11, 4)."""
    return tuple(map(int, version.split(".")))


def installed(program: Program) -> tuple[str, str]:
    """The path and version of the program that is there; the directory comes before PATH. Empty where there is none."""
    path = shutil.which(program.name, path=os.pathsep.join([str(program.directory), os.environ.get("PATH", "")]))
    if path is None:
        return "", ""
    try:
        done = subprocess.run(  # noqa: S603 - a list of words, no shell
            [path, *program.version_arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return path, ""
    found = _NUMBERS.search(done.stdout) if done.returncode == 0 else None
    return path, found[0] if found else ""


def good_enough(program: Program, version: str) -> bool:
    """Whether a version is at least the oldest that does."""
    return bool(version) and numbers(version) >= numbers(program.minimum)


def install(program: Program, fetch: Fetch) -> None:
    """Downloads, verifies and puts the program into its directory. Raises ProgramError."""
    try:
        program.directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=program.directory, prefix=f".{program.name}-") as directory:
            file = Path(directory, program.url.rpartition("/")[2])
            fetch(program.url, file)
            verify(program, file, fetch)
            _place(program, file, Path(directory, "unpacked"))
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise ProgramError(f"{program.name} is not installed in {program.directory}: {error}") from error


def verify(program: Program, file: Path, fetch: Fetch) -> None:
    """Compares the file's digest with the one that is given, or that the vendor publishes. Raises ProgramError."""
    expected = program.sha256
    if not (expected or program.checksums or program.unverified):
        raise ProgramError(
            f"{program.url} has nothing to be compared with: its vendor publishes no SHA-256. Give the one that "
            "you know (prerequisites_aws_cli_sha256), or trust the site's certificate (prerequisites_unverified: true)."
        )
    if not expected and program.checksums:
        listed = file.with_name("checksums")
        fetch(program.checksums, listed)
        expected = published_digest(listed.read_text(), file.name)
        if not expected:
            raise ProgramError(f"{program.checksums} has no SHA-256 of {file.name}: is the version one that there is?")
    if expected and hashlib.sha256(file.read_bytes()).hexdigest() != expected:
        raise ProgramError(
            f"{program.url} is not what it should be: its SHA-256 is another than {expected}. Nothing was installed; "
            "do not go on before you know why."
        )


def published_digest(text: str, name: str) -> str:
    """The digest of a file in a list of sha256sum, or the only one in the text; empty where there is none."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0]) == 1:
        return lines[0][0] if _DIGEST.fullmatch(lines[0][0]) else ""
    named = [words[0] for words in lines if len(words) == 2 and words[1].lstrip("*") == name]
    return named[0] if named and _DIGEST.fullmatch(named[0]) else ""


def _place(program: Program, file: Path, work: Path) -> None:
    """Each step that is seen is one rename, so that a program is there whole or not at all."""
    target = program.directory / program.name
    if not program.member:
        file.chmod(0o755)
        file.replace(target)
        return
    _unpack(file, work)
    unpacked = work / program.member
    if not unpacked.is_file():
        raise ProgramError(f"{program.url} has no {program.member} in it.")
    unpacked.chmod(0o755)
    if program.tree is None:
        unpacked.replace(target)
        return
    program.tree.parent.mkdir(parents=True, exist_ok=True)
    if program.tree.exists():
        shutil.rmtree(program.tree)
    shutil.move(unpacked.parent, program.tree)
    link = work / "link"
    link.symlink_to(program.tree / unpacked.name)
    link.replace(target)


def _unpack(archive: Path, target: Path) -> None:
    """With the permissions that zipfile forgets; paths that lead out of the directory are brought back into it."""
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            extracted = Path(opened.extract(info, target))
            mode = stat.S_IMODE(info.external_attr >> 16) & 0o755
            if mode and extracted.is_file():
                extracted.chmod(mode)
