"""The base configuration and those of the regions: as the table says, and in LiteLLM's list of models."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_layers import read_layer
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_loading import load
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_render import Rendered, render
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_surroundings import Surroundings

CONFIG = Path(__file__).parents[2] / "config"
ROLE = CONFIG.parent / "collections/ansible_collections/genai/gateway/roles/litellm_config"
REGIONS = sorted(path.stem for path in CONFIG.glob("regions/*.yaml"))
SCHEMA = json.loads((CONFIG / "litellm.schema.json").read_text())
PROVIDED = {"LITELLM_MASTER_KEY", "REDIS_URL"}


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("config_generate", CONFIG / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # for its dataclasses
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def models(generate: ModuleType) -> Callable[..., Any]:
    return lambda: generate.ModelList.installed(generate.read_table()["checked"])


def with_region(region: str, provided: set[str], **surroundings: Any) -> Rendered:
    layers = [read_layer(CONFIG / "base.yaml"), read_layer(CONFIG / "regions" / f"{region}.yaml")]
    return render(layers, {}, SCHEMA, Surroundings(provided=frozenset(provided), **surroundings))


def variables() -> set[str]:
    return set(re.findall(r"os\.environ/(\w+)", (CONFIG / "base.yaml").read_text()))


def test_the_files_are_as_the_table_says() -> None:
    done = subprocess.run([sys.executable, CONFIG / "generate.py", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_litellm_does_not_have_or_was_withdrawn_is_refused_all_at_once(
    generate: ModuleType, models: Callable[..., Any]
) -> None:
    table = generate.read_table()
    table["providers"]["openai"]["models"] += ["gpt-invented", "whisper-1"]  # the latter is withdrawn
    table["providers"]["xai"]["models"] += ["gpt-4o"]  # another provider's
    table["bedrock"]["on_demand"]["us-east-1"] = ["amazon.invented"]
    known = models()
    known.models["whisper-1"]["deprecation_date"] = table["checked"]
    with pytest.raises(generate.TableError) as raised:
        generate.files(table, known)
    told = str(raised.value).splitlines()
    assert [re.sub(r"( is not|, which).*", "", line) for line in told] == [
        "openai: gpt-invented",
        "openai: whisper-1",
        "xai: gpt-4o",
        "bedrock: on_demand of us-east-1 has amazon.invented",
    ]


def test_an_id_of_two_providers_has_the_provider_in_its_second_name() -> None:
    names = {
        model["litellm_params"]["model"]: model["model_name"]
        for model in read_layer(CONFIG / "base.yaml")["model_list"]
    }
    assert names["mistral/codestral-latest"] == "codestral-latest"
    assert names["codestral/codestral-latest"] == "codestral/codestral-latest"
    assert names["groq/openai/gpt-oss-120b"] == "groq/openai/gpt-oss-120b"
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_gives_a_configuration_that_is_in_order(region: str) -> None:
    """With all keys and none: what is left out leaves nothing behind that names it."""
    assert with_region(region, PROVIDED | variables()).left_out == {}
    alone = yaml.safe_load(with_region(region, PROVIDED, isolated=True).text)["model_list"]
    assert {model["litellm_params"]["aws_region_name"] for model in alone} == {region}


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_keeps_requests_in_its_geography_unless_they_ask_for_the_world(region: str) -> None:
    geography = {"us-gov": "us-gov", "us": "us", "eu": "eu", "ap": "(?:jp|au|apac)"}
    prefix = next((known for start, known in geography.items() if region.startswith(f"{start}-")), "none")
    for model in read_layer(CONFIG / "regions" / f"{region}.yaml")["model_list"]:
        called = model["litellm_params"]["model"].removeprefix("bedrock/")
        if called != model["model_name"]:
            assert re.fullmatch(rf"{prefix}\.{re.escape(model['model_name'])}", called)
        assert called.startswith("global.") is model["model_name"].startswith("global.")


def test_the_permissions_of_a_new_deployment_let_it_use_models() -> None:
    inventory = yaml.safe_load((CONFIG.parent / "inventories/aws/group_vars/all/service.yml").read_text())
    for region in REGIONS:
        config = with_region(region, PROVIDED, bedrock_models=inventory["bedrock_models"], bedrock_regions=[region])
        assert "anthropic.claude-" in config.text


def test_litellm_loads_all_of_it() -> None:
    """The region that has the most, and every provider."""
    program = ROLE / "files/load_litellm.py"
    rendered = with_region("us-east-1", PROVIDED | variables())
    assert load(sys.executable, program, rendered.text, PROVIDED | variables())
