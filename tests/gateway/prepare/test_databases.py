"""Databases and their roles are made by an owner who is no superuser, on every version of Postgres that there is."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gateway.prepare.databases import LOCK
from tests.gateway.prepare.conftest import COMMAND, ROOT, Site, new_role, prepare, start
from tests.gateway.prepare.tls_front import tls_front
from tests.support.certificates import write_certificate
from tests.support.postgres import Postgres, free_port
from tests.support.processes import Service

BOTH = ("litellm", "gateway")


def messages(output: str) -> list[str]:
    """What the log says; every line of it is JSON."""
    return [json.loads(line)["message"] for line in output.splitlines()]


async def made(site: Site, *who: str) -> None:
    """Each role owns its database and does with it as it likes."""
    for one in who:
        owner = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()"
        assert await site.query(one, owner) == site.role(one)
        await site.query(one, "CREATE TABLE IF NOT EXISTS kept (id int)")


async def test_each_has_a_database_of_its_own(site: Site):
    code, output = prepare(site.environment())
    assert code == 0, output
    await made(site, *BOTH)
    expected = [
        line
        for who in BOTH
        for line in (
            f"created the role {site.role(who)}",
            f"created the database {site.role(who)}",
            f"closed the database {site.role(who)} to other roles",
            f"set the password of the role {site.role(who)}",
        )
    ]
    assert messages(output)[1:-1] == expected


async def test_neither_role_gets_into_the_others_database(site: Site, server: Postgres):
    assert prepare(site.environment())[0] == 0
    new_role(server, site, "stranger")
    for who, whose in (("litellm", "gateway"), ("gateway", "litellm"), ("stranger", "litellm")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await site.query(who, "SELECT 1", site.role(whose))


async def test_where_all_is_done_the_owner_is_not_asked(site: Site):
    assert prepare(site.environment())[0] == 0
    code, output = prepare(site.environment(DATABASE_OWNER_URL=site.url("owner", "postgres", password="wrong")))
    assert code == 0, output
    assert messages(output)[1:] == [
        f"ready: the database {site.role('litellm')} and the database {site.role('gateway')}"
    ]


async def test_replicas_that_start_together_do_everything_once(site: Site):
    replicas = [start(site.environment()) for _ in range(8)]
    outputs = [replica.communicate(timeout=120)[0] for replica in replicas]
    assert [replica.returncode for replica in replicas] == [0] * 8, outputs
    said = [message for output in outputs for message in messages(output)]
    for who in BOTH:
        for done in ("created the role", "created the database", "set the password of the role"):
            assert said.count(f"{done} {site.role(who)}") == 1
    await made(site, *BOTH)


async def test_a_password_that_was_rotated_is_set_and_what_is_stored_stays(site: Site):
    assert prepare(site.environment())[0] == 0
    await made(site, *BOTH)
    old = site.passwords["gateway"]
    site.passwords["gateway"] = "another-password"
    code, output = prepare(site.environment())
    assert code == 0, output
    assert messages(output)[1:-1] == [f"set the password of the role {site.role('gateway')}"]
    assert await site.query("gateway", "SELECT count(*) FROM kept") == 0
    with pytest.raises(asyncpg.InvalidPasswordError):
        await site.query("gateway", "SELECT 1", password=old)


@pytest.mark.parametrize("password", ["Grüße, Jürgen", "soft\u00adhyphen", "ligature ﬁ", "non-breaking\u00a0space"])
async def test_a_password_of_any_characters_is_set(site: Site, password: str):
    site.passwords["gateway"] = password
    code, output = prepare(site.environment())
    assert code == 0, output
    await made(site, "gateway")


async def test_no_password_reaches_postgress_log_or_the_output(site: Site, server: Postgres):
    before = len(server.log.read_text())
    outputs = [prepare(site.environment())[1]]
    old = site.passwords["litellm"]
    site.passwords["litellm"] = "rotated-password-of-litellm"
    outputs.append(prepare(site.environment(PREPARE_CONFIG="s3://half"))[1])
    outputs.append(prepare(site.environment())[1])
    outputs.append(prepare(site.environment(DATABASE_OWNER_URL=site.url("stranger"), DATABASE_LITELLM_URL="s3://"))[1])
    log = server.log.read_text()[before:]
    assert f'ALTER ROLE "{site.role("litellm")}" LOGIN PASSWORD \'SCRAM-SHA-256$4096:' in log
    # The part that no address escapes.
    for secret in (old[:24], *(password[:24] for password in site.passwords.values())):
        assert secret not in log
        assert secret not in "".join(outputs)


@pytest.mark.parametrize("attributes", ["CREATEDB CREATEROLE NOINHERIT", "SUPERUSER"])
async def test_owners_of_other_kinds_will_do(server: Postgres, attributes: str):
    site = Site(server.port)
    new_role(server, site, "owner", attributes)
    code, output = prepare(site.environment())
    assert code == 0, output
    await made(site, *BOTH)


# What a replica leaves behind that is killed, and what others have made by hand.
@pytest.mark.parametrize(
    "before",
    [
        ['CREATE ROLE "{gateway}" LOGIN'],
        ["CREATE ROLE \"{gateway}\" NOLOGIN PASSWORD 'other'"],
        [
            'CREATE ROLE "{gateway}" LOGIN',
            'GRANT "{gateway}" TO "{owner}"',
            'CREATE DATABASE "{gateway}" OWNER "{gateway}"',
        ],
    ],
    ids=["a role", "a role that may not log in", "a database that is open to others"],
)
async def test_what_is_half_done_is_completed(site: Site, before: list[str]):
    for statement in before:
        await site.query("owner", statement.format(gateway=site.role("gateway"), owner=site.role("owner")), "postgres")
    code, output = prepare(site.environment())
    assert code == 0, output
    await made(site, *BOTH)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await site.query("litellm", "SELECT 1", site.role("gateway"))


async def test_a_database_that_works_and_is_open_to_others_is_closed(site: Site, server: Postgres):
    assert prepare(site.environment())[0] == 0
    server.execute(f'GRANT CONNECT ON DATABASE "{site.role("gateway")}" TO PUBLIC')
    code, output = prepare(site.environment())
    assert code == 0, output
    assert messages(output)[1:-1] == [f"closed the database {site.role('gateway')} to other roles"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await site.query("litellm", "SELECT 1", site.role("gateway"))


def failed(environment: dict[str, str]) -> str:
    """The last message of a preparation that fails."""
    code, output = prepare(environment)
    assert code == 1, output
    return messages(output)[-1]


def test_a_database_of_somebody_else_is_not_taken(site: Site, server: Postgres):
    server.execute(f'CREATE DATABASE "{site.role("litellm")}"')
    said = failed(site.environment())
    assert said.startswith(f"the database {site.role('litellm')} at 127.0.0.1:{site.port} belongs to the role postgres")
    assert f'ALTER DATABASE "{site.role("litellm")}" OWNER TO "{site.role("litellm")}"' in said


def test_an_owner_with_a_wrong_password_fails_at_once(site: Site):
    url = site.url("owner", "postgres", password="wrong-password")
    said = failed(site.environment(DATABASE_OWNER_URL=url, PREPARE_TIMEOUT="3600"))
    assert said == f'DATABASE_OWNER_URL: password authentication failed for user "{site.role("owner")}"'


def test_an_owner_that_may_not_make_roles_fails_with_postgress_reason(server: Postgres):
    site = Site(server.port)
    new_role(server, site, "owner")
    assert failed(site.environment()).startswith("DATABASE_OWNER_URL: permission denied to create role")


def test_an_address_at_another_server_fails_and_says_so(site: Site):
    """The role is made where the owner is, and not where it is looked for."""
    with Postgres() as other:
        url = site.url("gateway", host=f"127.0.0.1:{other.port}")
        said = failed(site.environment(GATEWAY_DATABASE_URL=url))
    assert said.startswith(f"the database {site.role('gateway')} of the role {site.role('gateway')}")
    assert f"at 127.0.0.1:{other.port} cannot be used: password authentication failed" in said


def test_a_postgres_that_does_not_answer_is_given_up(site: Site):
    place = f"127.0.0.1:{free_port()}"
    addresses = {
        "DATABASE_OWNER_URL": site.url("owner", host=place),
        "DATABASE_LITELLM_URL": site.url("litellm", host=place),
        "GATEWAY_DATABASE_URL": site.url("gateway", host=place),
    }
    said = failed(site.environment(**addresses, PREPARE_TIMEOUT="0.5"))
    assert said.startswith(f"gave up after 0.5 seconds: Postgres at {place} cannot be used: ")


@pytest.mark.parametrize("hangs", [False, True], ids=["answers", "hangs"])
async def test_another_replica_that_does_not_end_is_given_up(site: Site, hangs: bool):
    """Also where Postgres itself no longer answers meanwhile."""
    other = await asyncpg.connect(site.url("owner", "postgres"))
    await other.execute("SELECT pg_advisory_lock($1)", LOCK)
    process = start(site.environment(PREPARE_TIMEOUT="3"))
    backend = await waiting_backend(other, site)
    try:
        if hangs:
            os.kill(backend, signal.SIGSTOP)
        output, _ = await asyncio.to_thread(process.communicate, timeout=60)
    finally:
        process.kill()
        if hangs:
            os.kill(backend, signal.SIGCONT)
        await other.close()
    assert process.returncode == 1
    assert messages(output)[-1].startswith("gave up after 3 seconds: ")
    assert "another replica is at it" in output


async def waiting_backend(connection: Any, site: Site) -> int:
    """The process of Postgres that waits for the lock on behalf of the owner, once there is one."""
    query = "SELECT pid FROM pg_stat_activity, pg_sleep(0.01) WHERE usename = $1 AND wait_event = 'advisory' LIMIT 1"
    async with asyncio.timeout(60):
        while not (pid := await connection.fetchval(query, site.role("owner"))):
            pass
    return int(pid)


async def test_a_postgres_that_is_not_up_yet_is_waited_for():
    with Postgres() as server:
        site = Site(server.port)
        new_role(server, site, "owner", "CREATEDB CREATEROLE")
        server.stop("fast")
        with Service(COMMAND, env=site.environment(), cwd=ROOT, ready="(waiting)") as service:
            server.start()
            assert service.process.wait(60) == 0
        await made(site, *BOTH)


async def test_the_owners_certificates_hold_for_litellm_too(site: Site, tmp_path: Path):
    """Who asks for verify-full trusts the certificate by its file, and no other."""
    certificate, key = write_certificate(tmp_path, "server")
    other, _ = write_certificate(tmp_path, "other")
    async with tls_front(site.port, certificate, key) as port:
        site.port = port

        def environment(trusted: str) -> dict[str, str]:
            verified = f"?sslmode=verify-full&sslrootcert={trusted}"
            return site.environment(
                DATABASE_OWNER_URL=site.url("owner", "postgres") + verified,
                DATABASE_LITELLM_URL=site.url("litellm") + "?sslmode=require&sslaccept=strict&sslcert=/no/such/file",
                GATEWAY_DATABASE_URL=site.url("gateway") + verified,
            )

        assert "is not accepted: " in await asyncio.to_thread(failed, environment(other))
        code, output = await asyncio.to_thread(prepare, environment(certificate))
    assert code == 0, output
    assert messages(output)[-1].startswith("ready: ")


def test_a_postgres_without_tls_is_refused_where_it_is_asked_for(site: Site):
    url = site.url("owner", "postgres") + "?sslmode=require"
    assert "rejected SSL upgrade" in failed(site.environment(DATABASE_OWNER_URL=url, PREPARE_TIMEOUT="0.5"))
