#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Keeps the keys of model providers in a secret of Secrets Manager."""

from __future__ import annotations

DOCUMENTATION = """
module: provider_keys
short_description: Keep the keys of model providers in a secret of Secrets Manager
description:
  - Makes the secret hold exactly the given keys, or only reads which there are. Values are never returned or shown.
author: genai-gateway developers (@genai-gateway)
options:
  secret:
    description: ARN or name of the secret.
    type: str
    required: true
  keys:
    description: Values by the name of the environment variable. Without it, nothing is written.
    type: dict
  region:
    description: The AWS region.
    type: str
    required: true
attributes:
  check_mode:
    description: Says what would change.
    support: full
  diff_mode:
    description: Shows the names of the keys, not their values.
    support: full
"""

EXAMPLES = """
- name: Keep the providers' keys
  genai.gateway.provider_keys:
    secret: arn:aws:secretsmanager:us-east-1:111122223333:secret:genai-gateway/provider-keys-1
    keys: "{{ provider_keys }}"
    region: us-east-1
"""

RETURN = """
names:
  description: Names of the keys that the secret holds.
  type: list
  elements: str
  returned: success
version:
  description: Id of the secret's version; empty while there is none.
  type: str
  returned: success
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError, client, refusals
from ansible_collections.genai.gateway.plugins.module_utils.provider_keys import (
    Difference,
    ProviderKeysError,
    check_keys,
    compare,
    read,
    write,
)

ARGUMENTS = {
    "secret": {"type": "str", "required": True, "no_log": False},
    "keys": {"type": "dict", "no_log": True},
    "region": {"type": "str", "required": True},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    try:
        with refusals("read and write the providers' keys"):
            module.exit_json(**_keep(module))
    except (ProviderKeysError, AwsError) as error:
        module.fail_json(msg=str(error))


def _keep(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    manager = client("secretsmanager", params["region"])
    kept = read(manager, params["secret"])
    had = kept.keys if kept else {}
    wanted = had if params["keys"] is None else check_keys(params["keys"])
    difference = compare(had, wanted)
    version = kept.version if kept else ""
    if difference and not module.check_mode:
        version = write(manager, params["secret"], wanted, kept)
    result = {"changed": bool(difference), "names": sorted(wanted), "version": version}
    if module._diff and difference:
        result["diff"] = {"prepared": _shown(difference)}
    return result


def _shown(difference: Difference) -> str:
    lines = [f"+ {name}" for name in difference.added]
    lines += [f"~ {name} (another value)" for name in difference.changed]
    lines += [f"- {name}" for name in difference.removed]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
