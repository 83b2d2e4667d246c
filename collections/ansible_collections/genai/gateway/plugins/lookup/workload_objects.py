# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""The Kubernetes objects that templates give."""

from __future__ import annotations

DOCUMENTATION = """
name: workload_objects
short_description: The Kubernetes objects that the templates of a workload give
description:
  - Renders the templates of the role P(genai.gateway.eks_workload#role) with values, and returns the objects in the
    order in which they are made.
author: genai-gateway developers (@genai-gateway)
options:
  _terms:
    description: The directory of the templates.
    required: true
  values:
    description: What the templates are filled with, as P(genai.gateway.eks_values#filter) makes it.
    type: dict
    required: true
"""

EXAMPLES = """
- name: See the objects
  ansible.builtin.debug:
    msg: "{{ query('genai.gateway.workload_objects', role_path ~ '/templates', values=values) }}"
"""

RETURN = """
_raw:
  description: The objects.
  type: list
  elements: dict
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.genai.gateway.plugins.module_utils.workload_templates import RenderError, render


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        """Renders the templates of each directory."""
        self.set_options(var_options=variables, direct=kwargs)
        try:
            return [one for term in terms for one in render(Path(term), self.get_option("values"))]
        except RenderError as error:
            raise AnsibleError(f"the workload's objects cannot be made: {error}") from error
