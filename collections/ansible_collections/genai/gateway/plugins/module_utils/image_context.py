"""What an image is built from: files, and the digest of everything that decides what comes of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Changed when the way of building changes what is built from the same files.
RECIPE = 1
CONTAINERFILE = "Containerfile"
# What tools leave behind, and what no image needs.
LEFT_OUT_DIRECTORIES = {"__pycache__", "node_modules"}
LEFT_OUT_SUFFIXES = {".pyc", ".pyo", ".in"}
DIGITS_OF_TAG = 20


class ContextError(Exception):
    """Something that an image is built from is not there; the message names it."""


@dataclass(frozen=True)
class Context:
    """The files of a build by their path in the context, and its empty directories."""

    files: Mapping[str, Path]
    directories: Sequence[str] = ()

    def write(self, target: Path) -> None:
        """Copies all of it into an existing directory."""
        for directory in self.directories:
            (target / directory).mkdir(parents=True, exist_ok=True)
        for name, source in self.files.items():
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            # Whatever the umask of whoever made the checkout: the image's user must be able to read it.
            copy.chmod(_mode(source))
        for directory, _, _ in os.walk(target):
            Path(directory).chmod(0o755)


def read_context(containerfile: Path, sources: Mapping[str, Path], directories: Sequence[str] = ()) -> Context:
    """The context with a Containerfile and the files and trees of `sources`, by their path in it.

    Raises ContextError for a source that is missing, or that leads nowhere.
    """
    files = {CONTAINERFILE: containerfile}
    for name, source in sources.items():
        if source.is_dir():
            files |= {f"{name}/{path.relative_to(source).as_posix()}": path for path in _tree(source)}
        else:
            files[name] = source
    for name, path in files.items():
        if not path.is_file():
            raise ContextError(f"{path}, which the image is built from as {name}, is not there or not a file")
    return Context(dict(sorted(files.items())), tuple(sorted(directories)))


def content_tag(context: Context, version: str, decisions: Mapping[str, object]) -> str:
    """A tag which is another one whenever another image would be built: the version, and digits of a digest.

    `decisions`: what else decides, as JSON can say it: arguments, base images, platforms.
    """
    contents = {
        "recipe": RECIPE,
        "files": {name: [oct(_mode(path)), _digest(path)] for name, path in context.files.items()},
        "directories": list(context.directories),
        "decisions": decisions,
    }
    digest = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
    return f"{version}-{digest[:DIGITS_OF_TAG]}"


def _tree(root: Path) -> Iterator[Path]:
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in LEFT_OUT_DIRECTORIES and not name.startswith("."))
        for name in sorted(files):
            if Path(name).suffix not in LEFT_OUT_SUFFIXES and not name.startswith("."):
                yield Path(directory) / name


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
