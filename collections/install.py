"""Puts the foreign collections of requirements.yml into ansible_collections/, from PyPI alone.

Run with the interpreter of the environment: `.venv/bin/python collections/install.py`. The PyPI package
`ansible` is one wheel that bundles a hundred collections; the few that are wanted are unpacked from it, without
their tests and documentation. Needs no Ansible Galaxy. Does nothing when the versions are there already.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.yml"
WHEEL_PIN = HERE / "requirements-wheel.txt"
TREE = HERE / "ansible_collections"

LEFT_OUT = frozenset({"tests", "docs", "changelogs", ".github", ".azure-pipelines", "scripts"})
# The two lines a requirement has in our own file; PyYAML may not be there yet, and is not needed to read them.
REQUIREMENT = re.compile(
    r"^ *- name: (?P<namespace>\w+)\.(?P<name>\w+)\n +version: \"(?P<version>[\d.]+)\"$", re.MULTILINE
)


class InstallError(Exception):
    """A collection cannot be had as it is pinned; the message says which and why."""


@dataclass(frozen=True)
class Requirement:
    """One foreign collection, at exactly one version."""

    namespace: str
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.namespace}.{self.name} {self.version}"

    @property
    def path(self) -> PurePosixPath:
        """Where the collection lies, under ansible_collections/."""
        return PurePosixPath(self.namespace, self.name)


def read_requirements(text: str) -> list[Requirement]:
    """The collections that the text of a requirements.yml pins. Raises InstallError when a line is not understood."""
    found = [Requirement(**match.groupdict()) for match in REQUIREMENT.finditer(text)]
    if len(found) != text.count("name:") or not found:
        raise InstallError('requirements.yml: each entry is to be two lines, `- name: ns.name` and `version: "1.2.3"`')
    return found


def version_at(directory: Path) -> str | None:
    """The version of the collection in a directory, or None when there is none."""
    try:
        manifest = json.loads((directory / "MANIFEST.json").read_text())
    except FileNotFoundError:
        return None
    return str(manifest["collection_info"]["version"])


def missing(tree: Path, requirements: list[Requirement]) -> list[Requirement]:
    """Those that are not in the tree at their version."""
    return [requirement for requirement in requirements if version_at(tree / requirement.path) != requirement.version]


def members(wheel: zipfile.ZipFile, requirement: Requirement) -> Iterator[tuple[str, PurePosixPath]]:
    """The files of a collection to unpack: the name in the wheel, the path inside the collection."""
    root = PurePosixPath("ansible_collections") / requirement.path
    for name in wheel.namelist():
        path = PurePosixPath(name)
        if path.is_relative_to(root) and not name.endswith("/"):
            inside = path.relative_to(root)
            if inside.parts[0] not in LEFT_OUT and ".." not in inside.parts:
                yield name, inside


def unpack(wheel: zipfile.ZipFile, requirement: Requirement, tree: Path) -> None:
    """Puts the collection into the tree as a whole: what was there stays until the new one is complete."""
    target = tree / requirement.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree, prefix=".unpacking-") as scratch:
        staged = Path(scratch, "new")
        for name, inside in members(wheel, requirement):
            file = staged / inside
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(wheel.read(name))
        found = version_at(staged)
        if found != requirement.version:
            raise InstallError(
                f"the wheel of {WHEEL_PIN.name} has {found or 'no such collection'}, wanted: {requirement}"
            )
        if target.exists():
            target.rename(Path(scratch, "old"))
        staged.rename(target)


def download(directory: Path) -> Path:
    """Fetches the pinned wheel with pip, which checks its hash, and returns its path."""
    # The bundle is the same file for every platform, so that one hash holds everywhere; never its source package.
    pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    pinned = ["--require-hashes", "-r", str(WHEEL_PIN), "-d", str(directory)]
    subprocess.run([*pip, *pinned], check=True)  # noqa: S603 - a list of words, no shell
    return next(directory.glob("*.whl"))


def install(tree: Path, requirements: list[Requirement]) -> list[Requirement]:
    """Makes the tree hold the requirements; returns those that had to be fetched."""
    wanted = missing(tree, requirements)
    if wanted:
        tree.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(download(Path(scratch))) as wheel:
            for requirement in wanted:
                unpack(wheel, requirement, tree)
    return wanted


def main() -> int:
    """Installs what is missing and says what; returns the exit status."""
    try:
        for requirement in install(TREE, read_requirements(REQUIREMENTS.read_text())):
            print(f"installed {requirement}")
    except (InstallError, OSError, zipfile.BadZipFile) as error:
        print(f"collections/install.py: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"collections/install.py: pip download failed with exit status {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
