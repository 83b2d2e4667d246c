# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Why no image can be built on this machine."""

from __future__ import annotations

DOCUMENTATION = """
name: image_builder_fault
short_description: Why no image can be built on this machine
description:
  - Returns for each builder why it cannot build here and what to do; an empty text when it can.
author: genai-gateway developers (@genai-gateway)
options:
  _terms:
    description: Builders, of V(auto), V(buildah) and V(docker).
    required: true
"""

EXAMPLES = """
- name: See that images can be built here
  ansible.builtin.assert:
    that: lookup('genai.gateway.image_builder_fault', 'auto') == ""
"""

RETURN = """
_raw:
  description: The reasons, in the order of the builders.
  type: list
  elements: str
"""

from typing import Any

from ansible.plugins.lookup import LookupBase
from ansible_collections.genai.gateway.plugins.module_utils.image_builders import BuildError, choose_builder


def builder_fault(name: str) -> str:
    """Why that builder, or for auto any, cannot build here; empty when it can."""
    try:
        choose_builder(name)
    except BuildError as error:
        return str(error)
    return ""


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Looks at each builder."""
        self.set_options(var_options=variables, direct=kwargs)
        return [builder_fault(term) for term in terms]
