"""The link that says where LiteLLM is, who is connected to whom, and the wait for the last connection."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from ansible_collections.genai.gateway.plugins.module_utils.local_preflight import file_faults
from ansible_collections.genai.gateway.plugins.module_utils.supervisor_client import SupervisionError
from ansible_collections.genai.gateway.plugins.module_utils.upstream_switch import (
    drain,
    is_connected,
    linked,
    place_link,
    port_of,
    switch,
)

# Accepts connections and keeps them; says its port. Ends with its input.
KEEPER = """
import socket, sys, threading
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
kept = []
def accept():
    while True:
        kept.append(server.accept()[0])
        threading.Thread(target=lambda each: each.recv(1) or each.close(), args=(kept[-1],), daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "config").mkdir()
    return tmp_path


@pytest.fixture
def port(home: Path) -> Iterator[int]:
    """Of a service `keeper` of the stack in `home`."""
    command = [sys.executable, "-c", KEEPER]
    with subprocess.Popen(command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        (home / "run" / "keeper.pid").write_text(f"{process.pid}\n")
        yield int(process.stdout.readline())
        process.kill()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def test_the_link_leads_from_one_file_to_another(home: Path) -> None:
    link = home / "config" / "active"
    assert linked(link) is None
    for target in ("a", "b", "b"):
        (home / "config" / target).write_text(target)
        place_link(link, target)
        assert (linked(link), link.read_text()) == (target, target)
    assert sorted(path.name for path in link.parent.iterdir()) == ["a", "active", "b"]


def test_a_gateway_that_does_not_run_is_not_waited_for(home: Path) -> None:
    (home / "config" / "a.url").write_text("http://127.0.0.1:4001\n")
    place_link(home / "config" / "active", "b.url")
    switch(home, home / "config" / "active", "a.url", "gateway", "http://127.0.0.1:9/", 0.1)
    assert linked(home / "config" / "active") == "a.url"


@pytest.mark.parametrize("text", ["", "http://127.0.0.1", "http://127.0.0.1:x"])
def test_what_is_no_address_is_refused_before_the_link_changes(home: Path, text: str) -> None:
    (home / "config" / "a.url").write_text(text)
    with pytest.raises(SupervisionError, match="is not the address of a LiteLLM"):
        switch(home, home / "config" / "active", "a.url", "gateway", "http://127.0.0.1:9/", 0.1)
    assert linked(home / "config" / "active") is None


def test_the_port_of_an_address() -> None:
    assert port_of("http://127.0.0.1:4001\n") == 4001


def test_a_service_without_connections_is_drained(home: Path, port: int) -> None:
    assert drain(home, "keeper", port, 10) == 0
    assert drain(home, "unknown", port, 10) == 0


def test_connections_that_stay_are_counted(home: Path, port: int) -> None:
    with connected(port), connected(port):
        assert drain(home, "keeper", port, 0.3) == 2


def test_it_is_drained_when_the_last_connection_ends(home: Path, port: int) -> None:
    client = connected(port)
    left: list[int] = []
    waiting = threading.Thread(target=lambda: left.append(drain(home, "keeper", port, 30)))
    waiting.start()
    waiting.join(1.5)
    assert left == []
    client.close()
    waiting.join(30)
    assert left == [0]


def test_who_is_connected_to_a_port(home: Path, port: int) -> None:
    own = psutil.Process()
    assert not is_connected(own, port)
    with connected(port):
        assert is_connected(own, port)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    [fault] = file_faults({"here": str(tmp_path / "there"), "local_litellm_config": "/no/such/file"})
    assert fault == "local_litellm_config is /no/such/file, which cannot be read (No such file or directory)"
