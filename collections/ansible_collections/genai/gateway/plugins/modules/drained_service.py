#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Waits until nobody is connected to a service of a LOCAL stack any more."""

from __future__ import annotations

DOCUMENTATION = """
module: drained_service
short_description: Wait until nobody is connected to a service of a LOCAL stack any more
description:
  - Looks at the connections of the service's process, and changes nothing. A service that does not run has none.
  - Connections that outlast O(timeout) are no failure; RV(open) tells how many there are.
author: genai-gateway developers (@genai-gateway)
options:
  directory:
    description: Where the stack lives.
    type: path
    required: true
  service:
    description: Name of the service.
    type: str
    required: true
  port:
    description: Port on which the service takes connections.
    type: int
    required: true
  timeout:
    description: How long to wait at most, in seconds.
    type: int
    required: true
attributes:
  check_mode:
    description: Waits for nothing.
    support: full
"""

EXAMPLES = """
- name: Let the requests end
  genai.gateway.drained_service:
    directory: /srv/stack
    service: litellm
    port: 4000
    timeout: 120
"""

RETURN = """
open:
  description: Connections that are left.
  type: int
  returned: success
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.upstream_switch import drain

ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "service": {"type": "str", "required": True},
    "port": {"type": "int", "required": True},
    "timeout": {"type": "int", "required": True},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    left = 0
    if not module.check_mode:
        left = drain(Path(params["directory"]), params["service"], params["port"], params["timeout"])
    module.exit_json(changed=False, open=left)


if __name__ == "__main__":
    main()
