"""The files of a LOCAL stack: sets of files, secrets, run scripts."""

from __future__ import annotations

import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ansible.errors import AnsibleError, AnsibleFilterError
from ansible_collections.genai.gateway.plugins.filter.certificate_due import certificate_due
from ansible_collections.genai.gateway.plugins.filter.service_files import env_file, service_files
from ansible_collections.genai.gateway.plugins.lookup.generated_secret import read_or_make
from ansible_collections.genai.gateway.plugins.module_utils.file_set import (
    FileSetError,
    WantedFile,
    converge,
    parse_mode,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

# --- sets of files ---


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_set_is_written_once_and_privately(tmp_path: Path) -> None:
    root = tmp_path / "stack"
    files = [WantedFile("env/a.env", "A=1\n"), WantedFile("bin/a", "#!/bin/sh\n", 0o700)]
    assert converge(root, files) == ["env/a.env", "bin/a"]
    assert [mode(root), mode(root / "env"), mode(root / "env/a.env"), mode(root / "bin/a")] == [
        0o700,
        0o700,
        0o600,
        0o700,
    ]
    assert converge(root, files) == []


def test_only_what_differs_in_text_or_mode_is_written(tmp_path: Path) -> None:
    files = [WantedFile(name, "text") for name in ("same", "opened", "edited", "binary")]
    converge(tmp_path, files)
    (tmp_path / "opened").chmod(0o644)
    (tmp_path / "edited").write_text("other")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert converge(tmp_path, files) == ["opened", "edited", "binary"]
    assert mode(tmp_path / "opened") == 0o600


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    assert converge(tmp_path / "stack", [WantedFile("a", "text")], check_mode=True) == ["a"]
    assert not (tmp_path / "stack").exists()


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "a/../../outside"])
def test_a_path_that_leads_out_is_refused_before_anything_is_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(FileSetError, match="leads out of"):
        converge(tmp_path / "stack", [WantedFile("a", "text"), WantedFile(path, "text")])
    assert not (tmp_path / "stack").exists()


@pytest.mark.parametrize("text", ["rw", "0999", "-1", "1777", ""])
def test_a_mode_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(FileSetError, match="not a file mode"):
        parse_mode(text)


# --- secrets ---


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "key"
    secret = read_or_make(file, "sk-")
    assert secret.startswith("sk-")
    assert len(secret) == 43
    assert [mode(file), mode(file.parent)] == [0o600, 0o700]
    assert read_or_make(file, "sk-") == secret
    assert read_or_make(tmp_path / "other", "sk-") != secret
    assert [path.name for path in file.parent.iterdir()] == ["key"]


def test_runs_at_the_same_time_agree_on_one_secret(tmp_path: Path) -> None:
    made: list[str] = []
    barrier = threading.Barrier(8)

    def make() -> None:
        barrier.wait()
        made.append(read_or_make(tmp_path / "key", ""))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert set(made) == {read_or_make(tmp_path / "key", "")}


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(AnsibleError, match="is empty"):
        read_or_make(tmp_path / "key", "sk-")


# --- run scripts and settings ---


def test_a_run_script_becomes_the_program_with_its_settings_and_notes_its_pid(tmp_path: Path) -> None:
    home = tmp_path / "a stack & more"
    service = {
        "name": "app",
        "command": ["sh", "-c", 'echo "$$ $WORD $0 $(pwd)"', "an argument"],
        "environment": {"WORD": "it's $HOME"},
    }
    (home / "run").mkdir(parents=True)
    files = service_files([service], str(home))
    converge(home, [WantedFile(file["path"], file["content"], parse_mode(file["mode"])) for file in files])

    said = subprocess.run([home / "bin" / "app"], capture_output=True, text=True, check=True).stdout
    assert said == f"{(home / 'run/app.pid').read_text().strip()} it's $HOME an argument {home}\n"


@pytest.mark.parametrize("environment", [{"A-B": "1"}, {"1A": "1"}, {"A": "1\n2"}])
def test_settings_that_a_shell_would_misread_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(AnsibleFilterError):
        env_file(environment)


# --- certificates ---


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that ends in 40 days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=40))
    signed = builder.sign(key, hashes.SHA256())
    (tmp_path / "crt").write_bytes(signed.public_bytes(Encoding.PEM))
    return tmp_path / "crt"


@pytest.mark.parametrize(("days", "due"), [(39, False), (41, True)])
def test_a_certificate_is_due_when_too_few_days_are_left(certificate: Path, days: int, due: bool) -> None:
    assert certificate_due(str(certificate), days) is due


def test_a_certificate_that_is_missing_or_none_is_due(tmp_path: Path) -> None:
    (tmp_path / "none").write_text("not a certificate")
    assert certificate_due(str(tmp_path / "none"), 30)
    assert certificate_due(str(tmp_path / "missing"), 30)
