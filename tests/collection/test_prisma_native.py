"""Fetching Prisma's native engine, from a server that plays its mirror."""

from __future__ import annotations

import gzip
import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.prisma_native import (
    ENGINE_VERSION,
    NativeEngineError,
    check_version,
    download_engine,
    engine_url,
    find_native_engine,
    mirror_of,
)
from ansible_collections.genai.gateway.plugins.module_utils.prisma_platform import this_machine

ENGINE = f"#!/bin/sh\necho query-engine {ENGINE_VERSION}\n".encode()


class Mirror:
    """A mirror: path -> body. What is not there is a 404."""

    def __init__(self, url: str, files: dict[str, bytes]) -> None:
        self.url = url
        self.files = files
        self.requests: list[str] = []

    def publish(self, engine: bytes, *, packed: bytes | None = None, checksum: str | None = None) -> str:
        """Put an engine there for this machine; return its URL."""
        target = this_machine()
        assert target
        url = engine_url(self.url, target)
        path = url.removeprefix(self.url)
        body = gzip.compress(engine) if packed is None else packed
        self.files[path] = body
        self.files[f"{path}.sha256"] = f"{checksum or hashlib.sha256(body).hexdigest()}  query-engine.gz\n".encode()
        return url


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            playing.requests.append(self.path)
            body = playing.files.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        playing = Mirror(f"http://127.0.0.1:{server.server_port}", {})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield playing
        server.shutdown()
        thread.join()


@pytest.fixture
def silent_host() -> Iterator[str]:
    """A host that takes connections and never answers, as behind a firewall."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def destination(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "native" / "query-engine"
    yield path
    # Whatever happened, nothing half done stays.
    assert not path.parent.exists() or set(path.parent.iterdir()) <= {path}


@pytest.mark.usefixtures("stand_in")
def test_the_version_is_the_one_that_the_client_was_written_for() -> None:
    # Not before the client is there, as half of one cannot be imported; and in a process of its own, as this one
    # is to import the package with its client or not at all.
    program = "from prisma._config import DefaultConfig; print(DefaultConfig().expected_engine_version)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ENGINE_VERSION


def test_an_engine_is_fetched_checked_and_made_executable(mirror: Mirror, destination: Path) -> None:
    mirror.publish(ENGINE)
    engine = find_native_engine({"PRISMA_ENGINES_MIRROR": f"{mirror.url}/"}, destination.parent)
    assert engine.path == destination
    assert destination.read_bytes() == ENGINE
    assert mirror.url in engine.origin
    check_version(destination)


def test_the_mirror_is_named_by_prismas_variables() -> None:
    assert mirror_of({}) == "https://binaries.prisma.sh"
    assert mirror_of({"PRISMA_ENGINES_MIRROR": "http://m/", "PRISMA_BINARIES_MIRROR": ""}) == "http://m"
    assert mirror_of({"PRISMA_ENGINES_MIRROR": "http://m", "PRISMA_BINARIES_MIRROR": "http://b"}) == "http://b"


def test_an_engine_that_is_not_there_is_told(mirror: Mirror, destination: Path) -> None:
    with pytest.raises(NativeEngineError, match="answers 404"):
        download_engine(f"{mirror.url}/query-engine.gz", destination)


def test_a_wrong_checksum_is_told_and_nothing_kept(mirror: Mirror, destination: Path) -> None:
    url = mirror.publish(ENGINE, checksum="0" * 64)
    with pytest.raises(NativeEngineError, match="does not have its published SHA-256"):
        download_engine(url, destination)
    assert not destination.exists()


def test_a_checksum_that_is_none_is_told(mirror: Mirror, destination: Path) -> None:
    url = mirror.publish(ENGINE, checksum="<html>sign in</html>")
    with pytest.raises(NativeEngineError, match="holds no SHA-256"):
        download_engine(url, destination)
    assert len(mirror.requests) == 1  # the engine itself was not asked for


def test_what_is_not_packed_is_told(mirror: Mirror, destination: Path) -> None:
    url = mirror.publish(ENGINE, packed=b"not gzip")
    with pytest.raises(NativeEngineError, match="not packed with gzip"):
        download_engine(url, destination)


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        (b"#!/bin/sh\necho query-engine 123\n", "has version 123"),
        (b"#!/bin/sh\necho libssl.so.1.1: cannot open >&2\nexit 127\n", r"does not start: libssl\.so\.1\.1"),
        (b"\x7fELF of another machine", "does not start"),
    ],
)
def test_an_engine_that_does_not_fit_is_not_kept(mirror: Mirror, destination: Path, engine: bytes, said: str) -> None:
    url = mirror.publish(engine)
    with pytest.raises(NativeEngineError, match=said):
        download_engine(url, destination)
    assert not destination.exists()


def test_a_blocked_host_costs_no_more_than_the_limit(silent_host: str, destination: Path) -> None:
    with pytest.raises(NativeEngineError, match=r"did not answer within 0\.2 s"):
        download_engine(f"{silent_host}/query-engine.gz", destination, checksum_limit=0.2)


def test_a_host_that_refuses_is_told(destination: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NativeEngineError, match="cannot be reached"):
        download_engine(f"http://user:hidden@127.0.0.1:{port}/query-engine.gz", destination)


def test_credentials_of_a_mirror_are_not_told(mirror: Mirror, destination: Path) -> None:
    url = mirror.url.replace("http://", "http://user:hidden@") + "/query-engine.gz"
    with pytest.raises(NativeEngineError) as raised:
        download_engine(url, destination)
    assert "hidden" not in str(raised.value)


def test_addresses_of_files_are_refused(destination: Path) -> None:
    with pytest.raises(NativeEngineError, match="not an address of http"):
        download_engine("file:///etc/passwd", destination)


def test_an_engine_that_the_environment_names_is_taken(tmp_path: Path) -> None:
    engine = tmp_path / "own"
    environment = {"PRISMA_QUERY_ENGINE_BINARY": str(engine)}
    with pytest.raises(NativeEngineError, match="there is no query engine"):
        find_native_engine(environment, tmp_path)
    engine.write_bytes(ENGINE)
    engine.chmod(0o755)
    assert find_native_engine(environment, tmp_path).path == engine
