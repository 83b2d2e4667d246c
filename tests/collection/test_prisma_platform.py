"""Prisma's names of platforms."""

from __future__ import annotations

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.prisma_platform import binary_target, openssl_of

DEBIAN = 'NAME="Debian"\nID=debian\n'
UBUNTU_LIKE = 'ID=pop\nID_LIKE="ubuntu debian"\n'
FEDORA = 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'
ALPINE = "ID=alpine\n"


@pytest.mark.parametrize(
    ("system", "machine", "os_release", "openssl", "target"),
    [
        ("Linux", "x86_64", DEBIAN, "3.0.x", "debian-openssl-3.0.x"),
        ("Linux", "x86_64", UBUNTU_LIKE, "1.1.x", "debian-openssl-1.1.x"),
        ("Linux", "AMD64", FEDORA, "3.0.x", "rhel-openssl-3.0.x"),
        ("Linux", "x86_64", "ID=unheard-of\n", "3.0.x", "debian-openssl-3.0.x"),
        ("Linux", "aarch64", DEBIAN, "3.0.x", "linux-arm64-openssl-3.0.x"),
        ("Linux", "aarch64", FEDORA, "1.1.x", "linux-arm64-openssl-1.1.x"),
        ("Linux", "x86_64", ALPINE, "3.0.x", "linux-musl-openssl-3.0.x"),
        ("Linux", "x86_64", ALPINE, "1.1.x", "linux-musl"),
        ("Linux", "aarch64", ALPINE, "3.0.x", "linux-musl-arm64-openssl-3.0.x"),
        ("Darwin", "arm64", "", "3.0.x", "darwin-arm64"),
        ("Darwin", "x86_64", "", "3.0.x", "darwin"),
        ("Linux", "riscv64", DEBIAN, "3.0.x", None),
        ("FreeBSD", "amd64", "", "3.0.x", None),
    ],
)
def test_binary_target(system: str, machine: str, os_release: str, openssl: str, target: str | None) -> None:
    assert binary_target(system, machine, os_release, openssl) == target


@pytest.mark.parametrize(
    ("library", "version"),
    [("libssl.so.3", "3.0.x"), ("libssl.so.1.1", "1.1.x"), ("libssl.so.1.0.2", "1.0.x"), (None, "3.0.x")],
)
def test_openssl_version(library: str | None, version: str) -> None:
    assert openssl_of(library) == version
