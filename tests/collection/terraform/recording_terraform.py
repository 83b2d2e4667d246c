#!/usr/bin/env python3
"""Stands for terraform: its apply says which signals it gets, and goes on until it is told to end.

RECORD is a directory with two FIFOs: `said`, which it writes to when it has begun and when it was first asked to stop,
and `end`, from which it reads when it may go on. `signals` in it is written at the very end.
"""

import os
import signal
import sys
from pathlib import Path

# Signals that come too late to be seen are no second request: so long it looks for another one.
SECONDS = 1.0
ASKING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def apply(record: Path) -> int:
    """As Terraform does: asked to stop, it ends what it has begun, and fails."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
    (record / "said").write_text("begun\n")
    got = [signal.Signals(signal.sigwait(ASKING)).name]
    (record / "said").write_text("asked\n")
    (record / "end").read_text()
    while more := signal.sigtimedwait(ASKING, SECONDS):
        got.append(signal.Signals(more.si_signo).name)
    (record / "signals").write_text(" ".join(got))
    return 1


def main(command: str) -> int:
    """What comes before an apply, as far as it is needed."""
    if command == "apply":
        return apply(Path(os.environ["RECORD"]))
    print("{}")
    return 2 if command == "plan" else 0


sys.exit(main(sys.argv[1]))
