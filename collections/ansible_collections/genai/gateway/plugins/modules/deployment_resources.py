#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Sees that a deployment's resources are gone, or lets them go."""

from __future__ import annotations

DOCUMENTATION = """
module: deployment_resources
short_description: See that a deployment's resources are gone, or let them go
description:
  - Asks AWS itself, not Terraform's state.
author: genai-gateway developers (@genai-gateway)
options:
  deployment:
    description: The deployment's name.
    type: str
    required: true
  region:
    description: The AWS region.
    type: str
    required: true
  state:
    description:
      - V(unprotected) lifts the protection from deletion of database and load balancer.
      - V(absent) changes nothing, and fails with what is still there.
    type: str
    choices: [unprotected, absent]
    required: true
attributes:
  check_mode:
    description: Says what would change; V(absent) asks nothing.
    support: full
"""

EXAMPLES = """
- name: See that nothing is left
  genai.gateway.deployment_resources:
    deployment: genai-gateway
    region: us-east-1
    state: absent
"""

RETURN = """
resources:
  description: From what the protection was lifted.
  type: list
  elements: str
  returned: success
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError, client, refusals
from ansible_collections.genai.gateway.plugins.module_utils.deployment_resources import remains, unprotect

ARGUMENTS = {
    "deployment": {"type": "str", "required": True},
    "region": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["unprotected", "absent"], "required": True},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    name = params["deployment"]
    lifted: list[str] = []

    def clients(service: str) -> Any:
        return client(service, params["region"])

    try:
        with refusals("look for what there is of the deployment"):
            if params["state"] == "unprotected":
                lifted = unprotect(clients, name, dry=module.check_mode)
            elif not module.check_mode:
                _refuse(remains(clients, name))
    except AwsError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=bool(lifted), resources=lifted)


def _refuse(left: list[str]) -> None:
    if left:
        raise AwsError(
            f"Still there, though Terraform's state knows nothing of it: {', '.join(left)}. Look whether it is of this "
            "deployment, and delete it by hand if it is."
        )


if __name__ == "__main__":
    main()
