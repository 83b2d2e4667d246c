"""Runs terraform, and ends it in good order when the run is interrupted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

# Terraform draws a frame around what it says of an error.
_FRAME = re.compile(r"^ *[╷│╵├][─]* ?", re.MULTILINE)
_LOCK_ID = re.compile(r"^\s*ID:\s+(?P<id>[0-9a-f-]{36})\s*$", re.MULTILINE)
_LOCK_OWNER = re.compile(
    r"^\s*Who:\s+(?P<who>\S+)\s*$.*?^\s*Created:\s+(?P<since>\S+ [\d:]+)", re.MULTILINE | re.DOTALL
)
_LOCKED = "Error acquiring the state lock"
# A signal may reach Terraform alone: this is what it says then.
_HALTED = "Error: execution halted"
# Credentials that ended in the middle say so in many ways, depending on the service that was asked.
_EXPIRED = re.compile(
    r"ExpiredToken|RequestExpired|(token|credentials|session)\b.{0,60}\bexpired|refresh(ing)? (cached )?SSO token",
    re.IGNORECASE | re.DOTALL,
)


class TerraformError(Exception):
    """A command of Terraform did not end well; the message is what it said, and how to go on where that is known."""


@dataclass(frozen=True)
class Lock:
    """A lock of the state: its id, and when it was taken, in UTC."""

    id: str
    since: datetime


class StateLockedError(TerraformError):
    """Somebody holds the lock of the state; `lock` where it can be read."""

    def __init__(self, message: str, lock: Lock | None) -> None:
        super().__init__(message)
        self.lock = lock


class InterruptedRunError(TerraformError):
    """Somebody ended the run. Terraform finished what it was doing, wrote the state and released its lock."""


@dataclass
class Terraform:
    """The terraform command in the directory of a root module.

    `environment` is added to this process's. Where the state is locked, `unlock_hint` says how to release it, with
    {id} for the lock's.
    """

    directory: Path
    environment: Mapping[str, str]
    unlock_hint: str = "terraform force-unlock {id}"
    binary: str = "terraform"
    _process: subprocess.Popen[str] | None = field(default=None, init=False)
    _waits: bool = field(default=False, init=False)
    _interrupted: bool = field(default=False, init=False)
    # Asked a second time, it would drop everything, the state too. To take it from here is atomic, unlike a flag.
    _request: Iterator[signal.Signals] = field(default_factory=lambda: iter((signal.SIGINT,)), init=False)

    def interrupt(self, _signum: int = signal.SIGINT, _frame: FrameType | None = None) -> None:
        """Ask Terraform to stop, once; a handler of signals."""
        self._interrupted = True
        self._ask()
        if self._waits:
            raise InterruptedRunError("Interrupted while waiting. Run it again to go on.")

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While this process itself waits, and no command runs: an interruption ends that with InterruptedRunError."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False

    def _ask(self) -> None:
        if self._process and (request := next(self._request, None)):
            self._process.send_signal(request)

    def run(self, *arguments: str, good: Sequence[int] = (0,)) -> tuple[int, str]:
        """Run a command; its exit code, one of `good`, and its standard output. Raises TerraformError."""
        if self._interrupted:
            raise InterruptedRunError(f"Interrupted before terraform {arguments[0]}. Run it again to go on.")
        # A session of its own: signals to the process group come here, and from here once.
        with subprocess.Popen(  # noqa: S603 - a list of words, no shell
            [self.binary, *arguments],
            cwd=self.directory,
            env={**os.environ, **self.environment, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as self._process:
            if self._interrupted:  # while it was being started
                self._ask()
            out, err = self._process.communicate()
            code = self._process.returncode
        self._process = None
        if code not in good and (self._interrupted or _HALTED in err):
            raise InterruptedRunError("Interrupted; terraform stopped in good order. Run it again to go on.")
        if code not in good:
            raise explain(arguments[0], err or out, self.unlock_hint)
        return code, out


def explain(command: str, said: str, unlock_hint: str) -> TerraformError:
    """What to tell of a failed command, from what it wrote to standard error."""
    text = _FRAME.sub("", _FRAME.sub("", said)).strip()
    if _LOCKED in text:
        return _explain_lock(text, unlock_hint)
    # Of resources that failed alike, it says the same again and again.
    text = "\n\n".join(dict.fromkeys(text.split("\n\n")))
    if _EXPIRED.search(text):
        text += "\n\nThe credentials have expired. Get new ones and run the same again: it goes on where this ended."
    return TerraformError(f"terraform {command}: {text}")


def _explain_lock(text: str, unlock_hint: str) -> StateLockedError:
    found, owner = _LOCK_ID.search(text), _LOCK_OWNER.search(text)
    if found is None:
        return StateLockedError(f"The state is locked, and by whom cannot be read: {text}", None)
    holder = f" by {owner['who']} since {owner['since']} UTC" if owner else ""
    hint = unlock_hint.format(id=found["id"])
    message = (
        f"The state is locked{holder}: another run is changing this deployment. Wait for its end and run again. "
        f"If there is none, because it was killed, release the lock: {hint}"
    )
    lock = Lock(found["id"], datetime.fromisoformat(owner["since"]).replace(tzinfo=UTC)) if owner else None
    return StateLockedError(message, lock)
