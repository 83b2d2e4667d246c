"""Installs pinned packages for the processor of the image, whatever processor this runs on."""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import py_compile
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CPUS = {"amd64": "x86_64", "arm64": "aarch64"}
# Wheels for glibc older than this have other names.
OLDEST_GLIBC = 17
OLDER = {"x86_64": ["manylinux2014", "manylinux2010", "manylinux1"], "aarch64": ["manylinux2014"]}
# Where the builder puts what the build may use and the image must not hold.
PIP_CONFIG = Path("/run/secrets/pip-config")
CA_BUNDLE = Path("/run/secrets/ca-bundle")


def wheel_platforms(architecture: str, glibc: str) -> Iterator[str]:
    """What wheels may be called that run there: architecture as images name it, glibc as in "glibc 2.41"."""
    if architecture not in CPUS:
        raise SystemExit(f"there is no image for {architecture}, only for {' and '.join(CPUS)}")
    cpu = CPUS[architecture]
    newest = int(glibc.split()[-1].split(".")[1])
    yield from (f"manylinux_2_{minor}_{cpu}" for minor in range(newest, OLDEST_GLIBC - 1, -1))
    yield from (f"{family}_{cpu}" for family in OLDER[cpu])
    yield f"linux_{cpu}"


def pip_environment() -> dict[str, str]:
    """The environment of pip: with the configuration and certificates that the builder handed in, if any."""
    return (
        dict(os.environ)
        | ({"PIP_CONFIG_FILE": str(PIP_CONFIG)} if PIP_CONFIG.is_file() else {})
        | ({"PIP_CERT": str(CA_BUNDLE)} if CA_BUNDLE.is_file() else {})
    )


def install(requirements: Path, target: Path, architecture: str) -> None:
    """Installs wheels, checked against their hashes. Raises CalledProcessError; pip has said why."""
    platforms = wheel_platforms(architecture, os.confstr("CS_GNU_LIBC_VERSION") or "")
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:",
               "--no-compile", "--no-cache-dir", "--disable-pip-version-check", "--root-user-action=ignore",
               "--progress-bar=off", "--quiet", f"--requirement={requirements}", f"--target={target}",
               *(f"--platform={platform}" for platform in platforms)]  # fmt: skip
    subprocess.run(command, env=pip_environment(), check=True)  # noqa: S603  pip, with what the image pins


def tools(requirements: Path, packages: Path, target: Path, architecture: str) -> None:
    """Makes target the packages of the image that run here: a link where they do, or else the same ones for here."""
    here = next(name for name, cpu in CPUS.items() if cpu == platform.machine())
    if here == architecture:
        target.symlink_to(packages)
    else:
        install(requirements, target, here)


def compile_all(target: Path, root: Path) -> None:
    """Compiles what lies in target, a directory in the image's root: the image cannot be written to when it runs."""
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH  # bytes that depend on no clock
    compileall.compile_dir(target, quiet=2, stripdir=str(root), prependdir="/", invalidation_mode=unchecked)


def main() -> None:
    """Does one of its three tasks."""
    parser = argparse.ArgumentParser(description=__doc__)
    tasks = parser.add_subparsers(required=True)
    for task, operands in {
        install: "requirements target",
        tools: "requirements packages target",
        compile_all: "target root",
    }.items():
        known = tasks.add_parser(task.__name__.removesuffix("_all"), help=(task.__doc__ or "").splitlines()[0])
        known.set_defaults(task=task)
        for operand in operands.split():
            known.add_argument(operand, type=Path)
        if task is not compile_all:
            known.add_argument("architecture")
    options = vars(parser.parse_args())
    options.pop("task")(**options)


if __name__ == "__main__":
    main()
