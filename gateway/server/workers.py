"""Several worker processes on the same sockets: started, started anew when one dies, stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any

from gateway.units import SECONDS

# A worker that dies sooner than this, so many times running, will not do better the next time.
SOON = 10 * SECONDS
TRIES = 3
# Beyond the time that a worker has for its requests: to close its connections and leave.
LEAVE_WITHIN = 5 * SECONDS

_log = logging.getLogger("gateway.server")


class Workers:
    """`target(*arguments)` in `count` processes; both must be picklable.

    `forward_hangups`: SIGHUP is handed on to each of them, which begins with it blocked and has to unblock it.
    """

    def __init__(
        self,
        count: int,
        target: Callable[..., None],
        arguments: tuple[Any, ...],
        shutdown_timeout: float,
        *,
        forward_hangups: bool = False,
    ) -> None:
        self._count = count
        self._target = target
        self._arguments = arguments
        self._shutdown_timeout = shutdown_timeout
        self._forward_hangups = forward_hangups
        self._context = multiprocessing.get_context("spawn")
        self._started: dict[SpawnProcess, float] = {}
        self._stopping = False
        self._early_deaths = 0

    def run(self) -> int:
        """Until SIGTERM or SIGINT: 0. 1 when workers die as soon as they are started."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        if self._forward_hangups:
            signal.signal(signal.SIGHUP, self._hang_up)
        while not self._stopping and self._early_deaths < TRIES:
            while len(self._started) < self._count and not self._stopping:
                self._start()
            wait([process.sentinel for process in self._started], timeout=1 * SECONDS)
            self._bury()
        self._end()
        return 0 if self._stopping else 1

    def _start(self) -> None:
        process = self._context.Process(target=self._target, args=self._arguments)
        with self._hangups_blocked():
            process.start()
            self._started[process] = time.monotonic()
        if self._stopping:  # the signal came between the two lines above
            process.terminate()

    @contextmanager
    def _hangups_blocked(self) -> Iterator[None]:
        """The mask is inherited: a worker that does not listen yet would be ended by the signal, or miss it."""
        if not self._forward_hangups:
            yield
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _hang_up(self, *_: object) -> None:
        for process in list(self._started):
            if process.pid is not None and process.exitcode is None:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGHUP)

    def _stop(self, *_: object) -> None:
        self._stopping = True
        for process in list(self._started):
            process.terminate()

    def _bury(self) -> None:
        for process, started in list(self._started.items()):
            if process.exitcode is None or self._stopping:
                continue
            early = time.monotonic() - started < SOON
            self._early_deaths = self._early_deaths + 1 if early else 0
            _log.error("worker %s ended with %s; starting another", process.pid, process.exitcode)
            process.join()
            del self._started[process]

    def _end(self) -> None:
        deadline = time.monotonic() + self._shutdown_timeout + LEAVE_WITHIN
        for process in self._started:
            process.terminate()
        for process in self._started:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()
