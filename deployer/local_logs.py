"""The log files of platform LOCAL, as tail -F reads them."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from deployer.cloudwatch_logs import Line
from deployer.outcome import Unusable

# Seconds between two looks at files that are followed.
PAUSE = 0.3


class _Tail:
    """One log file, which is rotated under us: its end is still read, then the new file of its name goes on."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._opened = file.open("rb")
        self._rest = b""

    def close(self) -> None:
        """Reads no more of it."""
        self._opened.close()

    def last(self, count: int) -> list[str]:
        """Its last lines, and sets out to read what comes after them."""
        return [_text(line) for line in deque(self._opened, maxlen=count)]

    def new(self) -> list[str]:
        """What has been written since, in whole lines."""
        said = self._rest + self._opened.read()
        if self._is_replaced():
            self._opened.close()
            self._opened = self.file.open("rb")
            # What had no end before will get none now.
            said += b"\n" * bool(said and not said.endswith(b"\n")) + self._opened.read()
        *whole, self._rest = said.split(b"\n")
        return [_text(line) for line in whole]

    def _is_replaced(self) -> bool:
        """Whether another file has the name now, or this one was emptied."""
        ours = os.fstat(self._opened.fileno())
        try:
            there = self.file.stat()
        except FileNotFoundError:
            return False
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino) or there.st_size < self._opened.tell()


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r\n")


def local_lines(
    directory: Path, *, container: str | None, lines: int, follow: bool, pause: Callable[[float], None] = time.sleep
) -> Iterator[Line]:
    """The last lines of each log, and with `follow` all that is written later, without end.

    Raises:
        Unusable: where there are no logs, or none of this service.
    """
    files = sorted(directory.glob("*.log"))
    if not files:
        raise Unusable(f"There are no logs in {directory}: nothing was deployed on this machine yet.")
    known = [file.stem for file in files]
    if container is not None and container not in known:
        raise Unusable(f"There is no log of {container}. There are: {', '.join(known)}.")
    return _read([file for file in files if container in (None, file.stem)], lines, pause if follow else None)


def _read(files: list[Path], lines: int, pause: Callable[[float], None] | None) -> Iterator[Line]:
    with ExitStack() as opened:
        tails = [opened.enter_context(closing(_Tail(file))) for file in files]
        for tail in tails:
            yield from (Line(tail.file.stem, text) for text in tail.last(lines))
        while pause is not None:
            pause(PAUSE)
            for tail in tails:
                yield from (Line(tail.file.stem, text) for text in tail.new())
