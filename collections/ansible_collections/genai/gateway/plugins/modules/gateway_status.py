#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Says what a gateway, its certificate and LiteLLM's accounts say of a deployment."""

from __future__ import annotations

DOCUMENTATION = """
module: gateway_status
short_description: What a gateway, its certificate and LiteLLM's accounts say of a deployment
description:
  - Changes nothing, and does not fail where the gateway does not answer; that is what it says then.
author: genai-gateway developers (@genai-gateway)
options:
  url:
    description: Address of the gateway for https, without a path.
    type: str
    required: true
  ca:
    description: File with the certificate authority to trust instead of the usual ones.
    type: path
  connect_to:
    description: HOST:PORT to connect to instead of the host of O(url).
    type: str
  key:
    description: LiteLLM's master key, which may see what was spent.
    type: str
    required: true
  timeout:
    description: How long one answer may take, in seconds.
    type: int
    default: 15
attributes:
  check_mode:
    description: Asks as otherwise.
    support: full
"""

EXAMPLES = """
- name: Ask how it is
  genai.gateway.gateway_status:
    url: https://gateway.example.com
    key: "{{ master_key }}"
"""

RETURN = """
health:
  description: Whether it is ready, and its checks.
  type: dict
  returned: success
versions:
  description: What runs, by gateway and litellm.
  type: dict
  returned: success
certificate:
  description: Domain, end and days left.
  type: dict
  returned: success
spend:
  description: What all keys spent in the period, and their common budget.
  type: dict
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.front_ends import Gateway, VerificationError, trust
from ansible_collections.genai.gateway.plugins.module_utils.gateway_status import certificate, health, spend, versions

ARGUMENTS = {
    "url": {"type": "str", "required": True},
    "ca": {"type": "path"},
    "connect_to": {"type": "str"},
    "key": {"type": "str", "required": True, "no_log": True},
    "timeout": {"type": "int", "default": 15},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    try:
        gateway = Gateway(params["url"], trust(params["ca"]), params["connect_to"], params["timeout"])
    except VerificationError as error:
        module.fail_json(msg=str(error))
    found = health(gateway)
    module.exit_json(
        changed=False,
        health=found,
        versions=versions(gateway) if found["ready"] else {},
        certificate=certificate(gateway),
        spend=spend(gateway, params["key"]) if found["ready"] else None,
    )


if __name__ == "__main__":
    main()
