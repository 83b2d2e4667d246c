"""`genai-gateway status` of gateways that serve, that lack something, and that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deployer.cli import app
from tests.support.processes import Gateway


def run(url: str) -> Result:
    return CliRunner().invoke(app, ["status", "--url", url])


def test_a_gateway_that_serves(fake_llm_url: str, tmp_path: Path):
    with Gateway(tmp_path, GATEWAY_LITELLM_URL=fake_llm_url) as gateway:
        result = run(gateway.url)
    rows = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert rows["database"] == "ok"
    assert rows["issuers"] == "not configured"
    assert rows["access_policy"] == "ok"
    assert (rows["gateway"], result.exit_code) in {("ready", 0), ("unavailable", 1)}


def test_what_is_wrong_is_said(tmp_path: Path):
    settings = {"OKTA_ISSUER": "http://127.0.0.1:9/oauth2/default", "GATEWAY_MASTER_KEY": "sk-0123456789"}
    with Gateway(tmp_path, GATEWAY_LITELLM_URL="http://127.0.0.1:9", **settings) as gateway:
        result = run(gateway.url)
    assert result.exit_code == 1
    rows = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert rows["gateway"] == "unavailable"
    assert "http://127.0.0.1:9/oauth2/default" in rows["issuers"]
    assert "cannot be reached" in rows["litellm"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "no address", "http://"])
def test_nothing_that_answers(url: str):
    result = run(url)
    assert result.exit_code == 2
    assert url in result.stderr
    assert "Traceback" not in result.output


def test_something_else_that_answers(fake_llm_url: str):
    result = run(fake_llm_url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not a gateway" in result.stderr
