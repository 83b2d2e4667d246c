# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Where platform LOCAL keeps its data when nobody says."""

from __future__ import annotations

DOCUMENTATION = """
name: local_directory
short_description: Where platform LOCAL keeps its data when nobody says
description:
  - In a checkout its directory C(.local). Where the collection was installed, C(~/.local/share/genai-gateway), because
    the next version replaces all that is in the collection.
author: genai-gateway developers (@genai-gateway)
options: {}
"""

EXAMPLES = """
- name: Show where the data is
  ansible.builtin.debug:
    msg: "{{ lookup('genai.gateway.local_directory') }}"
"""

RETURN = """
_raw:
  description: The directory, alone.
  type: list
  elements: path
"""

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.genai.gateway.plugins.module_utils.checkout import NoCheckoutError, local_directory


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Finds the directory."""
        self.set_options(var_options=variables, direct=kwargs)
        if terms:
            raise AnsibleError(f"The lookup local_directory takes no terms, not {terms}.")
        try:
            return [str(local_directory())]
        except NoCheckoutError as error:
            raise AnsibleError(str(error)) from error
