"""What the command line remembers on this machine: usual times of steps, and a log of each run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def state_directory() -> Path:
    """Where it is kept, by the XDG base directory specification; made, for its user alone."""
    home = os.environ.get("XDG_STATE_HOME", "")
    # The specification: a relative path is invalid and ignored.
    base = Path(home) if home.startswith("/") else Path.home() / ".local" / "state"
    directory = base / "genai-gateway"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def write_whole(file: Path, text: str) -> None:
    """Writes a file that readers see as it was before or as it is now, never half; for its user alone."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
