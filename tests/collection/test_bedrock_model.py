"""The model that a deployment is asked for: one that its region offers and its workload may invoke."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.bedrock_model import NoModelError, bedrock_model

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
REGIONS = sorted(file.stem for file in (CONFIG / "regions").iterdir())


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_offers_one_that_the_inventory_allows(region: str) -> None:
    said = yaml.safe_load((CONFIG / "regions" / f"{region}.yaml").read_text())
    behind = {model["model_name"]: model["litellm_params"]["model"] for model in said["model_list"]}
    called = behind[bedrock_model(region, CONFIG)].removeprefix("bedrock/").removeprefix("converse/")
    allowed = yaml.safe_load((ROOT / "inventories/aws/group_vars/all/service.yml").read_text())["bedrock_models"]
    assert any(fnmatchcase(called, pattern) for pattern in allowed), called


def test_the_region_s_own_come_before_those_of_the_world(tmp_path: Path) -> None:
    models = ["global.amazon.nova-2-lite-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-micro-v1:0"]
    regions = tmp_path / "regions"
    regions.mkdir()
    (regions / "xx-1.yaml").write_text(yaml.safe_dump({"model_list": [{"model_name": name} for name in models]}))
    assert bedrock_model("xx-1", tmp_path) == "amazon.nova-micro-v1:0"


def test_where_none_is_known_it_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(NoModelError, match="for xx-none-1: name the one to ask, verify_model"):
        bedrock_model("xx-none-1", CONFIG)
    (tmp_path / "regions").mkdir()
    (tmp_path / "regions" / "xx-1.yaml").write_text("model_list: [{model_name: somebody.else}]")
    with pytest.raises(NoModelError, match=r"has none of amazon\.nova"):
        bedrock_model("xx-1", tmp_path)
