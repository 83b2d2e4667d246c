"""How a command of the operator ends: its exit code, and the errors that choose one."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """Exit codes, the same for every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    ROLLED_BACK = 4
    INTERRUPTED = 130


class Status(StrEnum):
    """How a run ended, in words: what JSON mode and the run log say."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"
    INTERRUPTED = "interrupted"

    @property
    def exit_code(self) -> Exit:
        """The exit code that says the same."""
        return Exit[self.name]


class Unusable(Exception):
    """What the operator gave cannot be used: the message says what is wrong, and what to do. Exit code 2."""
