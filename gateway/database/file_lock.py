"""One process at a time, where a database is a file."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

RETRY = 0.02


@asynccontextmanager
async def alone_beside(file: str) -> AsyncIterator[None]:
    """Waits until no other process is inside for the same directory. The lock ends with its process, however it ends.

    SQLite itself cannot do this: it does not wait where several make a new file a write-ahead one. Raises OSError.
    """
    descriptor = os.open(Path(file).parent, os.O_RDONLY)
    try:
        while not _locked(descriptor):  # noqa: ASYNC110 - nobody tells when a lock of the system is free
            await asyncio.sleep(RETRY)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
