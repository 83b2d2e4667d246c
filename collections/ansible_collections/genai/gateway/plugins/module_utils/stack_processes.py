"""Which running processes belong to a LOCAL stack, and which ports they hold."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from pathlib import Path

try:
    import psutil
except ImportError:  # preflight says so, before any of this is called
    psutil = None

LOOPBACK = "127.0.0.1"
CONNECT_SECONDS = 0.5
# A pid file is written by the process itself, a moment after its start: the clocks that are compared are coarse.


def recorded_process(pid_file: Path, home: Path) -> psutil.Process | None:
    """The living process that wrote the pid file, or None.

    A pid is reused, after a reboot above all, and a stack's directory may be a copy of another's: the process is the
    one that wrote the file only if it works inside the directory, as all of a stack's do.
    """
    try:
        process = psutil.Process(int(pid_file.read_text()))
        return process if not has_ended(process) and _works_in(process, home) else None
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None


def has_ended(process: psutil.Process) -> bool:
    """Whether the process does nothing more; in a container nobody may ever take notice of an orphan's end."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _works_in(process: psutil.Process, home: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(home.resolve())
    except (psutil.Error, OSError):
        return False


def stack_processes(home: Path) -> dict[str, psutil.Process]:
    """The living processes with a pid file in the stack's directory `home`, by service name."""
    found = {file.stem: recorded_process(file, home) for file in sorted((home / "run").glob("*.pid"))}
    return {name: process for name, process in found.items() if process is not None}


def held_ports(processes: Iterable[psutil.Process]) -> set[int]:
    """The TCP ports on which the processes or their descendants listen."""
    ports: set[int] = set()
    for process in processes:
        with contextlib.suppress(psutil.Error):
            for member in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    ports.update(
                        connection.laddr.port
                        for connection in member.net_connections(kind="tcp")
                        if connection.status == psutil.CONN_LISTEN
                    )
    return ports


def why_port_is_unusable(port: int) -> str | None:
    """Why nothing can be made to listen on the port of 127.0.0.1, or None when it is free."""
    with socket.socket() as probe:
        probe.settimeout(CONNECT_SECONDS)
        # Bind alone misses, on macOS, somebody who listens on all addresses.
        if probe.connect_ex((LOOPBACK, port)) == 0:
            return f"in use by {_listener(port)}"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            return "reserved for privileged users"
        except OSError as error:
            return f"not usable ({error.strerror})"
    return None


def _listener(port: int) -> str:
    # Only one's own processes can be asked everywhere; the port is in use whether or not its user can be named.
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return "another process"
