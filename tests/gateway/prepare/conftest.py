"""Preparations as real processes, with real servers of Postgres and a simulated AWS."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import pytest

from tests.support.aws_sim import AwsSim
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "gateway.prepare"]

# Where Debian and Ubuntu keep other versions than the wheel's, which differ in what a role may do.
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class InstalledPostgres(Postgres):
    """With the programs of a directory."""

    def __init__(self, programs: Path) -> None:
        super().__init__()
        self._programs = programs

    def _run(self, program: str, *arguments: str) -> str:
        return super()._run(str(self._programs / program), *arguments)


@pytest.fixture(
    scope="session", params=[None, *INSTALLED], ids=lambda path: f"postgres {path.parent.name}" if path else "wheel"
)
def server(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """Each version that there is; its log has every statement."""
    with InstalledPostgres(request.param) if request.param else Postgres() as server:
        server.execute("ALTER SYSTEM SET log_statement = 'all'")
        server.execute("SELECT pg_reload_conf()")
        yield server


@dataclass
class Site:
    """The names, passwords and addresses of one preparation."""

    port: int
    name: str = field(default_factory=lambda: uuid4().hex[:8])
    passwords: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in ("owner", "litellm", "gateway", "stranger"):
            # With characters that addresses escape.
            self.passwords.setdefault(role, secrets.token_hex(12) + "@/:%?#'\"$")

    def role(self, who: str) -> str:
        return f"{who}-{self.name}"

    def url(self, who: str, database: str | None = None, *, password: str | None = None, host: str = "") -> str:
        quoted = quote(password or self.passwords[who], safe="")
        place = host or f"127.0.0.1:{self.port}"
        return f"postgresql://{self.role(who)}:{quoted}@{place}/{database or self.role(who)}"

    def environment(self, **changed: str) -> dict[str, str]:
        return {
            "DATABASE_OWNER_URL": self.url("owner", "postgres"),
            "DATABASE_LITELLM_URL": self.url("litellm") + "?sslmode=prefer&connection_limit=5&sslaccept=strict",
            "GATEWAY_DATABASE_URL": self.url("gateway"),
            "PREPARE_TIMEOUT": "60",
        } | changed

    async def query(self, who: str, sql: str, database: str | None = None, *, password: str | None = None) -> Any:
        """One value, as the role. Raises what asyncpg raises."""
        connection = await asyncpg.connect(self.url(who, database, password=password))
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()


@pytest.fixture
def site(server: Postgres) -> Site:
    """With an owner that may do what the master user of RDS may: it is no superuser."""
    site = Site(server.port)
    new_role(server, site, "owner", "CREATEDB CREATEROLE")
    return site


def new_role(server: Postgres, site: Site, who: str, attributes: str = "") -> None:
    """Its password gets into the server's log."""
    password = site.passwords[who].replace("'", "''")
    server.execute(f"CREATE ROLE \"{site.role(who)}\" LOGIN {attributes} PASSWORD '{password}'")


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    """A preparation with nothing else in its environment, its output in one."""
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return subprocess.Popen(
        COMMAND, cwd=ROOT, env=inherited | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def prepare(environment: dict[str, str]) -> tuple[int, str]:
    """Exit code and output."""
    process = start(environment)
    try:
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, output


@pytest.fixture(scope="session")
def account() -> Iterator[AwsSim]:
    with AwsSim() as account:
        yield account


@pytest.fixture
def upload(account: AwsSim) -> Callable[..., str]:
    """Puts files into a new bucket of the test, and again; gives the bucket's address."""
    bucket = f"config-{uuid4().hex}"
    client = account.client("s3")
    client.create_bucket(Bucket=bucket)

    def put(files: dict[str, bytes], prefix: str = "config/") -> str:
        for name, content in files.items():
            client.put_object(Bucket=bucket, Key=prefix + name, Body=content)
        return f"s3://{bucket}/{prefix}"

    return put
