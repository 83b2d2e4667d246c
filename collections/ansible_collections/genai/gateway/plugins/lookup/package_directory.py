# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Where a Python package lies that is installed beside Ansible."""

from __future__ import annotations

DOCUMENTATION = """
name: package_directory
short_description: Where an installed Python package lies
description:
  - Returns the directory of each package, as the interpreter that runs Ansible would import it, without importing it.
author: genai-gateway developers (@genai-gateway)
options:
  _terms:
    description: Names of top-level packages.
    required: true
"""

EXAMPLES = """
- name: Show where Jinja lies
  ansible.builtin.debug:
    msg: "{{ lookup('genai.gateway.package_directory', 'jinja2') }}"
"""

RETURN = """
_raw:
  description: The directories, in the order of the names.
  type: list
  elements: path
"""

import importlib.util
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase


def package_directory(name: str) -> str:
    """The directory of a top-level package. Raises AnsibleError when it is not installed."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise AnsibleError(f"the Python package {name!r} is not installed beside Ansible: run `make up`")
    return spec.submodule_search_locations[0]


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Finds each package."""
        self.set_options(var_options=variables, direct=kwargs)
        return [package_directory(term) for term in terms]
