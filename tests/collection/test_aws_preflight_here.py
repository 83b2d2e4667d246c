"""What keeps a deploy on AWS from succeeding and is found on this machine: values, tools, keys, the issuer."""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils import aws_preflight_tools, aws_preflight_variables
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_issuer import discovery_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Settings
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_secrets import key_faults
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_tools import (
    builder_faults,
    package_faults,
    terraform_faults,
)
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_variables import variable_faults

from tests.collection.aws_preflight_accounts import WrittenAccount, request, texts
from tests.support.certificates import write_certificate

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "inventories/aws/group_vars/all"
NOWHERE = WrittenAccount()


def _inventory() -> dict[str, Any]:
    files = [yaml.safe_load(file.read_text()) for file in INVENTORY.glob("*.yml")]
    return {name: value for file in files for name, value in file.items()}


# --- settings ---


def test_the_settings_have_the_defaults_of_the_inventory() -> None:
    inventory = _inventory()
    for name, default in vars(Settings(aws_region="us-east-1")).items():
        assert inventory[name] == (list(default) if isinstance(default, tuple) else default), name


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("vcpus", "8", 8),
        ("vcpus", "many", 2),
        ("vcpus", [8], 2),
        ("disable_outbound_network_access", "true", True),
        ("disable_outbound_network_access", "False", False),
        ("bedrock_regions", ["eu-west-1"], ("eu-west-1",)),
        ("bedrock_regions", "eu-west-1", ()),
        ("record_name", None, ""),
    ],
)
def test_values_are_taken_as_a_command_line_gives_them(name: str, given: Any, meant: Any) -> None:
    assert getattr(Settings.of({name: given}), name) == meant


# --- Terraform's rules ---


@pytest.mark.parametrize("platform", ["ECS", "EKS"])
def test_the_inventory_as_it_comes_breaks_one_rule(platform: str) -> None:
    variables = {name: value for name, value in _inventory().items() if name != "platform"}
    asked = request(NOWHERE, platform, **variables, _provider_keys={})
    [fault] = texts(variable_faults(asked))
    assert fault.startswith("certificate_arn is needed: keys must not travel unencrypted.")


def test_all_broken_rules_of_both_roots_are_told_at_once() -> None:
    asked = request(
        NOWHERE,
        exposure="publik",
        vcpus="3",
        deployment_name="X",
        alarm_emails=["nobody"],
        resource_tags={"application": "mine"},
        max_capacity="lots",
        langsmith_project="mine",
        _provider_keys={"OPENAI_API_KEY": "sk-live-1"},
    )
    asked.foundation_variables.update(deployment_name="X", image_retention=1)  # type: ignore[attr-defined]
    found = texts(variable_faults(asked))
    beginnings = sorted(text.split()[0] for text in found)
    assert beginnings == sorted(
        ["exposure", "vcpus", "deployment_name", "alarm_emails", "resource_tags", "max_capacity", "image_retention",
         "langsmith_project"]
    )  # fmt: skip
    assert not any("validation rule at" in text or "declared at" in text for text in found)
    assert "max_capacity is of another type: a number is required." in found


def test_a_plan_of_the_rules_obeys_none_of_its_users_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_vcpus", "3")
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-no-such-option")
    assert texts(variable_faults(request(NOWHERE, exposure="cloudfront"))) == []


def test_a_terraform_that_does_not_end_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = json.dumps({"terraform_version": "1.11.4"})
    _tool(tmp_path, "terraform", f"""[ "$1" = version ] && echo '{version}' || exec sleep 60""")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(aws_preflight_variables, "_LIMIT", 0.2)
    found = list(variable_faults(request(NOWHERE, exposure="cloudfront")))
    assert [finding.blocks for finding in found] == [False, False]
    assert "The rules for variables of platforms/ecs were not checked" in texts(found)[1]


def test_a_region_that_is_missing_is_told_with_where_it_belongs() -> None:
    asked = request(NOWHERE, exposure="cloudfront")
    del asked.variables["aws_region"]  # type: ignore[attr-defined]
    assert texts(variable_faults(asked)) == ["aws_region is needed: set it in group_vars/all."]


def test_without_the_providers_keys_it_is_the_secret_that_is_looked_at() -> None:
    asked = request(NOWHERE, exposure="cloudfront", langfuse_host="https://langfuse.example.com")
    assert texts(variable_faults(asked)) == []


# --- tools ---


def _tool(directory: Path, name: str, script: str) -> None:
    file = directory / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ('{"terraform_version": "1.10.5"}', "is Terraform 1.10.5, 1.11 or newer is needed."),
        ('{"terraform_version": "0.15.0"}', "is Terraform 0.15.0, 1.11 or newer is needed."),
        ("Segmentation fault", "does not say its version"),
    ],
)
def test_a_terraform_that_does_not_do_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, said: str
) -> None:
    _tool(tmp_path, "terraform", f"echo '{says}'")
    monkeypatch.setenv("PATH", str(tmp_path))
    [fault] = texts(terraform_faults())
    assert str(tmp_path / "terraform") in fault
    assert said in fault
    assert "prerequisites.yml" in fault


@pytest.mark.parametrize("version", ["1.11.0", "1.12.0-beta1", "2.0.1"])
def test_a_new_enough_terraform_is_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    _tool(tmp_path, "terraform", f"echo '{json.dumps({'terraform_version': version})}'")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert texts(terraform_faults()) == []


def test_absent_tools_are_told_with_what_installs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    [terraform] = texts(terraform_faults())
    assert terraform.startswith("Terraform is not installed, 1.11 or newer is needed.")
    [builder] = texts(builder_faults("auto"))
    assert builder.startswith("No image can be built here: ")
    assert "set container_images" in builder
    asked = request(NOWHERE, _builds_images=False)
    assert texts(aws_preflight_tools.tool_faults(asked)) == [terraform]


def test_absent_packages_are_told() -> None:
    assert texts(package_faults(aws_preflight_tools.PACKAGES["EKS"])) == []
    [fault] = texts(package_faults(("no_such_package",)))
    assert "no_such_package" in fault


# --- keys ---


@pytest.mark.parametrize(
    "value",
    ["changeme", "change-me", "<your key>", "sk-...", "sk-xxxx", "XXXX", "TODO", "your-api-key", "YOUR_KEY_HERE",
     "sk-your-key-here", "insert_key", "${OPENAI_API_KEY}", "{{ vault_key }}", " <key> "],
)  # fmt: skip
def test_a_placeholder_is_no_key(value: str) -> None:
    found = texts(key_faults(request(NOWHERE, _provider_keys={"OPENAI_API_KEY": value})))
    assert found[0].startswith("provider_keys: OPENAI_API_KEY holds a placeholder in the place of a key.")


@pytest.mark.parametrize("value", ["sk-proj-abcXXXdef", "sk-ant-api03-placeholderish9", "gsk_here4u", "p@ss here-9"])
def test_a_key_is_one(value: str) -> None:
    assert texts(key_faults(request(NOWHERE, _provider_keys={"A_KEY": value}))) == []


def test_bad_keys_are_told_by_their_names_alone() -> None:
    keys = {"openai": "sk-live-123456", "EMPTY_KEY": "", "SPACED_KEY": "sk-live-654321\n", "NUMBER_KEY": 12345678}
    found = "\n".join(texts(key_faults(request(NOWHERE, _provider_keys=keys))))
    for said in ("openai: a name is like that of a variable", "EMPTY_KEY: is empty", "NUMBER_KEY: is no text",
                 "SPACED_KEY begins or ends with white space"):  # fmt: skip
        assert said in found
    assert not re.search("sk-live|123456", found)


# --- the issuer ---


class _Issuer(BaseHTTPRequestHandler):
    answers: dict[str, Any] = {}  # noqa: RUF012 - of the fixture

    def do_GET(self) -> None:
        answer = self.answers.get(self.path)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(404 if answer is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[tuple[str, dict[str, Any], ssl.SSLContext]]:
    """Its address, what it answers by path, and a trust in its certificate."""
    certificate, key = write_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    answers: dict[str, Any] = {}
    with HTTPServer(("127.0.0.1", 0), type("Issuer", (_Issuer,), {"answers": answers})) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield (
            f"https://localhost:{server.server_port}/oauth2/default",
            answers,
            ssl.create_default_context(cafile=certificate),
        )
        server.shutdown()
        thread.join()


OPENID = "/oauth2/default/.well-known/openid-configuration"
OAUTH = "/oauth2/default/.well-known/oauth-authorization-server"


@pytest.mark.parametrize("place", [OPENID, OAUTH])
def test_an_issuer_that_calls_itself_so_is_in_order(issuer: Any, place: str) -> None:
    url, answers, trust = issuer
    answers[place] = {"issuer": url}
    assert texts(discovery_faults(url, 10, trust)) == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"issuer": "{url}/"}, "calls itself {url}/, not {url}. The slash at the end counts"),
        ({"issuer": "https://dev-1.okta.com"}, "calls itself https://dev-1.okta.com, not {url}."),
        ({}, "calls itself None"),
        (["no object"], "answers with no JSON object"),
        (b"<html>", "answers with no JSON object"),
        (None, "answers with status 404"),
    ],
)
def test_an_issuer_that_does_not_do_is_told(issuer: Any, document: Any, said: str) -> None:
    url, answers, trust = issuer
    if isinstance(document, dict):
        document = {name: value.format(url=url) for name, value in document.items()}
    if document is not None:
        answers[OPENID] = document
    [fault] = texts(discovery_faults(url, 10, trust))
    assert fault.startswith("okta_issuer: ")
    assert said.format(url=url) in fault


def test_an_issuer_that_is_not_reached_or_not_trusted_is_told(issuer: Any) -> None:
    url, _, _ = issuer
    [untrusted] = texts(discovery_faults(url, 10))
    assert "CERTIFICATE_VERIFY_FAILED" in untrusted
    [absent] = texts(discovery_faults("https://127.0.0.1:1/oauth2", 10))
    assert "is not reached" in absent
