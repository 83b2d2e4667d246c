"""What is prepared comes from the environment, and all that is wrong with it is told at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.prepare.bucket import Location
from gateway.prepare.settings import VARIABLES, PrepareSettings
from gateway.settings import SettingsError
from tests.gateway.prepare.conftest import ROOT, prepare
from tests.support.certificates import write_certificate

DATABASES = {
    "DATABASE_OWNER_URL": "postgresql://owner:s3cret-1@db:5433/postgres",
    "DATABASE_LITELLM_URL": "postgresql://litellm:s3cret-2%40@db:5433/litellm?sslmode=require&sslcert=/x&schema=public",
    "GATEWAY_DATABASE_URL": "postgresql://gateway:s3cret-3@db/gateway",
}


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        PrepareSettings.from_environment(environment)
    assert "s3cret" not in str(caught.value)
    return caught.value.faults


def test_without_any_both_parts_are_skipped():
    settings = PrepareSettings.from_environment({"DATABASE_OWNER_URL": "", "PREPARE_CONFIG": ""})
    assert settings.databases is None
    assert settings.files is None
    assert settings.timeout == 120


def test_addresses_become_logins():
    databases = PrepareSettings.from_environment(DATABASES).databases
    assert databases is not None
    found = [
        (one.host, one.port, one.role, one.password, one.database) for one in (databases.owner, *databases.targets)
    ]
    assert found == [
        ("db", 5433, "owner", "s3cret-1", "postgres"),
        ("db", 5433, "litellm", "s3cret-2@", "litellm"),
        ("db", 5432, "gateway", "s3cret-3", "gateway"),
    ]


def test_no_password_is_in_what_is_shown_of_them():
    assert "s3cret" not in repr(PrepareSettings.from_environment(DATABASES))


def test_litellms_connection_is_secured_as_the_owners_is(tmp_path: Path):
    certificate, _ = write_certificate(tmp_path, "server")
    owner = f"{DATABASES['DATABASE_OWNER_URL']}?sslmode=verify-ca&sslrootcert={certificate}"
    databases = PrepareSettings.from_environment(DATABASES | {"DATABASE_OWNER_URL": owner}).databases
    assert databases is not None
    litellm, gateway = databases.targets
    assert litellm.tls is databases.owner.tls is not None
    assert gateway.tls is None


def test_a_value_may_come_from_a_file(tmp_path: Path):
    file = tmp_path / "url"
    file.write_text(DATABASES["DATABASE_OWNER_URL"] + "\n")
    environment = DATABASES | {"DATABASE_OWNER_URL": "", "DATABASE_OWNER_URL_FILE": str(file)}
    assert PrepareSettings.from_environment(environment) == PrepareSettings.from_environment(DATABASES)


def test_files_are_a_location_and_a_directory(tmp_path: Path):
    environment = {
        "PREPARE_CONFIG": "s3://my-bucket/a/b/",
        "PREPARE_DIRECTORY": str(tmp_path),
        "AWS_REGION": "us-west-2",
    }
    settings = PrepareSettings.from_environment(environment)
    assert settings.files == (Location("my-bucket", "a/b"), tmp_path)
    assert settings.region == "us-west-2"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("s3://bucket", "x.yaml"),
        ("s3://bucket/", "x.yaml"),
        ("s3://bucket/a", "a/x.yaml"),
        ("s3://bucket/a/", "a/x.yaml"),
    ],
)
def test_a_prefix_may_end_with_a_slash_or_be_empty(tmp_path: Path, address: str, key: str):
    settings = PrepareSettings.from_environment({"PREPARE_CONFIG": address, "PREPARE_DIRECTORY": str(tmp_path)})
    assert settings.files is not None
    assert settings.files[0].key("x.yaml") == key


def test_parts_that_are_half_set_are_refused():
    assert faults({"GATEWAY_DATABASE_URL": DATABASES["GATEWAY_DATABASE_URL"], "PREPARE_DIRECTORY": "/"}) == [
        "DATABASE_OWNER_URL must be set too, as GATEWAY_DATABASE_URL is",
        "DATABASE_LITELLM_URL must be set too, as GATEWAY_DATABASE_URL is",
        "PREPARE_CONFIG must be set too, as PREPARE_DIRECTORY is",
    ]


OWNER, LITELLM, GATEWAY = DATABASES


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        (OWNER, "mysql://a:b@c/d", "must begin with sqlite:// or postgresql://"),
        (OWNER, "postgresql://owner:s3cret@db", "must be postgresql://user:password@host:port/database"),
        (OWNER, "postgresql://owner@db/postgres", "must have a role and its password"),
        (OWNER, "postgresql://owner:s3cret@db/postgres?sslmode=maybe", "must have one of"),
        (OWNER, "postgresql://owner:s3cret@db/postgres?connect_timeout=1", "may have the parameters sslmode and"),
        (OWNER, f"postgresql://owner:s3cret@db/x?sslmode=verify-full&sslrootcert={__file__}", "names an sslrootcert"),
        (OWNER, "postgresql://own%22er:s3cret@db/postgres", "must name a role of letters, digits, _ and -"),
        (LITELLM, "postgresql://litellm:s3cret@db:port/litellm", "must be postgresql://user:password@host"),
        (LITELLM, "postgresql://litellm:s3cret@db/a%20b", "must name a database of letters, digits, _ and -"),
        (LITELLM, f"postgresql://litellm:s3cret@db/{'x' * 64}", "must name a database of letters"),
        (LITELLM, "postgresql://litellm:s3cret@db/postgres", "must name a database of its own, not postgres"),
        (LITELLM, "postgresql://owner:s3cret@db/litellm", "must name another role than DATABASE_OWNER_URL"),
        (GATEWAY, "sqlite://gateway.sqlite3", "must be postgresql://role:password@host:port/database"),
        (GATEWAY, "postgresql://gateway:s3cret@db/gateway?sslcert=/x", "may have the parameters sslmode and"),
        (GATEWAY, "postgresql://litellm:s3cret@db/gateway", "must name another role than DATABASE_LITELLM_URL"),
        (GATEWAY, "postgresql://gateway:s3cret@db/litellm", "must name another database than DATABASE_LITELLM_URL"),
        ("PREPARE_TIMEOUT", "0", "must be more than 0 seconds"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str, fault: str):
    [told] = faults(DATABASES | {name: value})
    assert told.startswith(f"{name} {fault}")


@pytest.mark.parametrize(
    "address", ["bucket/prefix", "https://bucket/x", "s3://", "s3://b", "s3://Bucket/x", "s3:///x"]
)
def test_a_location_that_is_none_is_refused(address: str):
    environment = {"PREPARE_CONFIG": address, "PREPARE_DIRECTORY": "/"}
    assert faults(environment) == ["PREPARE_CONFIG must be s3://bucket or s3://bucket/prefix"]


def test_a_directory_that_does_not_exist_is_refused(tmp_path: Path):
    environment = {"PREPARE_CONFIG": "s3://bucket", "PREPARE_DIRECTORY": str(tmp_path / "none")}
    assert faults(environment) == [f"PREPARE_DIRECTORY names no directory that exists: {tmp_path}/none"]


def test_the_process_tells_all_faults_and_does_nothing():
    code, output = prepare({"DATABASE_OWNER_URL": "x", "PREPARE_CONFIG": "x", "PREPARE_TIMEOUT": "x"})
    assert code == 2
    assert [line.removeprefix("gateway.prepare: ").split()[0] for line in output.splitlines()] == [
        "DATABASE_OWNER_URL",
        "PREPARE_TIMEOUT",
        "PREPARE_CONFIG",
        "DATABASE_LITELLM_URL",
        "GATEWAY_DATABASE_URL",
        "PREPARE_DIRECTORY",
    ]


def test_the_process_says_what_it_skips():
    code, output = prepare({})
    assert code == 0
    assert "PREPARE_CONFIG is not set" in output
    assert "DATABASE_OWNER_URL is not set" in output


def test_the_document_has_every_variable_and_no_other():
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "prepare.md").read_text(), re.MULTILINE)
    assert table == [*VARIABLES]
