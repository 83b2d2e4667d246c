"""The examples of docs/litellm-config.md work, and its table of settings is complete."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_layers import parse_layer, read_layer
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_loading import load
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_merge import merged
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_render import render
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_surroundings import Surroundings

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
DOC = (ROOT / "docs/litellm-config.md").read_text()
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)
OVERLAYS = {str(number): text for number, text in enumerate(EXAMPLES)}
OVERLAYS["overlay.example.yaml"] = (CONFIG / "overlay.example.yaml").read_text()
PROVIDED = {"LITELLM_MASTER_KEY", "REDIS_URL", "AZURE_API_KEY", "AZURE_API_BASE"}
PROVIDED |= set(re.findall(r"os\.environ/(\w+)", (CONFIG / "base.yaml").read_text()))


def layers() -> list[dict[str, Any]]:
    return [read_layer(CONFIG / "base.yaml"), read_layer(CONFIG / "regions/us-east-1.yaml")]


def config_with(overlay: dict[str, Any], *more: dict[str, Any]) -> str:
    schema = json.loads((CONFIG / "litellm.schema.json").read_text())
    return render([*layers(), *more], overlay, schema, Surroundings(provided=frozenset(PROVIDED))).text


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_example_is_an_overlay_that_is_in_order(name: str) -> None:
    assert config_with(parse_layer(OVERLAYS[name], name)) != config_with({})


def test_the_first_example_does_what_its_comments_say() -> None:
    config = yaml.safe_load(config_with(parse_layer(EXAMPLES[0], "example")))
    models = {model["model_name"]: model["litellm_params"] for model in config["model_list"]}
    assert models["azure/gpt-5.5"]["api_base"] == "os.environ/AZURE_API_BASE"
    assert models["gpt-5.5"] == {
        "model": "openai/gpt-5.5",
        "api_key": "os.environ/OPENAI_API_KEY",
        "temperature": 0.2,
        "timeout": 300,
    }
    assert models["anthropic.claude-sonnet-5"]["aws_region_name"] == "us-west-2"
    assert not [name for name, parameters in models.items() if parameters["model"].startswith("xai/")]
    assert "gpt-4o" not in models
    assert "enable_pre_call_checks" not in config["router_settings"]
    assert config["router_settings"]["model_group_alias"]["gpt-4.1-latest"] == "gpt-4.1"


def test_litellm_loads_the_examples() -> None:
    """All of them over each other, as loading takes its time."""
    below: dict[str, Any] = {}
    for layer in layers():
        below = merged(below, layer)
    for name, text in OVERLAYS.items():
        overlay = parse_layer(text, name)
        # They delete the same models.
        paths = [path for path in overlay.pop("delete", []) if name == "0" or "deepseek" in path]
        below = merged(below, overlay | {"delete": paths})
    program = ROOT / "collections/ansible_collections/genai/gateway/roles/litellm_config/files/load_litellm.py"
    assert load(sys.executable, program, config_with({}, below), PROVIDED)


def test_the_settings_of_the_base_are_documented_as_they_are() -> None:
    base = read_layer(CONFIG / "base.yaml")
    settings = {
        f"{section}.{key}": value
        for section, values in base.items()
        if section != "model_list"
        for key, value in values.items()
    }
    settings["litellm_settings.cache_params.type"] = settings.pop("litellm_settings.cache_params")["type"]
    table = DOC.split("## Settings of the base")[1].split("\n## ")[0]
    documented = dict(re.findall(r"^\| `([\w.]+)` \| `([^`]+)` \|", table, re.MULTILINE))
    assert documented == {key: json.dumps(value).strip('"') for key, value in settings.items()}
