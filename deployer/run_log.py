"""A log of each run, without secrets: which steps, how long, how it ended and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from deployer.state import state_directory, write_whole

KEPT = 50


def write_run_log(command: str, said: Mapping[str, object], now: datetime | None = None) -> Path | None:
    """Writes the log of a run, deletes the oldest ones, and returns its file; None where it cannot be written."""
    try:
        directory = state_directory() / "runs"
        directory.mkdir(mode=0o700, exist_ok=True)
        file = directory / f"{now or datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{command}.json"
        write_whole(file, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
        for old in sorted(directory.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file
