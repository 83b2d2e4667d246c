# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""The model of Bedrock that a deployment is asked for when nobody says."""

from __future__ import annotations

DOCUMENTATION = """
name: bedrock_model
short_description: A small model of Bedrock that a region offers
description:
  - Returns one for each region, by the project's C(config/regions), where clients know it by that name.
author: genai-gateway developers (@genai-gateway)
options:
  _terms:
    description: Regions of AWS.
    required: true
"""

EXAMPLES = """
- name: Show which model is asked
  ansible.builtin.debug:
    msg: "{{ lookup('genai.gateway.bedrock_model', 'eu-west-1') }}"
"""

RETURN = """
_raw:
  description: Names of models.
  type: list
  elements: str
"""

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.genai.gateway.plugins.module_utils.bedrock_model import NoModelError, bedrock_model
from ansible_collections.genai.gateway.plugins.module_utils.checkout import NoCheckoutError, find_checkout


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Looks for a model in each region."""
        self.set_options(var_options=variables, direct=kwargs)
        try:
            config = find_checkout() / "config"
            return [bedrock_model(term, config) for term in terms]
        except (NoCheckoutError, NoModelError) as error:
            raise AnsibleError(str(error)) from error
