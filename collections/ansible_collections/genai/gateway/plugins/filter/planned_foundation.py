# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What the foundation will be called."""

from __future__ import annotations

DOCUMENTATION = """
name: planned_foundation
short_description: The foundation as it will be, for a plan before there is one
description:
  - Returns the output C(foundation) of C(terraform/foundation) as it will be, but for the ids that AWS chooses.
author: genai-gateway developers (@genai-gateway)
positional: _input, account, region, partition
options:
  _input:
    description: The deployment's name.
    type: str
    required: true
  account:
    description: Number of the account, 12 digits.
    type: str
    required: true
  region:
    description: The AWS region.
    type: str
    required: true
  partition:
    description: The partition, such as C(aws).
    type: str
    default: aws
"""

EXAMPLES = """
- name: Show how the buckets will be called
  ansible.builtin.debug:
    msg: "{{ 'genai-gateway' | genai.gateway.planned_foundation('111122223333', 'us-east-1') }}"
"""

RETURN = """
_value:
  description: The output.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.planned_foundation import planned_foundation


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"planned_foundation": planned_foundation}
