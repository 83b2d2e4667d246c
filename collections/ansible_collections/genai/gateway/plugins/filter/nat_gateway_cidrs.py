# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""The addresses from which a VPC reaches the internet."""

from __future__ import annotations

DOCUMENTATION = """
name: nat_gateway_cidrs
short_description: The addresses from which a VPC reaches the internet
description:
  - The public addresses of NAT gateways, each as a network of one address.
author: genai-gateway developers (@genai-gateway)
options:
  _input:
    description: NAT gateways, as M(amazon.aws.ec2_vpc_nat_gateway_info) returns them.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = """
- name: Show from where a VPC reaches the internet
  ansible.builtin.debug:
    msg: "{{ found.result | genai.gateway.nat_gateway_cidrs }}"
"""

RETURN = """
_value:
  description: Networks, such as V(203.0.113.7/32).
  type: list
  elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.load_test import nat_gateway_cidrs


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"nat_gateway_cidrs": nat_gateway_cidrs}
