"""How long a step usually takes: the median of its last runs on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from deployer.state import state_directory, write_whole

KEPT = 7


class Timings:
    """Seconds that steps of one playbook took on one platform, kept in a file that runs share.

    What cannot be read is forgotten, and what cannot be written is not kept: times are a comfort, no result.
    """

    def __init__(self, platform: str, playbook: str, file: Path | None = None) -> None:
        self._key = f"{platform}/{playbook}"
        self._file = file

    def _read(self) -> dict[str, dict[str, list[float]]]:
        try:
            said = json.loads(self._path().read_text())
            return {
                str(key): {str(step): [float(each) for each in seconds] for step, seconds in steps.items()}
                for key, steps in said.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _path(self) -> Path:
        return self._file or state_directory() / "timings.json"

    def usual(self) -> dict[str, float]:
        """The usual seconds of each step that has run before."""
        return {step: median(seconds) for step, seconds in self._read().get(self._key, {}).items() if seconds}

    def add(self, seconds: Mapping[str, float]) -> None:
        """Remembers how long the steps of a run took."""
        known = self._read()
        steps = known.setdefault(self._key, {})
        for step, taken in seconds.items():
            steps[step] = [*steps.get(step, []), round(taken, 1)][-KEPT:]
        try:
            write_whole(self._path(), json.dumps(known, indent=1, sort_keys=True) + "\n")
        except OSError:
            return
