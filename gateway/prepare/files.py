"""The configuration of LiteLLM and the access policy, copied from S3 into a directory."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# It ships no types.
import yaml

from gateway.prepare.bucket import Location, Objects
from gateway.prepare.errors import PrepareError

# Names, and whether they must be there.
FILES = {"litellm.yaml": True, "access-policy.yaml": False}
MODE = 0o444

# Where PyYAML was built with libyaml, it is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_log = logging.getLogger(__name__)


def copy_files(location: Location, directory: Path, *, region: str | None) -> None:
    """Make the directory's files as S3 has them; none is touched where one of them cannot be used. Raises PrepareError.

    Each is replaced as a whole. An optional one that is not in S3 is not in the directory either, afterwards.
    """
    with Objects(location, region) as objects:
        contents = {name: objects.read(name, required=required) for name, required in FILES.items()}
    for name, content in contents.items():
        if content is not None:
            _check(location.url(name), content)
    for name, content in contents.items():
        _put(directory / name, content)


def _check(url: str, content: bytes) -> None:
    """Raises PrepareError unless it is a mapping of YAML."""
    try:
        starts = list(_starts(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise PrepareError(f"{url} is not text in UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" in line {mark.line + 1}" if mark else ""
        raise PrepareError(f"{url} is not YAML: {error.problem or error.context}{place}") from None
    except yaml.YAMLError as error:
        raise PrepareError(f"{url} is not YAML: {str(error).splitlines()[0]}") from None
    if len(starts) > 1:
        raise PrepareError(f"{url} has {len(starts)} documents of YAML: keep one")
    if not starts or not isinstance(starts[0], yaml.MappingStartEvent):
        raise PrepareError(f"{url} must hold a mapping of YAML, such as `name: value`")


def _starts(text: str) -> Iterator[Any]:
    """What each document begins with. Read as events: aliases are not followed, and nothing is built of the values."""
    at_start = False
    for event in yaml.parse(text, Loader=_LOADER):
        if at_start:
            yield event
        at_start = isinstance(event, yaml.DocumentStartEvent)


def _put(path: Path, content: bytes | None) -> None:
    try:
        if content is None:
            _remove(path)
        elif path.is_file() and path.read_bytes() == content:
            _log.info("%s is as it is in S3", path)
        else:
            _replace(path, content)
    except OSError as error:
        raise PrepareError(f"{path} cannot be written: {error.strerror}") from None


def _replace(path: Path, content: bytes) -> None:
    # Beside it, so that it takes its place in one step.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        beside.chmod(MODE)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _log.info("wrote %s", path)


def _remove(path: Path) -> None:
    if path.exists():
        path.unlink()
        _log.info("removed %s, which is not in S3", path)
