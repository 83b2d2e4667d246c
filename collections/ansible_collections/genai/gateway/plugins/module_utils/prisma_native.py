"""Prisma's native query engine: found on this machine, or fetched from Prisma's host or a mirror of it."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import re
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from ansible_collections.genai.gateway.plugins.module_utils.prisma_platform import this_machine

# The commit of prisma-engines that prisma-client-py 0.11 was written for (Prisma 5.4.2). Later
# engines answer raw queries in a form which that client does not know.
ENGINE_VERSION = "ac9d7041ed77bcc8a8dbd2ab6616b39013829574"
PRISMA_HOST = "https://binaries.prisma.sh"
# Prisma's own variables, the first of them its older name.
MIRROR_VARIABLES = ("PRISMA_BINARIES_MIRROR", "PRISMA_ENGINES_MIRROR")
BINARY_VARIABLE = "PRISMA_QUERY_ENGINE_BINARY"

SECONDS = 1.0
CHECKSUM_LIMIT = 5 * SECONDS  # where the host is blocked, this is what is lost
DOWNLOAD_LIMIT = 180 * SECONDS
VERSION_LIMIT = 10 * SECONDS
CHUNK = 64 * 1024

Answer = TypeVar("Answer")


class NativeEngineError(Exception):
    """The native engine cannot be had; the message says why, and holds no credentials."""


@dataclass(frozen=True)
class NativeEngine:
    """An engine that starts here and has the right version."""

    path: Path
    origin: str


def find_native_engine(environment: Mapping[str, str], directory: Path) -> NativeEngine:
    """The engine that the environment names, or else a downloaded one.

    Args:
        environment: read for `PRISMA_QUERY_ENGINE_BINARY` and the variables of a mirror.
        directory: where a downloaded engine is kept.

    Raises:
        NativeEngineError: there is none, or it does not run here.
    """
    given = environment.get(BINARY_VARIABLE)
    if given:
        path = Path(given).absolute()
        check_version(path)
        return NativeEngine(path, f"{BINARY_VARIABLE} names it")
    target = this_machine()
    if target is None:
        raise NativeEngineError("Prisma builds no query engine for this platform")
    url = engine_url(mirror_of(environment), target)
    return NativeEngine(download_engine(url, directory / "query-engine"), f"from {_public(url)}")


def mirror_of(environment: Mapping[str, str]) -> str:
    """The address under which engines are looked for, without a slash at its end."""
    named = [environment[name] for name in MIRROR_VARIABLES if environment.get(name)]
    return (named or [PRISMA_HOST])[0].rstrip("/")


def engine_url(mirror: str, target: str) -> str:
    """Where the packed engine of a binary target is."""
    return f"{mirror}/all_commits/{ENGINE_VERSION}/{target}/query-engine.gz"


def download_engine(
    url: str, destination: Path, *, checksum_limit: float = CHECKSUM_LIMIT, download_limit: float = DOWNLOAD_LIMIT
) -> Path:
    """Fetch an engine, compare it with its published SHA-256 and see it start, before it gets its name.

    Args:
        url: of the packed engine; its checksum is beside it, with `.sha256` added.
        destination: the file to make.
        checksum_limit: seconds until the host counts as blocked.
        download_limit: seconds the engine itself may take.

    Raises:
        NativeEngineError: no file was made.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NativeEngineError(f"{_public(url)} is not an address of http or https")
    destination.parent.mkdir(parents=True, exist_ok=True)
    expected = _within(checksum_limit, lambda deadline: _published_checksum(url, deadline), url)
    packed = _within(download_limit, lambda deadline: _fetch(url, deadline), url)
    if hashlib.sha256(packed).hexdigest() != expected:
        raise NativeEngineError(f"{_public(url)} does not have its published SHA-256 ({expected}); it was not kept")
    with tempfile.TemporaryDirectory(dir=destination.parent) as directory:
        unpacked = Path(directory) / destination.name
        unpacked.write_bytes(_unpack(packed, url))
        unpacked.chmod(0o755)
        check_version(unpacked)
        unpacked.replace(destination)
    return destination


def check_version(engine: Path) -> None:
    """Start an engine for its version.

    Raises:
        NativeEngineError: it does not start, or has another version.
    """
    if not engine.is_file():
        raise NativeEngineError(f"there is no query engine at {engine}")
    try:
        done = subprocess.run(  # noqa: S603  the operator names it, or its checksum was right
            [str(engine), "--version"], capture_output=True, text=True, timeout=VERSION_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise NativeEngineError(f"the query engine at {engine} does not start: {error}") from error
    if done.returncode:
        raise NativeEngineError(f"the query engine at {engine} does not start: {_last_line(done.stderr)}")
    version = done.stdout.replace("query-engine", "").strip()
    if version != ENGINE_VERSION:
        raise NativeEngineError(
            f"the query engine at {engine} has version {version[:60]}, the client needs {ENGINE_VERSION}"
        )


def _published_checksum(url: str, deadline: float) -> str:
    text = _fetch(f"{url}.sha256", deadline).decode("ascii", "replace")
    found = re.match(r"[0-9a-f]{64}\b", text.strip().lower())
    if not found:
        raise NativeEngineError(f"{_public(url)}.sha256 holds no SHA-256")
    return found[0]


def _fetch(url: str, deadline: float) -> bytes:
    remaining = max(deadline - time.monotonic(), 0.001)
    parts = []
    with urllib.request.urlopen(url, timeout=remaining) as response:  # noqa: S310 - its scheme was checked before
        while chunk := response.read(CHUNK):
            parts.append(chunk)
            if time.monotonic() > deadline:
                raise TimeoutError
    return b"".join(parts)


def _within(seconds: float, action: Callable[[float], Answer], url: str) -> Answer:
    """Do something with the network, but not for longer than `seconds`.

    In a thread, for where a name server is blocked too: looking a name up knows no time limit.
    """
    answers: list[Answer | Exception] = []
    deadline = time.monotonic() + seconds

    def attempt() -> None:
        try:
            answers.append(action(deadline))
        except Exception as error:  # it is raised below
            answers.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    answer = answers[0] if answers else TimeoutError()
    if isinstance(answer, Exception):
        raise _reason(answer, url, seconds) from answer
    return answer


def _reason(error: Exception, url: str, seconds: float) -> NativeEngineError:
    host = urlsplit(url).hostname
    if isinstance(error, NativeEngineError):
        return error
    if isinstance(error, urllib.error.HTTPError):
        error.close()  # it is an open response, too
        return NativeEngineError(f"{_public(url)} answers {error.code} {error.reason}")
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return NativeEngineError(f"{host} did not answer within {seconds:g} s")
    if isinstance(cause, http.client.HTTPException):
        return NativeEngineError(f"{host} broke off: {type(cause).__name__}")
    return NativeEngineError(f"{host} cannot be reached: {getattr(cause, 'strerror', None) or cause}")


def _unpack(packed: bytes, url: str) -> bytes:
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError) as error:
        raise NativeEngineError(f"{_public(url)} is not packed with gzip: {error}") from error


def _public(url: str) -> str:
    """An address without the user name and password that one of a mirror may have in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1][:200]
