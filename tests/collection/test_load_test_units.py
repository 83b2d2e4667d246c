"""What the fake LLM of a load test is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_layers import parse_layer
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_render import render
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_surroundings import Surroundings
from ansible_collections.genai.gateway.plugins.module_utils.load_test import fake_llm_to_destroy, nat_gateway_cidrs
from ansible_collections.genai.gateway.plugins.module_utils.terraform_variables import declared_variables

ROOT = Path(__file__).parents[2]
ROLE = ROOT / "collections/ansible_collections/genai/gateway/roles/load_test"
REPOSITORY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/gw/fake-llm"


def test_each_address_of_a_nat_gateway_may_ask_once() -> None:
    gateways: list[dict[str, Any]] = [
        {"nat_gateway_addresses": [{"public_ip": "203.0.113.9"}, {"public_ip": "203.0.113.7"}]},
        {"nat_gateway_addresses": [{"public_ip": "203.0.113.7"}, {"private_ip": "10.0.0.1"}]},
        {},
    ]
    assert nat_gateway_cidrs(gateways) == ["203.0.113.7/32", "203.0.113.9/32"]
    assert nat_gateway_cidrs([]) == []


def test_a_destroy_is_given_all_that_has_no_default() -> None:
    given = fake_llm_to_destroy({"vpc_id": "vpc-1", "private_subnet_ids": []}, "eu-west-1", REPOSITORY)
    assert given["vpc_id"] == "vpc-1"
    assert given["private_subnet_ids"] == ["subnet-none-a"]
    named = yaml.safe_load((ROLE / "vars/main.yml").read_text())["_load_test_variables"]
    declared = declared_variables(ROOT / "terraform/addons/fake_llm")
    required = {name for name, has_default in declared.items() if not has_default}
    assert required - {"aws_region"} <= given.keys() | named.keys()


def test_nothing_of_the_platform_s_reaches_it_by_its_name() -> None:
    """The inventory's values are the platform's, and Terraform would be given those of the same name."""
    shared = set()
    for file in (ROOT / "terraform/platforms/ecs", ROOT / "terraform/foundation"):
        shared |= declared_variables(file).keys()
    said = yaml.safe_load((ROLE / "vars/main.yml").read_text())
    named = said["_load_test_variables"].keys() | said["_load_test_present"].keys()
    same = declared_variables(ROOT / "terraform/addons/fake_llm").keys() & shared
    assert same - named == {"aws_region", "cpu_architecture"}


def test_the_overlay_is_taken() -> None:
    text = json.dumps(yaml.safe_load((ROLE / "vars/main.yml").read_text())["_load_test_overlay"])
    overlay = json.loads(text.replace("{{ _load_test_url }}", "https://x.example.com/v1"))
    schema = json.loads((ROOT / "config/litellm.schema.json").read_text())
    base = parse_layer("model_list: []\ngeneral_settings: {master_key: os.environ/LITELLM_MASTER_KEY}\n", "base")
    rendered = render([base], overlay, schema, Surroundings(provided=frozenset({"LITELLM_MASTER_KEY"})))
    [model] = yaml.safe_load(rendered.text)["model_list"]
    assert model["litellm_params"] == {
        "model": "openai/demo",
        "api_base": "https://x.example.com/v1",
        "api_key": "none",
    }
