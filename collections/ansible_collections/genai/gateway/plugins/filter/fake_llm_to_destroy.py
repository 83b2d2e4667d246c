# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What Terraform has to be told to destroy the fake LLM."""

from __future__ import annotations

DOCUMENTATION = """
name: fake_llm_to_destroy
short_description: What Terraform has to be told to destroy the fake LLM
description:
  - Values for the variables of C(terraform/addons/fake_llm) that have no default and mean nothing to a destroy.
author: genai-gateway developers (@genai-gateway)
positional: _input, region, repository
options:
  _input:
    description: The output C(network) of the platform, empty where the platform is gone.
    type: dict
    required: true
  region:
    description: The region of AWS.
    type: str
    required: true
  repository:
    description: The repository of the image, without a tag.
    type: str
    required: true
"""

EXAMPLES = """
- name: Show what a destroy is given
  ansible.builtin.debug:
    msg: "{{ {} | genai.gateway.fake_llm_to_destroy(aws_region, foundation.repository_urls[name]) }}"
  vars:
    name: fake-llm
"""

RETURN = """
_value:
  description: Values by the name of the variable.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.load_test import fake_llm_to_destroy


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"fake_llm_to_destroy": fake_llm_to_destroy}
