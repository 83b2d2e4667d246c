# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Where the project's own files are."""

from __future__ import annotations

DOCUMENTATION = """
name: checkout
short_description: Where the project's own files are
description:
  - Returns paths of the project that the collection belongs to, whether it lies in a checkout or was installed.
author: genai-gateway developers (@genai-gateway)
options:
  _terms:
    description: Paths relative to the project, such as C(terraform/foundation). Without one, the project's directory.
"""

EXAMPLES = """
- name: Show where Terraform's code is
  ansible.builtin.debug:
    msg: "{{ lookup('genai.gateway.checkout', 'terraform') }}"
"""

RETURN = """
_raw:
  description: The paths.
  type: list
  elements: path
"""

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.genai.gateway.plugins.module_utils.checkout import NoCheckoutError, find_checkout


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Joins each path to the project's directory."""
        self.set_options(var_options=variables, direct=kwargs)
        try:
            project = find_checkout()
        except NoCheckoutError as error:
            raise AnsibleError(str(error)) from error
        return [str(project / term) for term in terms or [""]]
