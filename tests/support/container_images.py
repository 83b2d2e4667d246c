"""Containers without a daemon: buildah with a storage of its own, and images run as a task of ECS runs them."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.support.base_image import make_root
from tests.support.image_registry import LocalRegistry
from tests.support.processes import Service

TOOLS = ("buildah", "skopeo", "docker-registry", "unshare", "chroot")
# What has them on Debian and Ubuntu.
PACKAGES = Path(__file__).parents[1] / "images" / "packages.txt"
HERE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
OTHER = "arm64" if HERE == "amd64" else "amd64"
USER = "10001:10001"

# As on Fargate: a root that cannot be written to; volumes that are empty and take the owner of the image's directory.
RUN = """
set -e
root="$1"; shift
mount --bind "$root" "$root"
mount -o remount,ro,bind "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
if [ -d "$root/config" ]; then
    owner=$(stat -c uid=%u,gid=%g "$root/config")
    mount -t tmpfs -o "mode=755,$owner" tmpfs "$root/config"
fi
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot --userspec=10001:10001 --groups= "$root" "$@"
"""


def tools_fault() -> str:
    """Why images cannot be built and run here, and what to do; empty when they can."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)] + (["root"] if os.geteuid() else [])
    install = f"apt-get install --no-install-recommends {' '.join(PACKAGES.read_text().split())}"
    return f"images are built for real, with {', '.join(missing)}: as root, {install}" if missing else ""


def need_tools() -> None:
    """Skips the test where images cannot be built or run, and fails it in CI; says what is missing."""
    if fault := tools_fault():
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(fault)
        pytest.skip(fault)


class Buildah:
    """The program, with a storage that ends with it. `environment`: what makes others use that storage."""

    def __enter__(self) -> Self:
        self.directory = Path(tempfile.mkdtemp(prefix="buildah-"))
        settings = self.directory / "storage.conf"
        storage, state = self.directory / "storage", self.directory / "run"
        settings.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{storage}"\nrunroot = "{state}"\n')
        self.environment = {"CONTAINERS_STORAGE_CONF": str(settings), "BUILDAH_ISOLATION": "chroot"}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(subprocess.CalledProcessError):
            self("rm", "--all")
        subprocess.run(["umount", str(self.directory / "storage/overlay")], capture_output=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __call__(self, *arguments: str) -> str:
        """Runs it; returns what it says. Raises CalledProcessError."""
        done = subprocess.run(
            ["buildah", *arguments], env=os.environ | self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def push_base(self, target: str) -> None:
        """Puts a base image like python:slim at registry/name:tag, for this machine and for another processor.

        The other's holds no program: whatever runs one of it fails.
        """
        with tempfile.TemporaryDirectory(prefix="base-") as directory:
            ours, other = Path(directory, "ours"), Path(directory, "other")
            make_root(ours)
            (other / "etc").mkdir(parents=True)
            (other / "etc/passwd").write_text("root:x:0:0::/:\n")
            self("manifest", "create", "base")
            for architecture, root in ((HERE, ours), (OTHER, other)):
                container = self("from", "--arch", architecture, "scratch")
                self("copy", "--quiet", container, str(root), "/")
                self("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", "--cmd", "python", container)
                self("commit", "--quiet", "--rm", container, f"base-{architecture}")
                self("manifest", "add", "--arch", architecture, "base", f"base-{architecture}")
        self("manifest", "push", "--quiet", "--all", "--tls-verify=false", "base", f"docker://{target}")

    def unpack(self, image: str, architecture: str = HERE) -> Path:
        """The files of an image of a registry, as a directory."""
        container = self("from", "--pull-always", "--quiet", "--tls-verify=false", "--arch", architecture, image)
        return Path(self("mount", container))


def image_config(image: str, architecture: str = HERE) -> dict[str, Any]:
    """The configuration of an image of a registry, as the image specification has it."""
    command = ["skopeo", "inspect", "--tls-verify=false", "--config", "--raw", f"--override-arch={architecture}"]
    done = subprocess.run([*command, f"docker://{image}"], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def task_command(root: Path, config: Mapping[str, Any], command: list[str], settings: Mapping[str, str]) -> list[str]:
    """What runs a command in an unpacked image, with the image's environment and settings, as its user."""
    environment = [*config["config"]["Env"], *(f"{name}={value}" for name, value in settings.items())]
    for name in ("proc", "dev"):
        (root / name).mkdir(exist_ok=True)
    whole = [*config["config"].get("Entrypoint", []), *command]
    return ["unshare", "--mount", "sh", "-c", RUN, "sh", str(root), "/usr/bin/env", "-i", *environment, *whole]


class Task(Service):
    """A long-running command in an image; `ready` as with Service."""

    def __init__(
        self, root: Path, config: Mapping[str, Any], command: list[str], settings: Mapping[str, str], ready: str
    ) -> None:
        super().__init__(task_command(root, config, command, settings), env={}, ready=ready)


def main() -> int:
    """Keeps a registry with a base image, and a storage for buildah, until SIGTERM; says where, or what is missing."""
    if fault := tools_fault():
        print(f"missing: {fault}", flush=True)
        return 0
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with Buildah() as buildah, LocalRegistry() as registry:
        buildah.push_base(f"{registry.address}/python:3-slim")
        print(f"registry={registry.address} storage={buildah.environment['CONTAINERS_STORAGE_CONF']} ready", flush=True)
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
