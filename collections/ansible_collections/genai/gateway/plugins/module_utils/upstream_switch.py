"""Hands the requests of a LOCAL stack's gateway over from one LiteLLM to another, and waits for the old one's last."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
from ansible_collections.genai.gateway.plugins.module_utils.service_signs import is_ready
from ansible_collections.genai.gateway.plugins.module_utils.stack_processes import recorded_process
from ansible_collections.genai.gateway.plugins.module_utils.supervisor_client import SupervisionError, eventually

# A request may have chosen its address and not have connected yet: as long as that could take, nobody is to connect.
QUIET_POLLS = 10


def linked(link: Path) -> str | None:
    """The name of the file that the link leads to, None when there is no link."""
    return link.readlink().name if link.is_symlink() else None


def place_link(link: Path, target: str) -> None:
    """Makes the link lead to the file beside it, in one step: whoever reads it finds the old file or the new one."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)


def switch(home: Path, link: Path, target: str, gateway: str, ready: str, seconds: float) -> None:
    """Makes the gateway ask the LiteLLM whose address is in `target`, a file beside the link.

    gateway is the name of the service that follows the link, ready the address of its readiness check. Returns once
    the gateway was seen to be connected to that LiteLLM and is ready; at once when it does not run, or when the link
    is new, as nobody follows it yet. Raises SupervisionError when it is not so within so many seconds; the link stays
    as it was made.
    """
    port = port_of((link.parent / target).read_text())
    followed = linked(link) is not None
    place_link(link, target)
    process = recorded_process(home / "run" / f"{gateway}.pid", home)
    if process is None or not followed:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGHUP)
    # Its readiness check asks LiteLLM, over a connection that stays open for a while.
    if not eventually(lambda: is_ready(ready) and is_connected(process, port), seconds):
        raise SupervisionError(
            f"the gateway is not ready with the LiteLLM on port {port} within {seconds:g} seconds ({ready})"
        )


def port_of(url: str) -> int:
    """The port in http://127.0.0.1:PORT. Raises SupervisionError."""
    digits = url.strip().rpartition(":")[2]
    if not digits.isdecimal():
        raise SupervisionError(f"{url.strip()!r} is not the address of a LiteLLM of this stack")
    return int(digits)


def is_connected(process: psutil.Process, port: int) -> bool:
    """Whether the process or one of its children has a connection to the port."""
    return any(each.raddr.port == port for each in _connections(process) if each.raddr)


def drain(home: Path, service: str, port: int, seconds: float) -> int:
    """Waits until nobody is connected to the service on this port any more, at most so many seconds.

    Returns how many connections are left.
    """
    process = recorded_process(home / "run" / f"{service}.pid", home)
    if process is None:
        return 0
    quiet = 0

    def is_quiet() -> bool:
        nonlocal quiet
        quiet = 0 if _clients(process, port) else quiet + 1
        return quiet >= QUIET_POLLS

    eventually(is_quiet, seconds)
    return _clients(process, port)


def _clients(process: psutil.Process, port: int) -> int:
    return sum(each.laddr.port == port for each in _connections(process))


def _connections(process: psutil.Process) -> Iterator[psutil._common.pconn]:
    """The established TCP connections of the process and its descendants, as they are now."""
    with contextlib.suppress(psutil.Error, OSError):
        for member in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                yield from (
                    each for each in member.net_connections(kind="tcp") if each.status == psutil.CONN_ESTABLISHED
                )
