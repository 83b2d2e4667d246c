"""Names in an inventory that look like a variable's misspelt are told; all others are the inventory's own business."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.variable_names import declared_names, misspelt

from tests.support.local_stack import PORTS, PlaybookFailedError, free_ports, run_playbook

ROOT = Path(__file__).parents[2]
DECLARED = declared_names(ROOT, ROOT / "collections/ansible_collections/genai/gateway/roles")


def test_terraform_and_the_roles_say_what_there_is() -> None:
    assert {"max_capacity", "image_retention", "local_gateway_port", "undeploy_confirm", "container_images"} <= DECLARED


@pytest.mark.parametrize(
    ("name", "meant"),
    [("max_capacty", "max_capacity"), ("local_gatway_port", "local_gateway_port"), ("provider_key", "provider_keys"),
     ("aws_regoin", "aws_region"), ("exposre", "exposure")],
)  # fmt: skip
def test_a_misspelt_name_is_told_with_the_one_that_is_meant(name: str, meant: str) -> None:
    assert misspelt([name, "max_capacity"], DECLARED) == {name: meant}


@pytest.mark.parametrize("name", ["team", "vault_openai_api_key", "my_record", "ansible_max_capacity", "_max_capacity"])
def test_a_name_of_the_inventorys_own_is_none(name: str) -> None:
    assert misspelt([name], DECLARED) == {}


@pytest.mark.parametrize("inventory", ["aws", "local"])
def test_the_projects_inventories_are_in_order(inventory: str) -> None:
    files = Path(ROOT, "inventories", inventory, "group_vars/all").glob("*.yml")
    assert misspelt([name for file in files for name in yaml.safe_load(file.read_text())], DECLARED) == {}


def test_the_preflight_says_so(tmp_path: Path) -> None:
    """The real inventory, one name on top of it, and a directory that no stack can be in, so that nothing starts."""
    variables = {"platform": "LOCAL", "local_dir": "relative", **free_ports(PORTS)}
    with pytest.raises(PlaybookFailedError) as failed:
        run_playbook("deploy.yml", variables | {"local_update_mdel": "demo", "team": "mine"})
    said = str(failed.value)
    assert "Nothing takes the variable local_update_mdel, whatever it is set to. Is it local_update_model?" in said
    assert said.count("Nothing takes the variable") == 1
