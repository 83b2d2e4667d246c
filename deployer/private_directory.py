"""A directory for one run and this user alone, which is gone afterwards, also when the run was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PREFIX = "genai-gateway-run-"
# Held while the run lasts. The kernel gives it back, whatever ends the process, and across containers as well, which
# may share a directory for temporary files, but no numbers of processes.
LOCK = "lock"


def _is_free(lock: IO[str]) -> bool:
    """Takes the lock, unless somebody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sweep() -> None:
    """Deletes what runs that were killed could not delete themselves."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Another run may sweep as well, or be ending. A directory without a lock is just being made.
        with contextlib.suppress(OSError):
            if directory.lstat().st_uid != os.getuid():
                continue
            with (directory / LOCK).open() as lock:
                if _is_free(lock):
                    shutil.rmtree(directory, ignore_errors=True)


def _is_there(lock: IO[str], file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock.fileno()), file.stat())
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def private_directory() -> Iterator[Path]:
    """A new directory (mode 0700); what others left is deleted first."""
    _sweep()
    with contextlib.ExitStack() as stack:
        while True:
            directory = Path(tempfile.mkdtemp(prefix=PREFIX))
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
            try:
                lock = stack.enter_context((directory / LOCK).open("x"))
            except FileNotFoundError:
                continue
            # Somebody's sweep may have come between the two.
            if _is_free(lock) and _is_there(lock, directory / LOCK):
                break
        yield directory
