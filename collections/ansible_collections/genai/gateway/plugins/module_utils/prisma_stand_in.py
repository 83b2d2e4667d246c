"""Installs the stand-in for Prisma's native query engine: its sources, its npm packages, its launchers."""

from __future__ import annotations

import hashlib
import shlex
import shutil
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import Toolchain

PACKAGES = "node_modules"
# --ignore-scripts: Prisma's would download the native engines. --no-audit, --no-fund: nothing is sent anywhere.
NPM_CI = ("ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier")

ENGINE_LAUNCHER = """\
#!/bin/sh
# What prisma-client-py starts as the query engine. `exec`, so that its signals reach the engine.
export QUERY_ENGINE_PARENT="$PPID"
exec {node} {main} "$@"
"""
# A running LiteLLM has `prisma migrate diff` compare its schema with the database, and goes on when
# it cannot. The real command would fetch its own node and a native engine for it at every start.
PRISMA_LAUNCHER = """\
#!/bin/sh
# Found on PATH before the real command by LiteLLM.
echo "not available here: a deploy applies LiteLLM's migrations, the schema is not compared again" >&2
exit 1
"""


def stand_in_main(engine_dir: Path) -> Path:
    """The JavaScript file that is the stand-in's program."""
    return engine_dir / "engine" / "main.js"


def engine_launcher(engine_dir: Path) -> Path:
    """The program that prisma-client-py is pointed to."""
    return launcher_directory(engine_dir) / "prisma-query-engine"


def launcher_directory(engine_dir: Path) -> Path:
    """The directory to put first on PATH."""
    return engine_dir / "bin"


def prisma_cli(engine_dir: Path) -> Path:
    """The JavaScript file that is Prisma's command line."""
    return engine_dir / "engine" / PACKAGES / "prisma" / "build" / "index.js"


def is_installed(engine_dir: Path) -> bool:
    """Whether everything is where an installation leaves it."""
    parts = (stand_in_main(engine_dir), engine_launcher(engine_dir), prisma_cli(engine_dir))
    return all(part.is_file() for part in parts)


def source_files(source: Path) -> list[Path]:
    """The stand-in's own files, in the order of their names.

    Raises:
        FileNotFoundError: `source` does not hold the stand-in.
    """
    if not (source / "package-lock.json").is_file():
        raise FileNotFoundError(f"{source} does not hold the query engine's sources (package-lock.json)")
    return sorted(path for path in source.iterdir() if path.is_file())


def source_digest(source: Path) -> str:
    """A digest of the stand-in's own files, names and contents."""
    digest = hashlib.sha256()
    for path in source_files(source):
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()


def install_stand_in(source: Path, engine_dir: Path, toolchain: Toolchain) -> None:
    """Install into `engine_dir`, beside what runs from there, and swap at the end.

    Raises:
        ToolchainError: npm failed.
    """
    engine, staging = engine_dir / "engine", engine_dir / "engine.new"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for path in source_files(source):
        shutil.copy(path, staging / path.name)
    toolchain.run(toolchain.node, toolchain.npm, *NPM_CI, directory=staging)
    shutil.rmtree(engine, ignore_errors=True)
    staging.rename(engine)
    command = {"node": shlex.quote(str(toolchain.node)), "main": shlex.quote(str(stand_in_main(engine_dir)))}
    _write_program(engine_launcher(engine_dir), ENGINE_LAUNCHER.format(**command))
    _write_program(launcher_directory(engine_dir) / "prisma", PRISMA_LAUNCHER)


def _write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o755)
    new.replace(path)  # whoever starts it just now gets the one or the other, not half of it
