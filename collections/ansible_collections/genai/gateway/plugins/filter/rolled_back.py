# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What a run tells of a rollback."""

from __future__ import annotations

DOCUMENTATION = """
name: rolled_back
short_description: What a run tells of a rollback
description:
  - Says whether another configuration or another workload did not become ready, why, and which configuration serves.
author: genai-gateway developers (@genai-gateway)
positional: _input, serving, values, reason
options:
  _input:
    description: The ReplicaSets of the Deployment.
    type: list
    elements: dict
    required: true
  serving:
    description: The name of the ReplicaSet that serves again.
    type: str
    required: true
  values:
    description: The values of what was to be deployed, as P(genai.gateway.eks_values#filter) makes them.
    type: dict
    required: true
  reason:
    description: Why it did not become ready.
    type: str
    required: true
"""

EXAMPLES = """
- name: Tell of it
  ansible.builtin.set_stats:
    data:
      rolled_back: "{{ replica_sets | genai.gateway.rolled_back('gateway-6d4cf56db6', values, rollout.explanation) }}"
"""

RETURN = """
_value:
  description: C(what), C(reason) and C(kept).
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.eks_objects import rolled_back


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"rolled_back": rolled_back}
