"""`prisma generate` for LiteLLM's schema, into the prisma package of the virtual environment."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from ansible_collections.genai.gateway.plugins.module_utils.prisma_stand_in import engine_launcher, prisma_cli
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import Toolchain, ToolchainError

# What importing the package comes to first of all that is generated.
ENTRY = "client.py"
# Written last, into the package: however many directories engines are installed in, there is one client.
MARKER = "generated.sha256"


def is_generated(engine_dir: Path, toolchain: Toolchain) -> bool:
    """Whether the client is there, whole, and made from what is installed now."""
    marker = toolchain.prisma_package / MARKER
    digest = _digest(engine_dir, toolchain)
    return digest is not None and marker.is_file() and marker.read_text(encoding="ascii") == digest


def generate_client(engine_dir: Path, toolchain: Toolchain) -> None:
    """Write the client's Python code, unless it is there.

    Raises:
        ToolchainError: Prisma's command line or the generator failed, or nothing came of it.
    """
    if is_generated(engine_dir, toolchain):
        return  # somebody may be importing it
    # The generator imports the package that it writes to. What an interrupted run left there
    # may not be importable; without its entry the package counts as not generated yet.
    (toolchain.prisma_package / ENTRY).unlink(missing_ok=True)
    engine = str(engine_launcher(engine_dir))
    toolchain.run(
        toolchain.node,
        prisma_cli(engine_dir),
        "generate",
        f"--schema={toolchain.litellm_schema}",
        directory=engine_dir,
        # Named engines keep the command line from downloading any. None of them is run but for its version.
        environment={
            "PRISMA_QUERY_ENGINE_BINARY": engine,
            "PRISMA_SCHEMA_ENGINE_BINARY": engine,
            "PRISMA_CLI_QUERY_ENGINE_TYPE": "binary",
        },
    )
    digest = _digest(engine_dir, toolchain)
    if digest is None:
        raise ToolchainError(f"prisma generate did not write {toolchain.prisma_package / ENTRY}")
    (toolchain.prisma_package / MARKER).write_text(digest, encoding="ascii")


def _digest(engine_dir: Path, toolchain: Toolchain) -> str | None:
    """Of what the client is made from and what came of it; None where something is missing."""
    cli = prisma_cli(engine_dir).parents[1] / "package.json"
    parts = (toolchain.litellm_schema, toolchain.prisma_package / ENTRY)
    if not all(path.is_file() for path in (cli, *parts)):
        return None
    digest = hashlib.sha256(f"{json.loads(cli.read_bytes())['version']} {version('prisma')}".encode())
    for path in parts:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
