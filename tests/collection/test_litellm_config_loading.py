"""The installed LiteLLM loads a configuration: what it would refuse or pass over is said, and nothing is reached."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_loading import load

PROGRAM = (
    Path(__file__).parents[2]
    / "collections/ansible_collections/genai/gateway/roles/litellm_config/files/load_litellm.py"
)
MODELS = [{"model_name": "gpt", "litellm_params": {"model": "openai/gpt-4o", "api_key": "os.environ/OPENAI_API_KEY"}}]
GENERAL = {"master_key": "os.environ/LITELLM_MASTER_KEY"}
PROVIDED = ["LITELLM_MASTER_KEY", "OPENAI_API_KEY", "REDIS_URL", "DATABASE_URL", "LANGSMITH_API_KEY"]


def loaded(config: dict[str, Any], python: str = sys.executable) -> str:
    text = yaml.safe_dump({"model_list": MODELS, "general_settings": GENERAL} | config)
    return load(python, PROGRAM, text, PROVIDED)


def test_variables_that_are_no_secrets_have_their_values() -> None:
    """A made-up level of logging would end LiteLLM before it has read anything."""
    assert load(sys.executable, PROGRAM, "model_list: []\n", ["LITELLM_LOG"], {"LITELLM_LOG": "ERROR"})
    with pytest.raises(ConfigError, match="NO-LEVEL"):
        load(sys.executable, PROGRAM, "model_list: []\n", ["LITELLM_LOG"], {"LITELLM_LOG": "no-level"})


def faults(config: dict[str, Any], python: str = sys.executable) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        loaded(config, python)
    return [str(fault) for fault in raised.value.faults]


def test_a_configuration_with_everything_is_loaded_and_nothing_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        # What an operator's environment may have must not matter.
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("LITELLM_CONFIG_BUCKET_NAME", "elsewhere")
        guardrail = {
            "guardrail": "bedrock",
            "mode": "during_call",
            "guardrailIdentifier": "ff6ujrregl1q",
            "guardrailVersion": "1",
            "default_on": True,
        }
        version = loaded(
            {
                "model_list": [
                    *MODELS,
                    {"model_name": "here", "litellm_params": {"model": "openai/x", "api_base": url, "api_key": "none"}},
                    {"model_name": "claude", "litellm_params": {"model": "bedrock/anthropic.claude-sonnet-5"}},
                ],
                "litellm_settings": {
                    "cache": True,
                    "cache_params": {"type": "redis"},
                    "success_callback": ["s3_v2", "langsmith"],
                    "failure_callback": ["s3_v2"],
                    "s3_callback_params": {"s3_bucket_name": "logs", "s3_endpoint_url": url},
                    "max_budget": 100.0,
                    "budget_duration": "1mo",
                },
                "router_settings": {"routing_strategy": "usage-based-routing-v2", "fallbacks": [{"gpt": ["claude"]}]},
                "guardrails": [{"guardrail_name": "bedrock-pre-guard", "litellm_params": guardrail}],
            }
        )
        with pytest.raises(BlockingIOError):
            server.accept()
    assert version[0].isdigit()


def test_all_that_litellm_would_pass_over_is_told_at_once() -> None:
    told = faults(
        {
            "model_list": [*MODELS, {"model_name": "odd", "litellm_params": {"model": "no-such-provider"}}],
            "router_settings": {"enable_pre_call_check": True},
            "litellm_settings": {"num_retry": 1, "success_callback": ["langsmth", "datadog"]},
            "general_settings": GENERAL | {"alertin": ["slack"]},
            "guardrails": [{"guardrail_name": "g", "litellm_params": {"guardrail": "bedrok", "mode": "pre_call"}}],
        }
    )
    assert [line.split(": ")[0] for line in told] == [
        "router_settings.enable_pre_call_check",
        "general_settings.alertin",
        "litellm_settings.num_retry",
        "model_list[model_name=odd]",
        "guardrails[guardrail_name=g]",
        "litellm_settings.success_callback",
        "litellm_settings.success_callback",
    ]
    meant = ["'enable_pre_call_checks'?", "'alerting'?", "'num_retries'?", "no-such-provider", "bedrok", "'langsmith'?"]
    for word, line in zip([*meant, "datadog does not start: DD_API_KEY"], told, strict=True):
        assert word in line


def test_what_litellm_refuses_is_told_in_its_words() -> None:
    [told] = faults({"router_settings": {"routing_strategy": "fastest"}})
    assert "does not load it: Invalid routing_strategy: 'fastest'. Valid options: ['simple-shuffle'" in told


@pytest.mark.parametrize(
    ("python", "told"), [("/no/such/python", "cannot be run: No such file"), ("/bin/false", "it said nothing")]
)
def test_an_interpreter_without_litellm_is_told(python: str, told: str) -> None:
    [fault] = faults({}, python)
    assert told in fault
    assert "litellm_config_python" in fault


def test_the_environment_of_the_operator_is_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nenv > {tmp_path}/environment\necho \'{{"version": "1", "faults": []}}\'\n')
    python.chmod(0o700)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-operator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-operator")
    assert load(str(python), PROGRAM, "", PROVIDED) == "1"
    environment = (tmp_path / "environment").read_text()
    assert "of-the-operator" not in environment
    assert "OPENAI_API_KEY=made-up\n" in environment
    assert "DATABASE_URL" not in environment
    assert os.environ["HOME"] not in [line.removeprefix("HOME=") for line in environment.splitlines()]
