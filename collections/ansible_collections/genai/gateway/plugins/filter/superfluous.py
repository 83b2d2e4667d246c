# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Kubernetes objects that a deployment does not want any more."""

from __future__ import annotations

DOCUMENTATION = """
name: superfluous
short_description: Kubernetes objects that a deployment does not want any more
description:
  - Of the objects that are present gives those that are not among the wanted ones, as references that
    M(kubernetes.core.k8s) takes for C(state=absent).
author: genai-gateway developers (@genai-gateway)
positional: _input, wanted
options:
  _input:
    description: The objects that are present.
    type: list
    elements: dict
    required: true
  wanted:
    description: The objects that are wanted.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = """
- name: See what is left of former versions
  ansible.builtin.debug:
    msg: "{{ present | genai.gateway.superfluous(wanted) }}"
"""

RETURN = """
_value:
  description: References, each with C(apiVersion), C(kind) and C(metadata).
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.eks_objects import superfluous


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"superfluous": superfluous}
