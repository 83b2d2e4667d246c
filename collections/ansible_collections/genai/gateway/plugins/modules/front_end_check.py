#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Asks a model one question through each front end of a gateway."""

from __future__ import annotations

DOCUMENTATION = """
module: front_end_check
short_description: Ask a model one question through each front end of a gateway
description:
  - Sends one real completion through each front end and fails with all that did not answer. Changes nothing.
author: genai-gateway developers (@genai-gateway)
options:
  url:
    description: Address of the gateway, without a path.
    type: str
    required: true
  ca:
    description: File with the certificate authority to trust instead of the usual ones.
    type: path
  key:
    description: A key of LiteLLM that may use the model.
    type: str
    required: true
  model:
    description: The model to ask.
    type: str
    required: true
  front_ends:
    description: The front ends to go through.
    type: list
    elements: str
    choices: [openai, bedrock]
    default: [openai, bedrock]
  connect_to:
    description:
      - HOST:PORT to connect to instead of the host of O(url), for whose name the certificate still has to be. For a
        load balancer that is reached through a tunnel.
    type: str
  readiness_path:
    description: A path that is first waited for until it answers 200.
    type: str
  readiness_timeout:
    description: How long to wait for it, in seconds. 0 asks once.
    type: int
    default: 0
  timeout:
    description: How long one answer may take, in seconds.
    type: int
    default: 30
attributes:
  check_mode:
    description: Asks nothing.
    support: full
"""

EXAMPLES = """
- name: Check a gateway
  genai.gateway.front_end_check:
    url: https://127.0.0.1:3443
    ca: /srv/stack/tls/ca.crt
    key: "{{ master_key }}"
    model: demo
"""

RETURN = """
answers:
  description: What the model said, by front end.
  type: dict
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.front_ends import (
    FRONT_ENDS,
    Gateway,
    VerificationError,
    trust,
)

ARGUMENTS = {
    "url": {"type": "str", "required": True},
    "ca": {"type": "path"},
    "key": {"type": "str", "required": True, "no_log": True},
    "model": {"type": "str", "required": True},
    "front_ends": {"type": "list", "elements": "str", "choices": list(FRONT_ENDS), "default": list(FRONT_ENDS)},
    "connect_to": {"type": "str"},
    "readiness_path": {"type": "str"},
    "readiness_timeout": {"type": "int", "default": 0},
    "timeout": {"type": "int", "default": 30},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    if module.check_mode:
        module.exit_json(changed=False, answers={})
    answers: dict[str, str] = {}
    faults: list[str] = []
    try:
        gateway = Gateway(params["url"], trust(params["ca"]), params["connect_to"], params["timeout"])
        if params["readiness_path"]:
            gateway.wait_until_ready(params["readiness_path"], params["readiness_timeout"])
    except VerificationError as error:
        module.fail_json(msg=str(error))
    for name in params["front_ends"]:
        try:
            answers[name] = gateway.ask(name, params["key"], params["model"])
        except VerificationError as error:
            faults.append(str(error))
    if faults:
        module.fail_json(msg="\n".join(faults))
    module.exit_json(changed=False, answers=answers)


if __name__ == "__main__":
    main()
