"""The layers of LiteLLM's configuration over each other."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_merge import merged, touched_models


def model(name: str, called: str | None = None, **parameters: Any) -> dict[str, Any]:
    return {"model_name": name, "litellm_params": ({"model": called} if called else {}) | parameters}


BASE: dict[str, Any] = {
    "model_list": [model("a", "openai/a", api_key="os.environ/OPENAI_API_KEY"), model("b", "xai/b")],
    "litellm_settings": {"cache": True, "cache_params": {"type": "redis"}, "success_callback": ["s3_v2"]},
}


def faults(overlay: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        merged(BASE, overlay)
    return [str(fault) for fault in raised.value.faults]


def test_mappings_are_merged_and_lists_replaced_and_the_layers_stay_as_they_are() -> None:
    before = copy.deepcopy(BASE)
    overlay = {"litellm_settings": {"cache_params": {"ttl": 60}, "success_callback": ["langsmith"]}}
    result = merged(BASE, overlay)
    assert result["litellm_settings"] == {
        "cache": True,
        "cache_params": {"type": "redis", "ttl": 60},
        "success_callback": ["langsmith"],
    }
    result["model_list"].clear()
    assert before == BASE


def test_a_model_is_merged_by_its_name_and_keeps_its_place() -> None:
    result = merged(BASE, {"model_list": [model("c", "openai/c"), model("a", weight=3)]})
    assert [each["model_name"] for each in result["model_list"]] == ["a", "b", "c"]
    assert result["model_list"][0]["litellm_params"] == {
        "model": "openai/a",
        "api_key": "os.environ/OPENAI_API_KEY",
        "weight": 3,
    }


def test_another_provider_does_not_get_the_key_of_the_one_before() -> None:
    result = merged(BASE, {"model_list": [model("a", "azure/a", api_base="https://example.com")]})
    assert result["model_list"][0]["litellm_params"] == {"model": "azure/a", "api_base": "https://example.com"}


def test_several_of_one_name_are_a_group_that_replaces_what_was_there() -> None:
    result = merged(BASE, {"model_list": [model("a", "openai/a", weight=9), model("a", "bedrock/a", weight=1)]})
    assert [each["litellm_params"]["model"] for each in result["model_list"]] == ["xai/b", "openai/a", "bedrock/a"]


def test_delete_takes_from_the_base_and_set_changes_the_result() -> None:
    overlay = {
        "delete": ["model_list"],
        "model_list": [model("own", "openai/own")],
        "set": {"model_list[model_name=own].litellm_params.weight": 2, "litellm_settings.cache": False},
    }
    result = merged(BASE, overlay)
    assert result["model_list"] == [model("own", "openai/own", weight=2)]
    assert result["litellm_settings"]["cache"] is False
    assert not {"set", "delete"} & result.keys()


def test_mappings_for_anchors_are_not_given_to_litellm() -> None:
    assert "x-defaults" not in merged(BASE, {"x-defaults": {"timeout": 1}})


def test_all_faults_of_an_overlay_are_told_at_once() -> None:
    overlay = {
        "delete": ["model_list[model_name=gone]", "litellm_settings..x"],
        "model_list": [model("new")],
        "set": {"model_list[model_name=nowhere].rpm": 1},
    }
    told = faults(overlay)
    assert [line.split(": ")[0] for line in told] == ["delete", "delete", "model_list[model_name=new]", "set"]
    assert "model_list[model_name=gone]" in told[0]
    assert "give its litellm_params.model to add it" in told[2]


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        ({"delete": "model_list"}, "is not a list of paths"),
        ({"set": ["a"]}, "is not a mapping"),
        ({"model_list": {"a": {}}}, "is not a list of models"),
        ({"model_list": [{"litellm_params": {}}]}, "is not a list of models"),
    ],
)
def test_an_overlay_of_another_form_is_refused(overlay: dict[str, Any], told: str) -> None:
    assert told in faults(overlay)[0]


def test_the_models_that_an_overlay_names_are_known() -> None:
    overlay = {
        "model_list": [model("a")],
        "set": {"model_list[model_name=b].litellm_params.rpm": 1, "litellm_settings.cache": False, "..": 1},
    }
    assert touched_models(overlay) == {"a", "b"}
