#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Makes the gateway of a LOCAL stack send its requests to another LiteLLM."""

from __future__ import annotations

DOCUMENTATION = """
module: upstream_switch
short_description: Make the gateway of a LOCAL stack send its requests to another LiteLLM
description:
  - The gateway reads LiteLLM's address from a file, which is a link. The link is replaced in one step, and the gateway
    is told by SIGHUP. New requests go to the new address; those under way end where they began.
  - Returns once the gateway is ready and connected to the new address. A gateway that does not run, or
    knows of no link because there was none, is left alone.
author: genai-gateway developers (@genai-gateway)
options:
  directory:
    description: Where the stack lives.
    type: path
    required: true
  link:
    description: Path of the link, relative to O(directory).
    type: str
    required: true
  target:
    description: Name of the file beside the link that holds the address.
    type: str
    required: true
  gateway:
    description: Name of the service to tell.
    type: str
    default: gateway
  ready:
    description: Address that answers 200 when the gateway and LiteLLM are ready.
    type: str
    required: true
  timeout:
    description: How long the gateway may take, in seconds.
    type: int
    default: 30
attributes:
  check_mode:
    description: Says whether the link would be replaced.
    support: full
"""

EXAMPLES = """
- name: Hand over
  genai.gateway.upstream_switch:
    directory: /srv/stack
    link: config/litellm-active.url
    target: litellm-2.url
    ready: http://127.0.0.1:3000/bedrock/health/readiness
"""

RETURN = """
previous:
  description: Name of the file that the link led to before; empty when there was no link.
  type: str
  returned: success
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.supervisor_client import SupervisionError
from ansible_collections.genai.gateway.plugins.module_utils.upstream_switch import linked, switch

ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "link": {"type": "str", "required": True},
    "target": {"type": "str", "required": True},
    "gateway": {"type": "str", "default": "gateway"},
    "ready": {"type": "str", "required": True},
    "timeout": {"type": "int", "default": 30},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    home, target = Path(params["directory"]), params["target"]
    link = home / params["link"]
    previous = linked(link)
    try:
        if previous != target and not module.check_mode:
            switch(home, link, target, params["gateway"], params["ready"], params["timeout"])
    except (SupervisionError, OSError) as error:
        module.fail_json(msg=f"cannot hand over to another LiteLLM: {error}")
    module.exit_json(changed=previous != target, previous=previous or "")


if __name__ == "__main__":
    main()
