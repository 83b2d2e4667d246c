# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What would change of Kubernetes objects beside the configuration of their pods."""

from __future__ import annotations

DOCUMENTATION = """
name: beyond_config
short_description: What would change of Kubernetes objects beside the configuration of their pods
description:
  - Of the differences that M(kubernetes.core.k8s) finds in check mode leaves out the variables of containers and the
    Secrets that they name, and tells what is left.
author: genai-gateway developers (@genai-gateway)
positional: _input, superfluous
options:
  _input:
    description: What M(kubernetes.core.k8s) returned for each object, with its C(diff).
    type: list
    elements: dict
    required: true
  superfluous:
    description: The objects that would be deleted.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = """
- name: Refuse more than another configuration
  ansible.builtin.assert:
    that: would.result.results | genai.gateway.beyond_config([]) | length == 0
"""

RETURN = """
_value:
  description: One text for each object that differs in more, with the fields.
  type: list
  elements: str
  sample: ["HorizontalPodAutoscaler gateway would change in spec.maxReplicas"]
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.eks_differences import beyond_config


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"beyond_config": beyond_config}
