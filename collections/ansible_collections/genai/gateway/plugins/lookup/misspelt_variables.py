# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Variables of the inventory whose names nobody knows, and which look like another's."""

from __future__ import annotations

DOCUMENTATION = """
name: misspelt_variables
short_description: Variables of the inventory that look misspelt
description:
  - Compares the names of the host's variables with those that the roles and Terraform's root modules take. Returns a
    sentence for each name that none of them takes and that is like one that they take, such as C(max_capacty).
  - Names that are like none are the inventory's own business.
author: genai-gateway developers (@genai-gateway)
options: {}
"""

EXAMPLES = """
- name: Warn of variables that look misspelt
  ansible.builtin.debug:
    msg: "{{ query('genai.gateway.misspelt_variables') }}"
"""

RETURN = """
_raw:
  description: The sentences.
  type: list
  elements: str
"""

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.genai.gateway.plugins.module_utils.checkout import (
    COLLECTION,
    NoCheckoutError,
    find_checkout,
)
from ansible_collections.genai.gateway.plugins.module_utils.variable_names import declared_names, misspelt


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Looks at the names of the host's variables, and at no value."""
        del terms
        self.set_options(var_options=variables, direct=kwargs)
        known = variables or {}
        try:
            declared = declared_names(find_checkout(), COLLECTION / "roles")
        except NoCheckoutError as error:
            raise AnsibleError(str(error)) from error
        # Not `variables`, which have those of roles, too.
        found = misspelt(known["hostvars"][known["inventory_hostname"]], declared)
        return [
            f"Nothing takes the variable {name}, whatever it is set to. Is it {meant}?" for name, meant in found.items()
        ]
