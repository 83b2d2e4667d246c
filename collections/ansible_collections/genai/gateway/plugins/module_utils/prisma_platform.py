"""How Prisma calls this machine in the addresses of its native engines (its "binary targets")."""

from __future__ import annotations

import ctypes.util
import platform
import re
from pathlib import Path

OS_RELEASE = Path("/etc/os-release")

# Families of distributions, by a word of ID or ID_LIKE in os-release, in Prisma's order.
DISTRIBUTIONS = {
    "alpine": "musl",
    "debian": "debian",
    "ubuntu": "debian",
    "arch": "debian",
    "rhel": "rhel",
    "centos": "rhel",
    "fedora": "rhel",
    "suse": "rhel",
}
DARWIN = {"x86_64": "darwin", "arm64": "darwin-arm64"}
# (distribution, architecture) -> name; {ssl} stands for the version of OpenSSL
LINUX = {
    ("debian", "x86_64"): "debian-openssl-{ssl}",
    ("rhel", "x86_64"): "rhel-openssl-{ssl}",
    ("musl", "x86_64"): "linux-musl-openssl-{ssl}",
    ("debian", "arm64"): "linux-arm64-openssl-{ssl}",
    ("rhel", "arm64"): "linux-arm64-openssl-{ssl}",
    ("musl", "arm64"): "linux-musl-arm64-openssl-{ssl}",
}
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
# Those with OpenSSL 1.1 on Alpine carry no version in their name.
MUSL_WITH_OPENSSL_1 = "linux-musl"


def binary_target(system: str, machine: str, os_release: str, openssl: str) -> str | None:
    """Name a platform as Prisma does; None when Prisma builds no engine for it.

    Args:
        system: `Linux` or `Darwin`, as `platform.system()` says.
        machine: the architecture, as `platform.machine()` says.
        os_release: the text of /etc/os-release; empty on macOS.
        openssl: `3.0.x`, `1.1.x` or `1.0.x`.
    """
    architecture = ARCHITECTURES.get(machine.lower(), machine)
    if system == "Darwin":
        return DARWIN.get(architecture)
    if system != "Linux":
        return None
    family = _distribution(os_release)
    if (family, architecture) == ("musl", "x86_64") and openssl.startswith("1."):
        return MUSL_WITH_OPENSSL_1
    name = LINUX.get((family, architecture))
    return name.format(ssl=openssl) if name else None


def this_machine() -> str | None:
    """The binary target of the machine that this runs on."""
    os_release = OS_RELEASE.read_text(encoding="utf-8") if OS_RELEASE.exists() else ""
    return binary_target(platform.system(), platform.machine(), os_release, openssl_of(ctypes.util.find_library("ssl")))


def openssl_of(library: str | None) -> str:
    """`libssl.so.1.1` -> `1.1.x`. Everything since OpenSSL 3 is `3.0.x`, and so is what cannot be told."""
    found = re.search(r"\.so\.(1\.[01])", library or "")
    return f"{found[1]}.x" if found else "3.0.x"


def _distribution(os_release: str) -> str:
    words = re.findall(r'^(?:ID|ID_LIKE)="?([^"\n]*)"?$', os_release, re.MULTILINE)
    known = [word for line in words for word in line.lower().split() if word in DISTRIBUTIONS]
    return DISTRIBUTIONS[known[0]] if known else "debian"
