"""A base image like python:slim, made of the Python that runs the tests: no registry, no package mirror is needed."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

# What only a developer of programs in C, or a user of a screen, misses.
LEFT_OUT = shutil.ignore_patterns("site-packages", "test", "tests", "idlelib", "tkinter", "ensurepip", "config-*",
                                  "__pycache__", "turtledemo", "lib2to3")  # fmt: skip
PROGRAMS = ("sh", "cat", "mkdir", "ls", "id", "env")
# Of the C and C++ libraries, what programs outside of the image's Python link to.
MORE_LIBRARIES = ("libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libresolv.so.2", "libnss_dns.so.2",
                  "libnss_files.so.2", "libmvec.so.1", "libstdc++.so.6", "libgcc_s.so.1", "libatomic.so.1")  # fmt: skip
LIBRARY = re.compile(r"(?:=> )?(/\S+) \(0x")
PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"


def make_root(root: Path) -> None:
    """Fills a directory with Python and pip below /usr/local, a shell, and the libraries that both need."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = root / "usr/local/lib" / version
    shutil.copytree(sysconfig.get_paths()["stdlib"], library, ignore=LEFT_OUT, symlinks=True)
    import pip

    shutil.copytree(Path(pip.__file__).parent, library / "site-packages/pip", ignore=LEFT_OUT)
    programs = root / "usr/local/bin"
    programs.mkdir(parents=True)
    interpreter = Path(sys.executable).resolve()
    shutil.copy2(interpreter, programs / version)
    for name in ("python3", "python"):
        (programs / name).symlink_to(version)
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")
    tools = [Path(found).resolve() for name in PROGRAMS if (found := shutil.which(name, path="/usr/bin:/bin"))]
    for name, tool in zip(PROGRAMS, tools, strict=True):
        shutil.copy2(tool, root / "usr/bin" / name)
    _copy_libraries(root, [interpreter, *tools, *library.glob("lib-dynload/*.so")])
    _copy_settings(root)


def _copy_libraries(root: Path, programs: Iterable[Path]) -> None:
    found: set[Path] = set()
    for program in programs:
        listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True)
        found |= set(map(Path, LIBRARY.findall(listed.stdout)))
    directories = {library.parent for library in found if library.name.startswith("libc.so")}
    found |= {each / name for each in directories for name in MORE_LIBRARIES if (each / name).exists()}
    for library in found:
        # Where the loader looks without a cache of its own; the loader itself where programs look for it.
        places = ["lib", "lib64"] if library.name.startswith("ld-") else ["lib"]
        for place in places:
            shutil.copy2(library.resolve(), root / "usr" / place / library.name)


def _copy_settings(root: Path) -> None:
    (root / "etc/ssl/certs").mkdir(parents=True)
    authorities = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    if authorities and Path(authorities).is_file():
        shutil.copy2(authorities, root / "etc/ssl/certs/ca-certificates.crt")
    (root / "etc/passwd").write_text(PASSWD)
    (root / "etc/group").write_text("root:x:0:\nnogroup:x:65534:\n")
    (root / "etc/nsswitch.conf").write_text("hosts: files dns\n")
    shutil.copy2("/etc/os-release", root / "etc/os-release")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)
