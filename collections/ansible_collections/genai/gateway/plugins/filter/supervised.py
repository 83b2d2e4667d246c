# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""What the supervisor has to know about services."""

from __future__ import annotations

DOCUMENTATION = """
name: supervised
short_description: What the supervisor has to know about services
description:
  - Gives services as M(genai.gateway.supervised_services) takes them. The files that
    P(genai.gateway.service_files#filter) makes for a service count among its inputs.
author: genai-gateway developers (@genai-gateway)
positional: _input, home
options:
  _input:
    description: Services, each with C(name), C(inputs) and C(ready).
    type: list
    elements: dict
    required: true
  home:
    description: The directory of the stack.
    type: path
    required: true
"""

EXAMPLES = """
- name: Run them
  genai.gateway.supervised_services:
    directory: /srv/stack
    services: "{{ services | genai.gateway.supervised('/srv/stack') }}"
"""

RETURN = """
_value:
  description: Services, each with C(name), C(inputs) and C(ready).
  type: list
  elements: dict
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def supervised(services: Iterable[Mapping[str, Any]], home: str) -> list[dict[str, Any]]:
    """The services with all that they are started from."""
    return [
        {
            "name": service["name"],
            "inputs": [f"{home}/bin/{service['name']}", f"{home}/env/{service['name']}.env", *service["inputs"]],
            "ready": service["ready"],
        }
        for service in services
    ]


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"supervised": supervised}
