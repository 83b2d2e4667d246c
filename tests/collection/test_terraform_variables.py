"""What a root module takes, and which of it the inventory gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genai.gateway.plugins.module_utils.checkout import NoCheckoutError, find_checkout
from ansible_collections.genai.gateway.plugins.module_utils.terraform_variables import declared_variables

CHECKOUT = Path(__file__).parents[2]
ROOT = """
variable "name" {
  description = "Says default = in its text."
  type        = string
}

variable "size" {
  type = object({
    default = optional(number, 1)
  })
  default = {
    default = 2
  }
}

locals {
  default = 1
}
"""


def test_variables_are_found_with_whether_they_have_a_default(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(ROOT)
    (tmp_path / "more.tf").write_text('variable "more" {\n  default = null\n}\n')
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "main.tf").write_text('variable "of_a_module" {\n}\n')
    assert declared_variables(tmp_path) == {"name": False, "size": True, "more": True}


@pytest.mark.parametrize("root", ["foundation", "platforms/ecs", "platforms/eks"])
def test_every_variable_of_our_roots_is_found(root: str) -> None:
    """By the form of `terraform fmt`; one in another form would be left out in silence."""
    folder = CHECKOUT / "terraform" / root
    blocks = sum(file.read_text().count('variable "') for file in folder.glob("*.tf"))
    assert len(declared_variables(folder)) == blocks > 0


def look_up(directory: Path, terms: list[str], variables: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """A playbook that writes what the lookup returns into found.json."""
    found = f"{{{{ lookup('genai.gateway.terraform_variables', {json.dumps(terms[0])}) | to_json }}}}"
    tasks = [{"ansible.builtin.copy": {"content": found, "dest": str(directory / "found.json"), "mode": "0600"}}]
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}
    (directory / "play.yml").write_text(yaml.safe_dump([play]))
    return subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), "-i", "localhost,", "-c", "local", "play.yml"],
        cwd=directory,
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(CHECKOUT / "ansible/ansible.cfg"),
            "ANSIBLE_INVENTORY": "localhost,",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_lookup_gives_what_the_inventory_says_in_its_types(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(ROOT)
    given = {"name": "{{ prefix }}-1", "prefix": "gw", "size": {"default": 3}, "other": "not declared"}
    done = look_up(tmp_path, [str(tmp_path)], given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "found.json").read_text()) == {"name": "gw-1", "size": {"default": 3}}


def test_a_directory_that_is_no_root_module_is_told(tmp_path: Path) -> None:
    done = look_up(tmp_path, [str(tmp_path / "nowhere")], {})
    assert done.returncode != 0
    assert f"{tmp_path}/nowhere is no root module of Terraform" in done.stdout + done.stderr


def test_the_project_is_found_from_the_collection_in_it_or_with_it(tmp_path: Path) -> None:
    assert find_checkout() == CHECKOUT
    checkout, installed = tmp_path / "checkout", tmp_path / "installed" / "genai" / "gateway"
    within = checkout / "collections" / "ansible_collections" / "genai" / "gateway"
    (checkout / "terraform" / "foundation").mkdir(parents=True)
    (installed / "files" / "project" / "terraform" / "foundation").mkdir(parents=True)
    assert find_checkout(within) == checkout
    assert find_checkout(installed) == installed / "files" / "project"
    with pytest.raises(
        NoCheckoutError, match=f"not found in {tmp_path}/a/b/files/project and .*Install the collection"
    ):
        find_checkout(tmp_path / "a" / "b")
