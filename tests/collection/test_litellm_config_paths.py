"""Places in LiteLLM's configuration, as an overlay's `set` and `delete` name them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_paths import PathError, assign, remove

CONFIG: dict[str, Any] = {
    "model_list": [
        {"model_name": "a", "litellm_params": {"model": "openai/a"}},
        {"model_name": "a", "litellm_params": {"model": "bedrock/a"}},
        {"model_name": "b/*", "litellm_params": {"model": "xai/b", "tags": ["x", "y"]}},
    ],
    "router_settings": {"model_group_alias": {"gpt-4.1": "a"}, "empty": None},
}


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("model_list[model_name=a]", ["xai/b"]),
        ("model_list[0]", ["bedrock/a", "xai/b"]),
        ("model_list[litellm_params.model=openai/*]", ["bedrock/a", "xai/b"]),
        ('model_list[model_name="b/*"]', ["openai/a", "bedrock/a"]),
        ("model_list[model_name=*]", []),
    ],
)
def test_models_are_removed_by_what_they_have(path: str, left: list[str]) -> None:
    config = copy.deepcopy(CONFIG)
    remove(config, path)
    assert [model["litellm_params"]["model"] for model in config["model_list"]] == left


def test_quotes_protect_the_dots_of_a_key() -> None:
    config = copy.deepcopy(CONFIG)
    remove(config, 'router_settings.model_group_alias."gpt-4.1"')
    assert config["router_settings"]["model_group_alias"] == {}


def test_a_value_is_put_into_every_place_and_mappings_on_the_way_are_made() -> None:
    config = copy.deepcopy(CONFIG)
    assign(config, "model_list[model_name=a].model_info.mode", "chat")
    assign(config, "router_settings.empty.deep", 1)
    assign(config, "model_list[2].litellm_params.tags[1]", "z")
    assert [model.get("model_info") for model in config["model_list"]] == [{"mode": "chat"}, {"mode": "chat"}, None]
    assert config["router_settings"]["empty"] == {"deep": 1}
    assert config["model_list"][2]["litellm_params"]["tags"] == ["x", "z"]


@pytest.mark.parametrize(
    "path",
    ["", ".a", "a..b", "a.", "a[", "a[b", "a[=1]", "[0]", "[model_name=a]", "a]b", 'a."b', "a[0]b", "a[-1]", 'ab"c"'],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    before = copy.deepcopy(CONFIG)
    with pytest.raises(PathError, match="not a path"):
        assign(before, path, 1)
    assert before == CONFIG


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("model_list[model_name=c]", "no item"),
        ("model_list[3]", "no item"),
        ("model_list.a", "no mapping"),
        ("router_settings[0]", "no list"),
        ("router_settings.nothing", "there is no 'nothing'"),
        ("nothing.at.all", "there is no 'nothing'"),
        ("router_settings.empty.deep", "no mapping"),
    ],
)
def test_what_leads_nowhere_is_said_and_changes_nothing(path: str, told: str) -> None:
    config = copy.deepcopy(CONFIG)
    with pytest.raises(PathError, match=told):
        remove(config, path)
    assert config == CONFIG
