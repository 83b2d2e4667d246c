"""LiteLLM's configuration as a whole: what is left out, what is refused, and that all faults are told at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_callbacks import RequestLog
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_layers import parse_layer, read_overlay
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_render import Rendered, digest, render
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_surroundings import Surroundings

SCHEMA = json.loads((Path(__file__).parents[2] / "config" / "litellm.schema.json").read_text())
BASE = """
model_list:
  - {model_name: gpt, litellm_params: {model: openai/gpt, api_key: os.environ/OPENAI_API_KEY}}
  - {model_name: grok, litellm_params: {model: xai/grok, api_key: os.environ/XAI_API_KEY}}
  - {model_name: claude, litellm_params: {model: bedrock/eu.anthropic.claude-1, aws_region_name: eu-west-1}}
  - {model_name: llama, litellm_params: {model: bedrock/meta.llama-1, aws_region_name: eu-west-1}}
router_settings:
  model_group_alias:
    eu.anthropic.claude-1: {model: claude, hidden: true}
    meta-llama: {model: llama, hidden: true}
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
SURROUNDINGS: dict[str, Any] = {
    "provided": frozenset({"LITELLM_MASTER_KEY", "OPENAI_API_KEY"}),
    "bedrock_models": ["*.anthropic.claude-*"],
    "bedrock_regions": ["eu-west-1"],
}


def rendered(overlay: dict[str, Any] | None = None, **surroundings: Any) -> Rendered:
    return render([parse_layer(BASE, "base")], overlay or {}, SCHEMA, Surroundings(**SURROUNDINGS | surroundings))


def config(overlay: dict[str, Any] | None = None, **surroundings: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(rendered(overlay, **surroundings).text)
    return parsed


def faults(overlay: dict[str, Any], **surroundings: Any) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        rendered(overlay, **surroundings)
    return [str(fault) for fault in raised.value.faults]


def names(overlay: dict[str, Any] | None = None, **surroundings: Any) -> list[str]:
    return [model["model_name"] for model in config(overlay, **surroundings)["model_list"]]


def added(name: str, model: str, **parameters: Any) -> dict[str, Any]:
    return {"model_list": [{"model_name": name, "litellm_params": {"model": model, **parameters}}]}


# --- what a deployment cannot use ---


def test_models_that_the_deployment_cannot_use_are_left_out_with_their_aliases() -> None:
    result = rendered()
    assert names() == ["gpt", "claude"]
    assert result.left_out == {
        "grok": "refers to XAI_API_KEY, which LiteLLM does not get",
        "llama": "the workload may not invoke meta.llama-1",
    }
    assert list(config()["router_settings"]["model_group_alias"]) == ["eu.anthropic.claude-1"]
    assert result.environment == ["LITELLM_MASTER_KEY", "OPENAI_API_KEY"]


def test_a_key_more_brings_its_models() -> None:
    assert "grok" in names(provided=SURROUNDINGS["provided"] | {"XAI_API_KEY"})


def test_without_outbound_network_only_models_of_aws_are_kept() -> None:
    assert names(isolated=True) == ["claude"]


def test_the_region_of_a_model_must_be_one_of_the_workload() -> None:
    assert names(bedrock_regions=["us-east-1"]) == ["gpt"]


def test_a_model_that_the_overlay_names_is_not_left_out_but_refused() -> None:
    [told] = faults({"set": {"model_list[model_name=grok].litellm_params.weight": 2}})
    assert told.startswith("model_list[model_name=grok].litellm_params.api_key: refers to XAI_API_KEY")
    assert "add it to provider_keys" in told


@pytest.mark.parametrize(
    ("overlay", "surroundings", "told"),
    [
        (added("x", "openai/x", api_key="os.environ/NO_KEY"), {}, "refers to NO_KEY"),
        (added("x", "openai/x"), {"isolated": True}, "not reached without outbound network"),
        (added("x", "bedrock/converse/us.meta.llama-1"), {}, "may not invoke us.meta.llama-1"),
        (added("x", "bedrock/us-east-1/anthropic.claude-1"), {}, "add anthropic.claude-1 to bedrock_models"),
        (added("x", "bedrock/eu.anthropic.claude-1", aws_region_name="us-east-1"), {}, "add it to bedrock_regions"),
        ({"litellm_settings": {"x": {"y": ["os.environ/NO_KEY"]}}}, {}, "litellm_settings.x.y[0]: refers to NO_KEY"),
        ({"litellm_settings": {"callbacks": ["langsmith"]}}, {}, "langsmith needs LANGSMITH_API_KEY"),
    ],
)
def test_what_an_overlay_needs_must_be_there(overlay: dict[str, Any], surroundings: dict[str, Any], told: str) -> None:
    [fault] = faults(overlay, **surroundings)
    assert told in fault


def test_a_deployment_without_models_is_refused() -> None:
    [told] = faults({"delete": ["model_list[model_name=claude]"]}, provided=frozenset({"LITELLM_MASTER_KEY"}))
    assert told.startswith("model_list: no model is left; add a provider's key")


# --- names ---


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        (
            {"fallbacks": [{"gtp": ["claude"]}]},
            "fallbacks[0]: names gtp, which is no model of model_list; did you mean gpt?",
        ),
        ({"fallbacks": [{"gpt": ["claud"]}]}, "did you mean claude?"),
        ({"context_window_fallbacks": [{"gpt": ["grok"]}]}, "names grok, which this deployment is without"),
        ({"content_policy_fallbacks": [{"gpt": [{"model": "none"}]}]}, "names none"),
        ({"default_fallbacks": ["none"]}, "default_fallbacks: names none"),
        ({"model_group_alias": {"mine": "none"}}, 'model_group_alias."mine": names none'),
        ({"model_group_alias": {"gpt": "claude"}}, "hides the model gpt"),
        ({"model_group_retry_policy": {"none": {}}}, "model_group_retry_policy: names none"),
    ],
)
def test_fallbacks_and_aliases_name_models_that_are_there(overlay: dict[str, Any], told: str) -> None:
    [fault] = faults({"router_settings": overlay})
    assert fault.startswith("router_settings.")
    assert told in fault


def test_fallbacks_are_checked_in_both_sections_that_may_have_them() -> None:
    told = faults({"litellm_settings": {"fallbacks": [{"gpt": ["none"]}]}})
    assert told[0].startswith("litellm_settings.fallbacks[0]: names none")


def test_fallbacks_may_name_aliases_wildcards_and_everything() -> None:
    overlay = added("open/*", "openai/*", api_key="os.environ/OPENAI_API_KEY")
    fallbacks = [{"*": ["gpt"]}, {"eu.anthropic.claude-1": ["open/anything", {"model": "gpt"}, {"temperature": 0}]}]
    assert config(overlay | {"router_settings": {"fallbacks": fallbacks}})


def test_a_group_is_allowed_and_the_same_deployment_twice_is_not() -> None:
    different = [*added("x", "openai/x", weight=1)["model_list"], *added("x", "openai/y", weight=1)["model_list"]]
    assert names({"model_list": different})[-2:] == ["x", "x"]
    same = [*added("x", "openai/x", weight=1)["model_list"], *added("x", "openai/x", weight=1)["model_list"]]
    assert faults({"model_list": same})[0].startswith("model_list[model_name=x]: is there 2 times")


def test_ids_and_names_of_guardrails_and_credentials_are_unique() -> None:
    models = [{**added(name, f"openai/{name}")["model_list"][0], "model_info": {"id": "same"}} for name in "xy"]
    guardrail = {"guardrail_name": "g", "litellm_params": {"guardrail": "bedrock", "mode": "pre_call"}}
    credential = {"credential_name": "c", "credential_values": {}}
    told = faults({"model_list": models, "guardrails": [guardrail] * 2, "credential_list": [credential] * 2})
    assert [fault.split(":")[0] for fault in told] == [
        "model_list[model_info.id=same]",
        "guardrails[guardrail_name=g]",
        "credential_list[credential_name=c]",
    ]


# --- form ---


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        ({"litellm_setings": {}}, "litellm_setings: is no setting of LiteLLM; did you mean litellm_settings?"),
        ({"litellm_settings": {"max_budget": "much"}}, "litellm_settings.max_budget: must be a number"),
        ({"litellm_settings": {"budget_duration": "month"}}, "budget_duration: must be as in: A number and s, m, h"),
        ({"litellm_settings": {"max_budget": -1}}, "max_budget: must be at least 0"),
        ({"router_settings": {"fallbacks": [{"a": ["b"], "c": ["d"]}]}}, "fallbacks[0]: must have 1 key"),
        (
            {"general_settings": {"master_key": "sk-clear-text-1"}},
            "master_key: must be as in: os.environ/LITELLM_MASTER_KEY",
        ),
        ({"model_list": [{"model_name": "x", "litellm_param": {"model": "y"}}]}, "changes a model that is not there"),
        (added("x", "openai/x", weight=0), "model_list[model_name=x].litellm_params.weight: must be more than 0"),
        (
            {"guardrails": [{"guardrail_name": "g", "litellm_params": {"guardrail": "bedrock"}}]},
            "litellm_params.mode: is missing",
        ),
        (
            {
                "guardrails": [
                    {"guardrail_name": "g", "litellm_params": {"guardrail": "b", "mode": "m", "guardrailVersion": 1}}
                ]
            },
            "guardrails[guardrail_name=g].litellm_params.guardrailVersion: must be a text",
        ),
    ],
)
def test_the_form_is_checked(overlay: dict[str, Any], told: str) -> None:
    assert any(told in fault for fault in faults(overlay))


def test_all_faults_are_told_at_once() -> None:
    overlay = added("x", "openai/x", api_key="os.environ/NO_KEY") | {
        "litellm_setings": {},
        "router_settings": {"default_fallbacks": ["none"]},
    }
    told = faults(overlay)
    assert len(told) == 3
    assert {fault.split(":")[0] for fault in told} == {
        "litellm_setings",
        "model_list[model_name=x].litellm_params.api_key",
        "router_settings.default_fallbacks",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\na: 2", "is not YAML in line 2: the key 'a' is there twice"),
        ("a: [", "is not YAML in line 1"),
        ("- a", "is not a mapping"),
        ("1: a", "is not a mapping"),
    ],
)
def test_an_overlay_that_yaml_would_misread_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=told) as raised:
        read_overlay(str(file))
    assert str(file) in str(raised.value)


def test_an_overlay_may_have_anchors_and_may_be_empty(tmp_path: Path) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text("x-a: &a {b: 1}\nc: {<<: *a, b: 2}\n")
    assert read_overlay(str(file))["c"] == {"b": 2}
    file.write_text("# nothing\n")
    assert read_overlay(str(file)) == read_overlay("") == read_overlay(None) == {}
    with pytest.raises(ConfigError, match="cannot be read"):
        read_overlay(str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match="is a relative path"):
        read_overlay("overlay.yaml")


# --- secrets ---


@pytest.mark.parametrize(
    "overlay",
    [
        added("x", "openai/x", api_key="sk-very-secret-text"),
        added("x", "bedrock/eu.anthropic.claude-1", aws_secret_access_key="very-secret-text"),
        {"general_settings": {"database_url": "postgresql://me:very-secret-text@db/litellm"}},
        {"environment_variables": {"OPENAI_API_KEY": "very-secret-text"}},
        {"litellm_settings": {"cache_params": {"password": "very-secret-text"}}},
        {"mcp_servers": {"x": {"static_headers": {"Authorization": "Bearer very-secret-text"}}}},
        {"credential_list": [{"credential_name": "c", "credential_values": {"api_key": "very-secret-text"}}]},
    ],
)
def test_a_secret_in_clear_is_refused_and_not_told(overlay: dict[str, Any]) -> None:
    told = faults(overlay)
    assert any("has a secret in clear; put the value into provider_keys" in fault for fault in told)
    assert "very-secret-text" not in "".join(told)


def test_what_only_looks_like_a_secret_is_let_through() -> None:
    assert config(added("x", "openai/x", api_key="none", api_base="http://127.0.0.1:4010/v1", max_tokens=1))


# --- logs of requests, text, digest ---


def test_the_request_log_is_a_layer_of_its_own() -> None:
    layer = RequestLog(bucket="logs", region="eu-west-1", others=["langsmith"]).layer()
    assert layer == {
        "litellm_settings": {
            "success_callback": ["s3_v2", "langsmith"],
            "failure_callback": ["s3_v2", "langsmith"],
            "s3_callback_params": {"s3_bucket_name": "logs", "s3_region_name": "eu-west-1", "s3_path": "litellm"},
        }
    }
    assert RequestLog().layer() == {}
    assert "s3_callback_params" not in RequestLog(others=["langfuse"]).layer()["litellm_settings"]


def test_the_same_layers_give_the_same_text_and_another_text_another_digest() -> None:
    first, second = rendered().text, rendered().text
    assert first == second
    assert "&id" not in first
    files = {"litellm.yaml": first}
    assert digest(files) == digest(dict(files))
    assert len(digest(files)) == 16
    others = [{"litellm.yaml": first + "\n"}, {**files, "access-policy.yaml": ""}, {"litellm.yam": f"l{first}"}, {}]
    assert len({digest(each) for each in [files, *others]}) == 5
