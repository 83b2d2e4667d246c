"""Programs of vendors are downloaded, verified and put in place, where no good enough one is there.

The vendors' sites are played by a server on loopback.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.pinned_program import (
    Program,
    ProgramError,
    good_enough,
    install,
    installed,
    published_digest,
)

from tests.support.local_stack import ANSIBLE, PlaybookFailedError, run_playbook

SYSTEM = platform.system().lower()
PROCESSOR = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
DIGEST = "a" * 64


def _script(says: str) -> bytes:
    return f"#!/bin/sh\necho '{says}'\n".encode()


def _zip(**members: bytes) -> bytes:
    """Members by path, all with the permissions of programs."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100755 << 16
            archive.writestr(info, data)
    return content.getvalue()


class _Site(BaseHTTPRequestHandler):
    files: dict[str, bytes]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        content = self.files.get(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Vendors:
    """HashiCorp's, Kubernetes' and AWS's sites in one: `files` by path, and what was `asked` for."""

    def __init__(self, server: ThreadingHTTPServer, files: dict[str, bytes], asked: list[str]) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.files = files
        self.asked = asked

    def publish(self) -> None:
        """Each program in the version that the role's defaults name."""
        archive = _zip(terraform=_script("Terraform v1.11.4"), **{"LICENSE.txt": b"text"})
        name = f"terraform_1.11.4_{SYSTEM}_{PROCESSOR}.zip"
        self.files[f"/terraform/1.11.4/{name}"] = archive
        sums = f"{DIGEST}  terraform_1.11.4_windows_386.zip\n{hashlib.sha256(archive).hexdigest()}  {name}\n"
        self.files["/terraform/1.11.4/terraform_1.11.4_SHA256SUMS"] = sums.encode()
        kubectl = _script("Client Version: v1.35.0")
        path = f"/release/v1.35.0/bin/{SYSTEM}/{PROCESSOR}/kubectl"
        self.files[path] = kubectl
        self.files[f"{path}.sha256"] = hashlib.sha256(kubectl).hexdigest().encode()
        aws = b'#!/bin/sh\necho "aws-cli/$(cat "$(dirname "$(readlink -f "$0")")/version")"\n'
        aws_processor = {"amd64": "x86_64", "arm64": "aarch64"}[PROCESSOR]
        self.files[f"/awscli-exe-linux-{aws_processor}-2.31.0.zip"] = _zip(
            **{"aws/dist/aws": aws, "aws/dist/version": b"2.31.0", "aws/install": b"#!/bin/sh\n"}
        )


@pytest.fixture
def vendors() -> Iterator[Vendors]:
    files: dict[str, bytes] = {}
    asked: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (_Site,), {"files": files, "asked": asked})) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield Vendors(server, files, asked)
        server.shutdown()
        thread.join()


# --- programs ---


def _program(directory: Path, **different: Any) -> Program:
    given = {"name": "tool", "version_arguments": [], "minimum": "1.11", "url": "https://vendor/tool"}
    return Program(**({**given, "directory": directory / "bin"} | different))


def _fetch_from(files: dict[str, bytes]) -> Any:
    return lambda url, file: file.write_bytes(files[url])


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (DIGEST, DIGEST),
        (f"{DIGEST}\n", DIGEST),
        (f"{'b' * 64}  other\n{DIGEST}  tool\n", DIGEST),
        (f"{DIGEST} *tool\n", DIGEST),
        (f"{DIGEST}  other\n", ""),
        ("<html>not found</html>", ""),
        ("short  tool", ""),
        ("", ""),
    ],
)
def test_a_published_digest_is_read_alone_or_from_a_list(text: str, digest: str) -> None:
    assert published_digest(text, "tool") == digest


@pytest.mark.parametrize(
    ("version", "enough"), [("1.11.0", True), ("1.9.9", False), ("2.0", True), ("1.10.99", False), ("", False)]
)
def test_versions_are_compared_by_their_numbers(tmp_path: Path, version: str, enough: bool) -> None:
    assert good_enough(_program(tmp_path), version) is enough


def test_what_is_not_what_the_vendor_published_is_not_installed(tmp_path: Path) -> None:
    program = _program(tmp_path, checksums="https://vendor/tool.sha256")
    with pytest.raises(ProgramError, match="is not what it should be"):
        install(program, _fetch_from({program.url: _script("1.11.4"), program.checksums: DIGEST.encode()}))
    assert list(program.directory.iterdir()) == []
    with pytest.raises(ProgramError, match="has no SHA-256 of tool"):
        install(program, _fetch_from({program.url: _script("1.11.4"), program.checksums: b"nothing"}))
    with pytest.raises(ProgramError, match="is not what it should be"):
        install(_program(tmp_path, sha256=DIGEST), _fetch_from({program.url: _script("1.11.4")}))
    assert list(program.directory.iterdir()) == []


def test_what_nothing_is_there_to_compare_with_is_installed_only_when_told_to(tmp_path: Path) -> None:
    program = _program(tmp_path)
    with pytest.raises(ProgramError, match="https://vendor/tool has nothing to be compared with"):
        install(program, _fetch_from({program.url: _script("1.11.4")}))
    assert list(program.directory.iterdir()) == []
    install(replace(program, unverified=True), _fetch_from({program.url: _script("1.11.4")}))
    assert installed(program)[1] == "1.11.4"


def test_an_archive_without_the_program_or_that_is_none_is_told(tmp_path: Path) -> None:
    program = _program(tmp_path, url="https://vendor/tool.zip", member="tool", unverified=True)
    with pytest.raises(ProgramError, match="has no tool in it"):
        install(program, _fetch_from({program.url: _zip(other=b"")}))
    with pytest.raises(ProgramError, match="tool is not installed in"):
        install(program, _fetch_from({program.url: b"<html>"}))


def test_an_archive_writes_nothing_outside(tmp_path: Path) -> None:
    program = _program(tmp_path, url="https://vendor/tool.zip", member="tool", unverified=True)
    install(program, _fetch_from({program.url: _zip(tool=_script("1.11.4"), **{"../../../evil": b"x"})}))
    assert installed(program) == (str(program.directory / "tool"), "1.11.4")
    assert [file.name for file in program.directory.iterdir()] == ["tool"]
    assert not list(tmp_path.glob("**/evil"))


def test_a_directory_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "bin").write_text("a file")
    with pytest.raises(ProgramError, match=f"tool is not installed in {tmp_path}/bin"):
        install(_program(tmp_path), _fetch_from({}))


# --- the playbook ---


@pytest.fixture
def variables(vendors: Vendors, tmp_path: Path) -> dict[str, object]:
    sites = {f"prerequisites_{name}_url": vendors.url for name in ("terraform", "kubectl", "aws_cli")}
    directories = {"prerequisites_bin_dir": tmp_path / "bin", "prerequisites_share_dir": tmp_path / "share"}
    return {**sites, **directories}


TOOLS = ("-e", '{"prerequisites_tools": ["terraform", "kubectl", "aws_cli"]}')


def _put(directory: Path, name: str, says: str) -> None:
    directory.mkdir(exist_ok=True)
    file = directory / name
    file.write_bytes(_script(says))
    file.chmod(0o755)


@pytest.mark.skipif(SYSTEM != "linux", reason="the AWS CLI comes from Homebrew elsewhere")
def test_what_is_old_is_replaced_once(vendors: Vendors, variables: dict[str, object], tmp_path: Path) -> None:
    vendors.publish()
    for name, says in (
        ("terraform", "Terraform v1.5.7"),
        ("kubectl", "Client Version: v1.20.1"),
        ("aws", "aws-cli/1.40.0"),
    ):
        _put(tmp_path / "bin", name, says)
    with pytest.raises(PlaybookFailedError) as refused:
        run_playbook("prerequisites.yml", variables, *TOOLS)
    assert "has nothing to be compared with" in str(refused.value)
    assert "prerequisites_unverified" in str(refused.value)
    assert (tmp_path / "bin/aws").read_bytes() == _script("aws-cli/1.40.0")
    _put(tmp_path / "bin", "terraform", "Terraform v1.5.7")
    variables |= {"prerequisites_unverified": "true"}
    first = run_playbook("prerequisites.yml", variables, *TOOLS)
    assert first.changed == 1  # a task, for three programs
    assert f'export PATH="{tmp_path}/bin:$PATH"' in first.output
    programs = {
        name: installed(Program(name, ["--version"], "1", "", tmp_path / "bin"))[1]
        for name in ("terraform", "kubectl", "aws")
    }
    assert programs == {"terraform": "1.11.4", "kubectl": "1.35.0", "aws": "2.31.0"}
    assert (tmp_path / "bin/aws").resolve() == tmp_path / "share/aws-cli/2.31.0/aws"
    vendors.asked.clear()
    assert run_playbook("prerequisites.yml", variables, *TOOLS).changed == 0
    assert vendors.asked == []


def test_check_mode_says_what_is_missing_and_downloads_nothing(
    vendors: Vendors, variables: dict[str, object], tmp_path: Path
) -> None:
    _put(tmp_path / "bin", "terraform", "Terraform v1.5.7")
    run = run_playbook("prerequisites.yml", variables, "--check", "-e", '{"prerequisites_tools": ["terraform"]}')
    assert run.changed == 1
    assert vendors.asked == []


def test_what_is_new_enough_is_left_as_it_is(vendors: Vendors, variables: dict[str, object], tmp_path: Path) -> None:
    for name, says in (
        ("terraform", "Terraform v1.14.0"),
        ("kubectl", "Client Version: v1.33.0"),
        ("aws", "aws-cli/2.9.0"),
    ):
        _put(tmp_path / "bin", name, says)
    assert run_playbook("prerequisites.yml", variables, *TOOLS).changed == 0
    assert vendors.asked == []
    assert (tmp_path / "bin/terraform").read_bytes() == _script("Terraform v1.14.0")


def test_a_site_that_has_not_what_is_wanted_is_told(
    vendors: Vendors, variables: dict[str, object], tmp_path: Path
) -> None:
    _put(tmp_path / "bin", "terraform", "Terraform v1.5.7")
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook("prerequisites.yml", variables, "-e", '{"prerequisites_tools": ["terraform"]}')
    assert "cannot be downloaded: HTTP Error 404" in str(failed.value)
    assert "prerequisites_…_url" in str(failed.value)
    assert (tmp_path / "bin/terraform").read_bytes() == _script("Terraform v1.5.7")


def _everything_but(names: set[str], directory: Path) -> Path:
    """A directory with all of the system's programs but those of these names."""
    directory.mkdir()
    for place in map(Path, ("/usr/sbin", "/sbin", "/usr/bin", "/bin")):
        for program in place.iterdir():
            link = directory / program.name
            if program.name not in names and not link.is_symlink():
                link.symlink_to(program)
    return directory


def _knows_packages() -> bool:
    """Whether Ansible can ask for Debian's packages without installing something first."""
    python = shutil.which("python3", path="/usr/bin")
    return bool(python) and subprocess.run([python, "-c", "import apt"], capture_output=True).returncode == 0


@pytest.mark.skipif(not _knows_packages(), reason="needs Debian and its package python3-apt")
def test_a_builder_that_is_missing_would_come_from_the_systems_packages(tmp_path: Path) -> None:
    path = _everything_but({"buildah", "docker"}, tmp_path / "programs")
    command = [Path(sys.executable).parent / "ansible-playbook", "prerequisites.yml", "--check"]
    done = subprocess.run(
        [*command, "-e", '{"prerequisites_tools": ["builder"], "prerequisites_become": false}'],
        cwd=ANSIBLE,
        env=os.environ | {"PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert "Install what builds images, from the system's packages" in done.stdout
    assert "Install what builds images, by Homebrew" not in done.stdout
