"""What is wrong with a configuration of LiteLLM: where, what, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. `where` is a path as `set` and `delete` of an overlay take it; `mend` says what to do."""

    where: str
    problem: str
    mend: str = ""

    def __str__(self) -> str:
        told = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{told}; {self.mend}" if self.mend else told


class ConfigError(Exception):
    """A configuration with at least one fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = list(faults)


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """The name that was probably meant, as a question, or else `otherwise`."""
    close = difflib.get_close_matches(name, sorted(known), 1)
    return f"did you mean {close[0]}?" if close else otherwise
