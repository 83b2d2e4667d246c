#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Makes databases, each with a role of its own."""

from __future__ import annotations

DOCUMENTATION = """
module: postgres_databases
short_description: Make databases, each with a role of its own
description:
  - Makes, for each name, a role that may log in with its password, and a database of that name that it owns and that
    no other role may connect to. A role whose password differs gets the wanted one.
  - Databases and roles that are not named are left alone.
author: genai-gateway developers (@genai-gateway)
options:
  host:
    description: Where Postgres listens.
    type: str
    default: 127.0.0.1
  port:
    description: Where Postgres listens.
    type: int
    required: true
  user:
    description: A superuser.
    type: str
    default: postgres
  password:
    description: The superuser's password.
    type: str
    required: true
  databases:
    description: Passwords by name of the database, which is the name of its role.
    type: dict
    required: true
  timeout:
    description: How long to wait for a server that is starting, in seconds.
    type: int
    default: 30
attributes:
  check_mode:
    description: Says which databases lack something.
    support: full
"""

EXAMPLES = """
- name: Make LiteLLM's database
  genai.gateway.postgres_databases:
    port: 5432
    password: "{{ superuser_password }}"
    databases:
      litellm: "{{ litellm_password }}"
"""

RETURN = """
made:
  description: Names whose role or database was not as it should be.
  type: list
  elements: str
  returned: success
"""

import asyncio

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.postgres_databases import DatabaseError, Server, converge

ARGUMENTS = {
    "host": {"type": "str", "default": "127.0.0.1"},
    "port": {"type": "int", "required": True},
    "user": {"type": "str", "default": "postgres"},
    "password": {"type": "str", "required": True, "no_log": True},
    "databases": {"type": "dict", "required": True, "no_log": True},
    "timeout": {"type": "int", "default": 30},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    server = Server(params["host"], params["port"], params["user"], params["password"])
    try:
        made = asyncio.run(converge(server, params["databases"], params["timeout"], check_mode=module.check_mode))
    except DatabaseError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=bool(made), made=made)


if __name__ == "__main__":
    main()
