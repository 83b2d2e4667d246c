"""The policy in force: the file's, read again when it changes; a file that is broken meanwhile changes nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from gateway.identity.policy.loading import PolicyError, digest_of, parse_policy, read_policy
from gateway.identity.policy.rules import SAFE_POLICY, Policy
from gateway.units import SECONDS

INTERVAL = 1 * SECONDS
# Faults that the log tells at once.
_TOLD = 20

_log = logging.getLogger("gateway.policy")

# What tells one state of a file from another: which it is, its times in nanoseconds, its size. Empty when it is gone.
_Look = tuple[int, ...]


class PolicyBroken(Exception):
    """The file has faults or is gone. The message holds nothing of the file: anybody may ask for the readiness."""


class PolicyFile:
    """`path`: None for the safe policy. `interval`: seconds between looks at the file, once it is started.

    `faults_of`: what is wrong with a policy for reasons that do not stand in its file; it is not put in force then.

    A change counts when two looks in a row have seen it, so that a file half written is not taken for a policy. Each
    of `on_change` is called on the event loop, with a new policy that is then in force.
    """

    def __init__(
        self,
        path: Path | str | None,
        *,
        interval: float = INTERVAL,
        faults_of: Callable[[Policy], list[str]] = lambda _: [],
    ) -> None:
        self._path = None if path is None else Path(path)
        self._faults_of = faults_of
        self._interval = interval
        self._policy: Policy | None = SAFE_POLICY if path is None else None
        self._seen: _Look | None = None
        self._handled: _Look | None = None
        self._broken: str | None = None
        self._faults: list[str] = []
        self._task: asyncio.Task[None] | None = None
        self.on_change: list[Callable[[Policy], None]] = []

    @property
    def current(self) -> Policy:
        """Once it is loaded."""
        assert self._policy is not None, "load() comes first"
        return self._policy

    def load(self) -> Policy:
        """Read the file for the first time. Raises PolicyError."""
        if self._path is not None:
            self._policy = self._checked(read_policy(self._path))
        return self.current

    def _checked(self, content: bytes) -> Policy:
        policy = parse_policy(content)
        if faults := self._faults_of(policy):
            raise PolicyError(faults)
        return policy

    def start(self) -> None:
        if self._path is not None:
            self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def check(self) -> None:
        """Raises PolicyBroken while the file is not what it should be; the log says what is wrong with it."""
        if self._broken is not None:
            raise PolicyBroken(self._broken)

    async def look(self) -> None:
        """Look at the file, as the watch does at each interval; read it when the look before saw the same change."""
        if self._path is not None:
            seen = await asyncio.to_thread(_look, self._path)
            if seen == self._seen and seen != self._handled:
                await self._handle(self._path, seen)
            self._seen = seen

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            try:
                await self.look()
            except Exception:
                # Whatever it is: changes that nobody sees any more would go unnoticed.
                _log.exception("the access policy's file could not be looked at")

    async def _handle(self, path: Path, seen: _Look) -> None:
        if not seen:
            self._break("its file is gone", [f"the file {path} is gone"])
        else:
            try:
                # In a thread: disks can be slow, and a file of 1 MiB is half a second's work.
                content = await asyncio.to_thread(read_policy, path)
            except PolicyError as error:
                # Not handled: it is tried again at the next look.
                self._break("its file cannot be read", error.faults)
                return
            if await asyncio.to_thread(_look, path) != seen:
                # Changed while it was read.
                return
            await self._take(content)
        self._handled = seen

    async def _take(self, content: bytes) -> None:
        changed = digest_of(content) != self.current.digest
        try:
            policy = await asyncio.to_thread(self._checked, content) if changed else self.current
        except PolicyError as error:
            self._break("its file has faults", error.faults)
            return
        if self._broken is not None:
            _log.info("the access policy's file is in order again", extra={"path": str(self._path)})
        self._broken, self._faults = None, []
        if changed:
            self._put_in_force(policy)

    def _break(self, state: str, faults: list[str]) -> None:
        if faults != self._faults:
            told = "; ".join(faults[:_TOLD]) + (f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else "")
            _log.error("the access policy cannot be renewed: %s", told, extra={"path": str(self._path)})
        self._faults = faults
        self._broken = f"the access policy cannot be renewed: {state}; the policy before it is in force"

    def _put_in_force(self, policy: Policy) -> None:
        self._policy = policy
        _log.info("the access policy has changed", extra={"path": str(self._path), "digest": policy.digest})
        for tell in self.on_change:
            try:
                tell(policy)
            except Exception:
                # The others need to know all the same.
                _log.exception("a part of the gateway has not taken over the new access policy")


def _look(path: Path) -> _Look:
    """Of the file behind links: Kubernetes changes a ConfigMap by turning a link to another folder."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
