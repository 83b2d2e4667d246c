#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Tells everything that keeps a LOCAL stack from running."""

from __future__ import annotations

DOCUMENTATION = """
module: local_preflight
short_description: Tell everything that keeps a LOCAL stack from running
description:
  - Checks the machine, the values and the ports of a stack of local processes, and fails with all faults at once.
  - Changes nothing. Ports that the same stack holds already are in order.
author: genai-gateway developers (@genai-gateway)
options:
  directory:
    description: Where the stack lives.
    type: str
    required: true
  socket:
    description: Path of supervisord's socket, relative to O(directory).
    type: str
    required: true
  choices:
    description: Values that are words, by the name of their variable.
    type: dict
    required: true
  ports:
    description: Ports, by the name of their variable.
    type: dict
    required: true
  files:
    description: Files that have to be there, by the name of their variable.
    type: dict
    default: {}
  postgres:
    description: The program of the Postgres that is installed. What it cannot open is told.
    type: path
    required: true
attributes:
  check_mode:
    description: Changes nothing in any mode.
    support: full
"""

EXAMPLES = """
- name: Check a stack
  genai.gateway.local_preflight:
    directory: /srv/stack
    socket: run/supervisor.sock
    choices: {local_database: none, local_query_engine: auto}
    ports: {local_gateway_port: 3000}
    postgres: /usr/lib/postgresql/16/bin/postgres
"""

RETURN = """
faults:
  description: What is in the way, one sentence each.
  type: list
  elements: str
  returned: always
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.local_preflight import Request, faults

ARGUMENTS = {
    "directory": {"type": "str", "required": True},
    "socket": {"type": "str", "required": True},
    "choices": {"type": "dict", "required": True},
    "ports": {"type": "dict", "required": True},
    "files": {"type": "dict", "default": {}},
    "postgres": {"type": "path", "required": True},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    request = Request(params["directory"], params["choices"], params["ports"], params["files"])
    found = faults(request, params["socket"], Path(params["postgres"]))
    if found:
        lines = "".join(f"\n  - {fault}" for fault in found)
        module.fail_json(msg=f"The stack cannot run here, and nothing was started:{lines}", faults=found)
    module.exit_json(changed=False, faults=[])


if __name__ == "__main__":
    main()
