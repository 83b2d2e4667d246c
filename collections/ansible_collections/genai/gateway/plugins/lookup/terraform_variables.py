# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What an inventory says about the variables of a root module of Terraform."""

from __future__ import annotations

DOCUMENTATION = """
name: terraform_variables
short_description: The variables of a Terraform root that the inventory sets
description:
  - Returns those variables of Ansible that the root module declares under the same name, with their values.
  - What the inventory does not set keeps Terraform's default.
author: genai-gateway developers (@genai-gateway)
options:
  _terms:
    description: The directory of one root module.
    required: true
"""

EXAMPLES = """
- name: Show what Terraform will be given
  ansible.builtin.debug:
    msg: "{{ lookup('genai.gateway.terraform_variables', '/srv/terraform/foundation') }}"
"""

RETURN = """
_raw:
  description: One dictionary from name to value for each directory.
  type: list
  elements: dict
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.genai.gateway.plugins.module_utils.terraform_variables import declared_variables


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        """Gathers the values for each root."""
        self.set_options(var_options=variables, direct=kwargs)
        return [self._values(term, variables or {}) for term in terms]

    def _values(self, root: str, variables: dict[str, Any]) -> dict[str, Any]:
        declared = declared_variables(Path(root))
        if not declared:
            raise AnsibleError(f"{root} is no root module of Terraform: no .tf file in it declares a variable")
        return {name: self._templar.template(variables[name]) for name in declared if name in variables}
