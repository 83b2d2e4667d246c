"""Postgres of a LOCAL stack: runs whoever starts it, with databases that keep to themselves."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
import jinja2
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.postgres_databases import DatabaseError, Server, converge

from tests.support.local_stack import CHECKOUT, free_ports
from tests.support.postgres import Postgres

TEMPLATES = CHECKOUT / "collections/ansible_collections/genai/gateway/roles/platform/templates/local"
NOBODY = 65534


@pytest.fixture
def as_postgres(tmp_path: Path) -> Path:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), keep_trailing_newline=True)
    environment.filters["quote"] = shlex.quote
    script = tmp_path / "as-postgres"
    template = environment.get_template("as-postgres.sh.j2")
    script.write_text(template.render(platform_local_postgres_data=str(tmp_path / "data")))
    script.chmod(0o700)
    tmp_path.chmod(0o700)
    return script


def run(script: Path, *command: str, forbidden: tuple[str, ...] = ()) -> str:
    """Runs a command through the script, on a system where the named programs fail."""
    barrier = script.parent / "forbidden"
    barrier.mkdir(exist_ok=True)
    for name in forbidden:
        (barrier / name).write_text("#!/bin/sh\nexit 1\n")
        (barrier / name).chmod(0o755)
    path = f"{barrier}:{os.environ['PATH']}"
    return subprocess.run(
        [script, *command], env={"PATH": path}, check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


@pytest.mark.parametrize("forbidden", [(), ("unshare",)], ids=["namespace", "no namespace"])
def test_the_server_is_never_root_and_still_reaches_private_files(
    as_postgres: Path, forbidden: tuple[str, ...]
) -> None:
    private = as_postgres.parent / "private"
    private.write_text("reached")
    private.chmod(0o600)
    assert run(as_postgres, "id", "-u", forbidden=forbidden) != "0"
    assert run(as_postgres, "cat", str(private), forbidden=forbidden) == "reached"


def test_data_follows_from_one_way_to_the_other(as_postgres: Path) -> None:
    data = as_postgres.parent / "data"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text("16\n")
    own = os.geteuid()
    run(as_postgres, "true", forbidden=("unshare",))
    assert (data / "PG_VERSION").stat().st_uid == (NOBODY if own == 0 else own)
    run(as_postgres, "true")
    assert run(as_postgres, "cat", str(data / "PG_VERSION")) == "16"


# --- databases ---


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Postgres() as postgres:
        parts = urlsplit(postgres.create_database("unrelated"))
        assert parts.hostname
        assert parts.port
        yield Server(parts.hostname, parts.port, unquote(parts.username or ""), unquote(parts.password or ""))


async def login(server: Server, name: str, password: str, database: str) -> str:
    connection = await asyncpg.connect(
        host=server.host, port=server.port, user=name, password=password, database=database, ssl=False
    )
    try:
        return str(await connection.fetchval("SELECT current_user"))
    finally:
        await connection.close()


async def test_databases_are_made_once_each_for_its_own_role(server: Server) -> None:
    wanted = {"one": "pass'word", "two": "second"}
    assert await converge(server, wanted, 10, check_mode=True) == ["one", "two"]
    assert await converge(server, wanted, 10, check_mode=False) == ["one", "two"]
    assert await converge(server, wanted, 10, check_mode=False) == []
    assert await login(server, "one", "pass'word", "one") == "one"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await login(server, "one", "pass'word", "two")


async def test_a_password_that_differs_is_set_anew(server: Server) -> None:
    await converge(server, {"three": "old"}, 10, check_mode=False)
    assert await converge(server, {"three": "new"}, 10, check_mode=False) == ["three"]
    assert await login(server, "three", "new", "three") == "three"


async def test_a_server_that_is_not_there_is_told_in_time() -> None:
    port = free_ports(("postgres",))["postgres"]
    with pytest.raises(DatabaseError, match=f"no Postgres at 127.0.0.1:{port}"):
        await converge(Server("127.0.0.1", port, "postgres", "x"), {}, 0.1, check_mode=False)


async def test_a_wrong_superuser_password_is_told_without_it(server: Server) -> None:
    wrong = Server(server.host, server.port, server.user, "not the password")
    with pytest.raises(DatabaseError, match="refuses") as error:
        await converge(wrong, {}, 10, check_mode=False)
    assert "not the password" not in str(error.value)
