"""Everything that keeps a LOCAL stack from running is said at once, before anything starts."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils import local_preflight
from ansible_collections.genai.gateway.plugins.module_utils.local_preflight import (
    Request,
    busy_ports,
    choice_faults,
    data_faults,
    directory_faults,
    package_faults,
    parse_ports,
)

from tests.support.local_stack import PORTS, PlaybookFailedError, free_ports, run_playbook

SOCKET = "run/supervisor.sock"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("value", ["", "abc", "0", "65536", "-1", "3000.0", "²", None, True, [3000], 3.5])
def test_a_port_that_is_none_is_told_with_its_name(value: Any) -> None:
    ports, wrong = parse_ports({"local_gateway_port": value})
    assert ports == {}
    assert wrong == [f"local_gateway_port is {value!r}, a port is a whole number from 1 to 65535"]


def test_ports_are_numbers_also_when_they_come_as_text() -> None:
    assert parse_ports({"a": "3000", "b": 65535}) == ({"a": 3000, "b": 65535}, [])


def test_equal_ports_are_told_with_both_names() -> None:
    assert parse_ports({"a": 1, "b": "1"})[1] == ["b and a are both 1, they have to differ"]


def test_a_port_in_use_is_told_with_who_uses_it(taken_port: int, tmp_path: Path) -> None:
    [fault] = busy_ports({"local_gateway_port": taken_port} | free_ports(("other",)), tmp_path)
    assert fault.startswith(f"port {taken_port} (local_gateway_port) is in use by ")
    assert "-e local_gateway_port=PORT" in fault


def test_a_port_that_listens_on_all_addresses_is_in_use(tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert len(busy_ports({"local_gateway_port": server.getsockname()[1]}, tmp_path)) == 1


def test_a_port_that_was_just_left_is_free(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()  # first, so that it is the server's end that lingers
        client.close()
    assert busy_ports({"local_gateway_port": port}, tmp_path) == []


def test_an_unknown_choice_is_told_with_those_there_are() -> None:
    faults = choice_faults({"local_database": "mysql", "local_query_engine": "auto"})
    assert faults == ["local_database is 'mysql', it can be: postgres, none"]


@pytest.mark.parametrize(
    ("directory", "said"),
    [
        ("relative/dir", "an absolute path is needed"),
        ("/tmp/a'b", "cannot hold the characters"),
        ("/tmp/a%b", "cannot hold the characters"),
        ("/tmp/a#b", "cannot hold the characters"),
        ("/tmp/" + "x" * 90, "bytes too long for a Unix socket"),
        ("/dev/null/stack", "is not a directory"),
    ],
)
def test_a_directory_that_cannot_hold_a_stack_is_told_by_name(directory: str, said: str) -> None:
    [fault] = directory_faults(directory, SOCKET)
    assert fault.startswith("local_dir is ")
    assert said in fault


def test_the_longest_directory_that_is_accepted_leaves_room_for_the_socket(tmp_path: Path) -> None:
    room = local_preflight.SOCKET_BYTES - len(str(tmp_path / "x" / SOCKET)) + 1
    longest = tmp_path / ("x" * room)
    assert directory_faults(str(longest), SOCKET) == []
    assert directory_faults(f"{longest}x", SOCKET) != []
    longest.mkdir()
    (longest / "run").mkdir()
    with socket.socket(socket.AF_UNIX) as probe:
        probe.bind(f"{longest / SOCKET}.4194304")


def test_data_of_another_postgres_is_refused(tmp_path: Path) -> None:
    postgres = tmp_path / "postgres"
    postgres.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.14'\n")
    postgres.chmod(0o700)
    (tmp_path / "PG_VERSION").write_text("16\n")
    assert data_faults(tmp_path, postgres) == []
    (tmp_path / "PG_VERSION").write_text("18\n")
    [fault] = data_faults(tmp_path, postgres)
    assert "was made by Postgres 18, the one installed is 16" in fault


def test_absent_packages_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert package_faults(with_database=True) == []
    monkeypatch.setattr(local_preflight, "PACKAGES", ("supervisor", "no_such_package"))
    assert package_faults(with_database=False) == [
        f"not installed beside {sys.executable}: no_such_package; `make up` installs what requirements.txt pins"
    ]


def test_all_faults_come_together(taken_port: int) -> None:
    request = Request(
        "relative",
        {"local_database": "mysql", "local_query_engine": "auto"},
        {"local_gateway_port": taken_port, "local_litellm_port": "x"},
    )
    assert len(local_preflight.faults(request, SOCKET, Path("/nowhere/postgres"))) == 4


# --- the playbook ---


def test_the_playbook_says_everything_before_it_makes_anything(taken_port: int, tmp_path: Path) -> None:
    wrong = {"local_gateway_port": taken_port, "local_litellm_port": "many", "local_query_engine": "fast"}
    variables = {"platform": "LOCAL", "local_dir": tmp_path / "local", **free_ports(PORTS), **wrong}
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook("deploy.yml", variables)
    output = str(failed.value)
    assert f"port {taken_port} (local_gateway_port) is in use by" in output
    assert "local_litellm_port is 'many'" in output
    assert "local_query_engine is 'fast', it can be: auto, native, wasm" in output
    assert not (tmp_path / "local").exists()
