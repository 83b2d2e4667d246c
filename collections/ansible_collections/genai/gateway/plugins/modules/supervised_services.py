#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Runs the services of a LOCAL stack under supervisord."""

from __future__ import annotations

DOCUMENTATION = """
module: supervised_services
short_description: Run the services of a stack under supervisord
description:
  - Starts supervisord from C(supervisord.conf) in O(directory) when it is not there, starts the services that do not
    run, and starts those anew whose inputs differ from what they were started with. Returns when each is ready.
  - Repairs what a reboot or a killed supervisord left behind, that is processes, sockets and pid files.
author: genai-gateway developers (@genai-gateway)
options:
  directory:
    description: Where the stack lives, with its C(supervisord.conf), C(run), C(log) and C(env).
    type: path
    required: true
  state:
    description: V(absent) ends all services and supervisord, and keeps all data.
    type: str
    choices: [started, absent]
    default: started
  services:
    description: The services to run, in this order. Needed with O(state=started).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the program in C(supervisord.conf).
        type: str
        required: true
      inputs:
        description: Files and directories that the running service depends on.
        type: list
        elements: path
        default: []
      ready:
        description: Address that answers 200 (C(http://)) or takes connections (C(tcp://)) once the service is ready.
        type: str
        required: true
  timeout:
    description: How long a service may take to be ready, in seconds.
    type: int
    default: 120
  lives:
    description: How often a service may end before it is ready until it is given up.
    type: int
    default: 3
attributes:
  check_mode:
    description: Says what would be started or ended.
    support: full
"""

EXAMPLES = """
- name: Run the gateway
  genai.gateway.supervised_services:
    directory: /srv/stack
    services:
      - name: gateway
        inputs: [/srv/stack/env/gateway.env]
        ready: http://127.0.0.1:3000/bedrock/health/readiness
"""

RETURN = """
started:
  description: Services that did not run.
  type: list
  elements: str
  returned: success
restarted:
  description: Services that were started anew.
  type: list
  elements: str
  returned: success
stopped:
  description: Services that were ended.
  type: list
  elements: str
  returned: success
"""

from dataclasses import asdict
from pathlib import Path
from xmlrpc.client import Fault

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.supervision import Service, bring_down, bring_up
from ansible_collections.genai.gateway.plugins.module_utils.supervisor_client import SupervisionError

ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["started", "absent"], "default": "started"},
    "services": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "inputs": {"type": "list", "elements": "path", "default": []},
            "ready": {"type": "str", "required": True},
        },
    },
    "timeout": {"type": "int", "default": 120},
    "lives": {"type": "int", "default": 3},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec=ARGUMENTS,
        required_if=[("state", "started", ["services"])],
        supports_check_mode=True,
    )
    home = Path(module.params["directory"])
    try:
        if module.params["state"] == "absent":
            outcome = bring_down(home, check_mode=module.check_mode)
        else:
            services = [
                Service(each["name"], tuple(each["inputs"]), each["ready"]) for each in module.params["services"]
            ]
            seconds, lives = module.params["timeout"], module.params["lives"]
            outcome = bring_up(home, services, seconds, lives=lives, check_mode=module.check_mode)
    except (SupervisionError, Fault, OSError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(**asdict(outcome))


if __name__ == "__main__":
    main()
