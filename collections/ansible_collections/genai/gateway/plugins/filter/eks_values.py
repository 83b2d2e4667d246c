# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What the templates of the EKS workload are filled with."""

from __future__ import annotations

DOCUMENTATION = """
name: eks_values
short_description: What the templates of the EKS workload are filled with
description:
  - Makes the values of the templates of the role P(genai.gateway.eks_workload#role) out of Terraform's outputs, the
    choices of the inventory and the names of the Secrets. They are the values of the Helm chart as well.
author: genai-gateway developers (@genai-gateway)
positional: _input, choices, secrets
options:
  _input:
    description: The outputs of Terraform's platform eks.
    type: dict
    required: true
  choices:
    description: What the inventory says of the workload.
    type: dict
    required: true
  secrets:
    description: The name of the Secret of each container.
    type: dict
    required: true
"""

EXAMPLES = """
- name: See the values
  ansible.builtin.debug:
    msg: "{{ platform_outputs | genai.gateway.eks_values(choices, {'gateway': 'gateway-gateway-0f3a'}) }}"
"""

RETURN = """
_value:
  description: The values.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.genai.gateway.plugins.module_utils.eks_values import Choices, ValuesError, values


def eks_values(outputs: Mapping[str, Any], choices: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """The values of the templates."""
    try:
        return values(outputs, Choices.parse(choices), secrets)
    except (ValuesError, TypeError) as error:
        raise AnsibleFilterError(f"the workload cannot be described: {error}") from error


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"eks_values": eks_values}
