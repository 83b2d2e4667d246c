"""Configuration comes from S3 into a directory, whole and checked to be YAML."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gateway.prepare.errors import PrepareError
from gateway.prepare.files import copy_files
from gateway.prepare.settings import parse_location
from tests.gateway.prepare.conftest import prepare
from tests.support.aws_sim import AwsSim

MIB = 1024 * 1024
LITELLM = b"model_list: []\n"
POLICY = "rules: []  # für alle\n".encode()

Upload = Callable[..., str]
Copy = Callable[..., list[str]]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where the files go."""
    made = tmp_path / "config"
    made.mkdir()
    return made


@pytest.fixture
def copy(account: AwsSim, directory: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Copy:
    """Copies from an address; gives what is logged, the error last. `changed`: in the environment."""
    caplog.set_level("INFO", "gateway.prepare")

    def copied(address: str, **changed: str) -> list[str]:
        caplog.clear()
        for name, value in (account.environment() | changed).items():
            monkeypatch.setenv(name, value)
        try:
            copy_files(parse_location(address), directory, region=None)
        except PrepareError as error:
            return [*caplog.messages, f"error: {error}"]
        return caplog.messages

    return copied


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.mark.parametrize("prefix", ["", "config/", "a/b/"])
def test_both_files_are_copied_and_are_for_reading_only(copy: Copy, directory: Path, upload: Upload, prefix: str):
    files = {"litellm.yaml": LITELLM, "access-policy.yaml": POLICY}
    said = copy(upload(files | {"other.yaml": b"a: 1"}, prefix))
    assert said == [f"wrote {directory / name}" for name in files]
    assert contents(directory) == files
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o444}


def test_the_policy_may_be_missing(copy: Copy, directory: Path, upload: Upload):
    """Also where another name begins as its own does."""
    copy(upload({"litellm.yaml": LITELLM, "access-policy.yaml.bak": POLICY}))
    assert contents(directory) == {"litellm.yaml": LITELLM}


def test_what_is_the_same_is_left_alone(copy: Copy, directory: Path, upload: Upload):
    address = upload({"litellm.yaml": LITELLM})
    copy(address)
    before = (directory / "litellm.yaml").stat()
    assert copy(address) == [f"{directory}/litellm.yaml is as it is in S3"]
    after = (directory / "litellm.yaml").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_who_has_the_file_open_keeps_all_of_the_old_one(copy: Copy, directory: Path, upload: Upload):
    copy(upload({"litellm.yaml": LITELLM}))
    with (directory / "litellm.yaml").open("rb") as old:
        newer = b"model_list: [{}]\n" * 1000
        assert copy(upload({"litellm.yaml": newer})) == [f"wrote {directory}/litellm.yaml"]
        assert old.read() == LITELLM
    assert contents(directory) == {"litellm.yaml": newer}


def test_a_policy_that_is_gone_from_s3_is_gone_from_the_directory(
    copy: Copy, directory: Path, upload: Upload, account: AwsSim
):
    address = upload({"litellm.yaml": LITELLM, "access-policy.yaml": POLICY})
    copy(address)
    bucket = address.removeprefix("s3://").partition("/")[0]
    account.client("s3").delete_object(Bucket=bucket, Key="config/access-policy.yaml")
    assert copy(address)[-1] == f"removed {directory}/access-policy.yaml, which is not in S3"
    assert contents(directory) == {"litellm.yaml": LITELLM}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "must hold a mapping of YAML"),
        (b"# nothing\n", "must hold a mapping of YAML"),
        (b"- a\n- b\n", "must hold a mapping of YAML"),
        (b"text", "must hold a mapping of YAML"),
        (b"a: 1\n--- \nb: 2\n", "has 2 documents of YAML: keep one"),
        (b"a: 1\nb: [1\n", "is not YAML: did not find expected ',' or ']' in line 3"),
        (b"a: \x01\n", "is not YAML: "),
        (b"a: \xff\n", "is not text in UTF-8"),
        (b"a: " + b"[" * 2000, "is not YAML: "),
        (b"a: " + b"x" * (4 * MIB), "is larger than 4 MiB"),
    ],
    ids=[
        *("empty", "a comment", "a list", "a text", "two documents"),
        *("a slip", "a control character", "Latin-1", "too deep", "too large"),
    ],
)
def test_what_is_no_mapping_is_refused_and_nothing_is_written(
    copy: Copy, directory: Path, upload: Upload, content: bytes, fault: str
):
    address = upload({"litellm.yaml": LITELLM, "access-policy.yaml": content})
    [told] = copy(address)
    assert told.startswith(f"error: {address}access-policy.yaml {fault}")
    assert contents(directory) == {}


def test_four_mebibytes_are_taken(copy: Copy, directory: Path, upload: Upload):
    largest = b"a: " + b"x" * (4 * MIB - 3)
    copy(upload({"litellm.yaml": largest}))
    assert contents(directory) == {"litellm.yaml": largest}


def test_litellms_configuration_must_be_there(copy: Copy, upload: Upload):
    address = upload({"access-policy.yaml": POLICY})
    assert copy(address) == [f"error: {address}litellm.yaml cannot be read: upload it (NoSuchKey)"]


def test_a_bucket_must_be_there(copy: Copy):
    fault = "s3://no-such-bucket/litellm.yaml cannot be read: there is no such bucket (NoSuchBucket)"
    assert copy("s3://no-such-bucket") == [f"error: {fault}"]


def test_credentials_must_be_there(copy: Copy):
    [told] = copy("s3://any-bucket", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert told == "error: s3://any-bucket/litellm.yaml cannot be read: NoCredentialsError"


class Forbidden(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        self.send_response(403)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def forbidding() -> Iterator[str]:
    """The address of an S3 that allows nothing."""
    with HTTPServer(("127.0.0.1", 0), Forbidden) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_who_may_not_read_is_told_what_it_takes(copy: Copy, forbidding: str):
    [told] = copy("s3://any-bucket", AWS_ENDPOINT_URL=forbidding)
    assert "s3:GetObject" in told
    assert "s3:ListBucket" in told
    assert told.endswith("(AccessDenied)")


def test_a_directory_that_cannot_be_written_is_told(copy: Copy, directory: Path, upload: Upload):
    (directory / "litellm.yaml").mkdir()
    [told] = copy(upload({"litellm.yaml": LITELLM}))
    assert told == f"error: {directory}/litellm.yaml cannot be written: Is a directory"
    assert [path.name for path in directory.iterdir()] == ["litellm.yaml"]


def messages(output: str) -> list[str]:
    return [json.loads(line)["message"] for line in output.splitlines()]


def test_the_process_copies_them_and_says_so(account: AwsSim, directory: Path, upload: Upload):
    given = {"PREPARE_CONFIG": upload({"litellm.yaml": LITELLM}), "PREPARE_DIRECTORY": str(directory)}
    code, output = prepare(account.environment() | given)
    assert code == 0, output
    assert messages(output)[0] == f"wrote {directory}/litellm.yaml"
    assert contents(directory) == {"litellm.yaml": LITELLM}


def test_files_that_fail_do_not_keep_the_databases_from_being_tried(account: AwsSim, directory: Path):
    """Both are told of in one run."""
    address = "postgresql://{0}:made-up@127.0.0.1:9/{0}"
    given = {
        "DATABASE_OWNER_URL": address.format("owner"),
        "DATABASE_LITELLM_URL": address.format("litellm"),
        "GATEWAY_DATABASE_URL": address.format("gateway"),
        "PREPARE_TIMEOUT": "0.2",
        "PREPARE_CONFIG": "s3://no-such-bucket",
        "PREPARE_DIRECTORY": str(directory),
    }
    code, output = prepare(account.environment() | given)
    assert code == 1
    assert [line.split(":")[0] for line in messages(output)] == ["s3", "waiting", "gave up after 0.2 seconds"]
