"""Builds the collection's artifact, which carries the project's files and playbooks and needs no checkout.

Run by `make collection`: genai-gateway-VERSION.tar.gz in dist/, for `ansible-galaxy collection install`. What is not
under version control is left out, because it may be somebody's own; with --untracked, new code is taken as well.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

PROJECT = Path(__file__).resolve().parents[1]
COLLECTION = PurePosixPath("collections/ansible_collections/genai/gateway")
PLAYBOOKS = PurePosixPath("ansible")
# Examples, whose copies are the operators': those have secrets, and are in no artifact.
INVENTORIES = ("inventories/aws", "inventories/local")
# What the roles look for by the lookup genai.gateway.checkout, and what the package of the command line is made of.
CODE = ("terraform", "config", "gateway", "deployer")
ALONE = ("requirements.txt", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
# Of no use where nothing is developed.
LEFT_OUT = ("terraform/cost", "config/generate.py", "config/models.yaml")
# Its paths are those of a checkout.
SETTINGS = "ansible.cfg"
DROPPED_SETTING = "inventory = ../inventories/local\n"
CHECKOUT_PATH = "collections_path = ../collections\n"
# From playbooks/: where the collection itself is, then where Ansible looks without being told.
INSTALLED_PATH = "collections_path = ../../../..:~/.ansible/collections:/usr/share/ansible/collections\n"


class BuildError(Exception):
    """The artifact cannot be built; the message says why."""


def _git(project: Path, *arguments: str) -> str:
    command = ["git", "-C", str(project), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - a list of words
    if done.returncode:
        raise BuildError(f"An artifact is built in a clone of the repository. git: {done.stderr.strip()}")
    return done.stdout


def _listed(project: Path, paths: Iterable[str], *options: str) -> set[PurePosixPath]:
    names = _git(project, "ls-files", "-z", *options, "--", *paths).split("\0")
    return {PurePosixPath(name) for name in names if name}


def listed_files(project: Path, *, untracked: bool) -> list[PurePosixPath]:
    """What an artifact is made of, relative to the project. `untracked`: also new files that are not ignored.

    Raises BuildError where there is no version control.
    """
    own = (str(COLLECTION), str(PLAYBOOKS), *CODE, *ALONE)
    found = _listed(project, (*own, *INVENTORIES))
    if untracked:
        found |= _listed(project, own, "--others", "--exclude-standard")
    return sorted(file for file in found if (project / file).is_file() and not _is_left_out(file))


def _is_left_out(file: PurePosixPath) -> bool:
    tests = file.is_relative_to("terraform") and "tests" in file.parts
    # What tools leave where they ran.
    hidden = any(part.startswith(".") for part in file.parts)
    return tests or hidden or any(file.is_relative_to(path) for path in LEFT_OUT)


def _place(file: PurePosixPath) -> PurePosixPath:
    """Where in the collection a file of the project lies."""
    for directory, place in ((COLLECTION, "."), (PLAYBOOKS, "playbooks")):
        if file.is_relative_to(directory):
            return place / file.relative_to(directory)
    return "files/project" / file


def stage(directory: Path, project: Path = PROJECT, *, untracked: bool = False) -> None:
    """Lays the collection out in a directory, with what it carries. Raises BuildError."""
    for file in listed_files(project, untracked=untracked):
        target = directory / _place(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Links become what they lead to: an artifact has none.
        shutil.copy2(project / file, target, follow_symlinks=True)
    shutil.copy2(project / "LICENSE", directory / "LICENSE")
    settings = directory / "playbooks" / SETTINGS
    settings.write_text(_installed_settings(settings.read_text(encoding="utf-8")), encoding="utf-8")


def _installed_settings(text: str) -> str:
    for line, replaced in ((DROPPED_SETTING, ""), (CHECKOUT_PATH, INSTALLED_PATH)):
        if line not in text:
            raise BuildError(f"{PLAYBOOKS / SETTINGS} has no line {line.strip()!r} any more: see {__file__}.")
        text = text.replace(line, replaced)
    return text


def _source_date(project: Path) -> int:
    """Seconds since 1970 of what it is built from: SOURCE_DATE_EPOCH, or the last commit's."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or _git(project, "log", "-1", "--format=%ct"))


def _members(artifact: Path) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(artifact) as packed:
        for member in packed:
            opened = packed.extractfile(member)
            yield member, opened.read() if opened else b""


def _sorted_listing(listing: bytes) -> bytes:
    files = json.loads(listing)
    return json.dumps(files | {"files": sorted(files["files"], key=lambda file: str(file["name"]))}, indent=1).encode()


def make_reproducible(artifact: Path, seconds: int) -> None:
    """Packs an artifact anew, so that the same content gives the same bytes: in order, all of one time.

    `seconds`: that time, since 1970. The manifest has the digest of the list of files, whose order is the file
    system's.
    """
    members = {member.name: (member, content) for member, content in _members(artifact)}
    listing = _sorted_listing(members["FILES.json"][1])
    manifest = json.loads(members["MANIFEST.json"][1])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(listing).hexdigest()
    changed = {"FILES.json": listing, "MANIFEST.json": json.dumps(manifest, indent=1).encode()}
    with (
        artifact.open("wb") as raw,
        gzip.GzipFile("", "wb", mtime=seconds, fileobj=raw) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as packed,
    ):
        for name, (member, before) in sorted(members.items()):
            content = changed.get(name, before)
            # Its headers have a time of their own.
            member.size, member.mtime, member.pax_headers = len(content), seconds, {}
            packed.addfile(member, io.BytesIO(content))


def build(output: Path, project: Path = PROJECT, *, untracked: bool = False) -> Path:
    """The artifact, made in `output`. Raises BuildError."""
    galaxy = Path(sys.executable).with_name("ansible-galaxy")
    with tempfile.TemporaryDirectory() as scratch:
        staged, built = Path(scratch, "gateway"), Path(scratch, "built")
        stage(staged, project, untracked=untracked)
        command = [str(galaxy), "collection", "build", str(staged), "--output-path", str(built)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - a list of words, no shell
        if done.returncode:
            raise BuildError(f"ansible-galaxy: {done.stderr.strip()}")
        [artifact] = built.glob("*.tar.gz")
        make_reproducible(artifact, _source_date(project))
        output.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy2(artifact, output / artifact.name))


def main(arguments: list[str]) -> int:
    """Builds into dist/; returns the exit status."""
    try:
        artifact = build(PROJECT / "dist", untracked="--untracked" in arguments)
    except BuildError as error:
        print(f"collections/build.py: {error}", file=sys.stderr)
        return 1
    print(f"{artifact} ({artifact.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
