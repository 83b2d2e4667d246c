from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsError, describe_settings, unknown_settings
from gateway.units import MIB
from tests.support.certificates import write_certificate

ROOT = Path(__file__).parents[2]


def faults(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environ)
    return raised.value.faults


def test_an_empty_environment_gives_the_documented_defaults():
    settings = Settings.from_environment({})
    assert settings.bind == "127.0.0.1:3000"
    assert settings.litellm_url == "http://127.0.0.1:4000"
    assert settings.database_url.startswith("sqlite://")
    assert settings.redis_url is None
    assert settings.body_limit == 32 * MIB
    assert settings.okta_audience == "api://default"


def test_an_empty_value_is_an_unset_one():
    assert Settings.from_environment({"GATEWAY_BIND": "", "OKTA_ISSUER": ""}) == Settings()


def test_all_faults_are_told_at_once():
    told = faults(GATEWAY_BIND="here", GATEWAY_WORKERS="0", GATEWAY_LITELLM_URL="ftp://x", GATEWAY_BODY_LIMIT="-1")
    assert [fault.split()[0] for fault in told] == [
        "GATEWAY_BIND",
        "GATEWAY_WORKERS",
        "GATEWAY_LITELLM_URL",
        "GATEWAY_BODY_LIMIT",
    ]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("GATEWAY_BIND", "127.0.0.1"),
        ("GATEWAY_BIND", "127.0.0.1:65536"),
        ("GATEWAY_BIND", "::1:3000"),
        ("GATEWAY_TLS_BIND", "x y:1"),
        ("GATEWAY_LITELLM_URL", "http://"),
        ("GATEWAY_LITELLM_URL", "http://user:pass@host"),
        ("GATEWAY_LITELLM_URL", "http://host:port"),
        ("GATEWAY_LITELLM_URL", "http://host/?a=b"),
        ("GATEWAY_MASTER_KEY", "password"),
        ("GATEWAY_DATABASE_URL", "mysql://a/b"),
        ("GATEWAY_DATABASE_URL", "sqlite://"),
        ("GATEWAY_DATABASE_URL", "postgresql://user:pass@host"),
        ("GATEWAY_DATABASE_URL", "postgresql://user:pass@host:nine/db"),
        ("GATEWAY_REDIS_URL", "localhost:6379"),
        ("GATEWAY_TLS_CERTIFICATE", "/nowhere/at/all.pem"),
        ("GATEWAY_CONNECT_TIMEOUT", "soon"),
        ("GATEWAY_UPSTREAM_TIMEOUT", "0"),
        ("GATEWAY_UPSTREAM_TIMEOUT", "nan"),
        ("GATEWAY_UPSTREAM_TIMEOUT", "inf"),
        ("GATEWAY_BODY_LIMIT", "32MB"),
        ("GATEWAY_WORKERS", "1.5"),
        ("GATEWAY_LOG_LEVEL", "LOUD"),
        ("OKTA_ISSUER", "dev-1.okta.com/oauth2/default"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name, wrong):
    assert [fault for fault in faults(**{name: wrong}) if fault.startswith(f"{name} ")]


@pytest.mark.parametrize(
    ("name", "right", "field", "value"),
    [
        ("GATEWAY_BIND", "[::1]:0", "bind", "[::1]:0"),
        ("GATEWAY_BIND", "unix:/run/gateway.sock", "bind", "unix:/run/gateway.sock"),
        ("GATEWAY_LITELLM_URL", "https://litellm/base/", "litellm_url", "https://litellm/base"),
        ("GATEWAY_BODY_LIMIT", "512KiB", "body_limit", 512 * 1024),
        ("GATEWAY_BODY_LIMIT", "1000", "body_limit", 1000),
        ("GATEWAY_UPSTREAM_TIMEOUT", "0.5", "upstream_timeout", 0.5),
        ("GATEWAY_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("GATEWAY_DATABASE_URL", "postgres://u:p@h/db", "database_url", "postgres://u:p@h/db"),
    ],
)
def test_a_right_value_is_taken(name, right, field, value):
    assert getattr(Settings.from_environment({name: right}), field) == value


def test_a_value_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("sk-from-a-file\n")
    settings = Settings.from_environment({"GATEWAY_MASTER_KEY_FILE": str(tmp_path / "key")})
    assert settings.master_key == "sk-from-a-file"


def test_a_value_and_its_file_contradict_each_other(tmp_path):
    (tmp_path / "key").write_text("sk-from-a-file")
    told = faults(GATEWAY_MASTER_KEY="sk-another-key", GATEWAY_MASTER_KEY_FILE=str(tmp_path / "key"))
    assert told == ["GATEWAY_MASTER_KEY and GATEWAY_MASTER_KEY_FILE are both set: unset one of them"]


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"\xff\xfe"])
def test_a_file_that_gives_no_value_is_refused(tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    (fault,) = faults(GATEWAY_MASTER_KEY_FILE=str(path))
    assert str(path) in fault


def test_no_secret_shows_in_faults_or_in_the_representation():
    told = faults(GATEWAY_MASTER_KEY="hunter2hunter2", GATEWAY_DATABASE_URL="postgresql://u:hunter2@h:x/d")
    assert "hunter2" not in "".join(told)
    settings = Settings.from_environment(
        {"GATEWAY_MASTER_KEY": "sk-hunter2", "GATEWAY_DATABASE_URL": "postgresql://u:hunter2@h/d"}
    )
    assert "hunter2" not in repr(settings)


def test_a_certificate_and_its_key_are_taken(tmp_path):
    certificate, key = write_certificate(tmp_path, "a")
    settings = Settings.from_environment({"GATEWAY_TLS_CERTIFICATE": certificate, "GATEWAY_TLS_KEY": key})
    assert (settings.tls_certificate, settings.tls_key) == (certificate, key)


def test_a_certificate_needs_its_own_key(tmp_path):
    certificate, _ = write_certificate(tmp_path, "a")
    _, other_key = write_certificate(tmp_path, "b")
    assert faults(GATEWAY_TLS_CERTIFICATE=certificate) == [
        "GATEWAY_TLS_KEY must be set too: https needs a certificate and its key"
    ]
    (fault,) = faults(GATEWAY_TLS_CERTIFICATE=certificate, GATEWAY_TLS_KEY=other_key)
    assert "are not a PEM certificate and its unencrypted key" in fault


def test_a_slip_of_the_pen_is_pointed_out():
    assert unknown_settings(
        {"GATEWAY_LITELM_URL": "http://x", "GATEWAY_PORT": "tcp://1", "GATEWAY_SERVICE_HOST": "x"}
    ) == ["GATEWAY_LITELM_URL is not a setting of the gateway; did you mean GATEWAY_LITELLM_URL?"]


def run_gateway(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)


def test_every_setting_is_listed():
    done = run_gateway("--settings")
    assert done.returncode == 0
    for name, default, about in describe_settings():
        assert f"{name}={default}\n    {about}\n" in done.stdout


def test_every_setting_is_documented():
    documented = (ROOT / "docs" / "settings.md").read_text()
    for name, default, about in describe_settings():
        assert f"| `{name}` | {f'`{default}`' if default else ''} | {about} |".replace("|  |", "| |") in documented


def test_the_gateway_does_not_start_with_wrong_settings():
    done = run_gateway(GATEWAY_BIND="here", GATEWAY_WORKERS="0")
    assert done.returncode == 2
    assert done.stdout == ""
    assert [line.split()[1] for line in done.stderr.splitlines()] == ["GATEWAY_BIND", "GATEWAY_WORKERS"]
