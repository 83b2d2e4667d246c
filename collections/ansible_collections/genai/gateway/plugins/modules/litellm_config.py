#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Renders LiteLLM's configuration from its layers, and validates it."""

from __future__ import annotations

DOCUMENTATION = """
module: litellm_config
short_description: Render and validate LiteLLM's configuration
description:
  - Lays C(base.yaml), C(regions/<region>.yaml), the settings of the request log and the operator's overlay over each
    other, checks the result, and has the installed LiteLLM load it, without network and without secrets.
  - Fails with all faults at once, each with its place and what to do. Changes nothing.
  - Models of the first two that the deployment cannot use are left out, unless the overlay names them.
author: genai-gateway developers (@genai-gateway)
options:
  directory:
    description: Where C(base.yaml), C(regions/) and C(litellm.schema.json) lie.
    type: path
    required: true
  region:
    description: The region whose models of Bedrock are offered. One without a file has none.
    type: str
    required: true
  overlay:
    description: The operator's overlay, a path or a mapping.
    type: raw
  provided:
    description: Names of the variables that LiteLLM gets.
    type: list
    elements: str
    default: []
  environment_values:
    description: Those variables that are no secrets, with their values, which the loading LiteLLM gets.
    type: dict
    default: {}
  isolated:
    description: Whether the deployment is without outbound network.
    type: bool
    default: false
  bedrock_models:
    description: Models of Bedrock that the workload may invoke, as patterns. Empty, they are not checked.
    type: list
    elements: str
    default: []
  bedrock_regions:
    description: Regions in which the workload may use Bedrock. Empty, they are not checked.
    type: list
    elements: str
    default: []
  request_log:
    description: Where logs of requests go.
    type: dict
    default: {}
    suboptions:
      bucket:
        description: A bucket, below C(litellm/). Empty, none.
        type: str
        default: ""
      region:
        description: The region of the bucket.
        type: str
        default: ""
      callbacks:
        description: Names of other callbacks of LiteLLM.
        type: list
        elements: str
        default: []
  access_policy:
    description: A file with the access policy, which is checked and becomes part of the digest.
    type: path
  python:
    description: The interpreter that has LiteLLM and the gateway.
    type: path
    required: true
  program:
    description: The program that has LiteLLM load the configuration. Without it, LiteLLM is not asked.
    type: path
attributes:
  check_mode:
    description: Changes nothing in any mode.
    support: full
"""

EXAMPLES = """
- name: Render LiteLLM's configuration
  genai.gateway.litellm_config:
    directory: "{{ lookup('genai.gateway.checkout', 'config') }}"
    region: eu-west-1
    overlay: "{{ inventory_dir }}/litellm.yaml"
    provided: [LITELLM_MASTER_KEY, OPENAI_API_KEY]
    python: "{{ ansible_playbook_python }}"
  register: __config
"""

RETURN = """
text:
  description: LiteLLM's configuration.
  type: str
  returned: success
files:
  description: The texts to upload, by their names.
  type: dict
  returned: success
digest:
  description: 16 hexadecimal digits for O(ignore:files).
  type: str
  returned: success
environment:
  description: Names of the variables that the configuration reads.
  type: list
  elements: str
  returned: success
left_out:
  description: Names of the models that the deployment cannot use, by the reason.
  type: dict
  returned: success
litellm_version:
  description: The version of the LiteLLM that loaded it; empty where none was asked.
  type: str
  returned: success
faults:
  description: What is wrong, one sentence each.
  type: list
  elements: str
  returned: failure
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.access_policy_check import check_policy
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_callbacks import RequestLog
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_layers import read_layer, read_overlay
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_loading import load
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_render import digest, render
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_surroundings import Surroundings

NAMES: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "region": {"type": "str", "required": True},
    "overlay": {"type": "raw"},
    "provided": NAMES,
    "environment_values": {"type": "dict", "default": {}},
    "isolated": {"type": "bool", "default": False},
    "bedrock_models": NAMES,
    "bedrock_regions": NAMES,
    "request_log": {
        "type": "dict",
        "default": {},
        "options": {
            "bucket": {"type": "str", "default": ""},
            "region": {"type": "str", "default": ""},
            "callbacks": NAMES,
        },
    },
    "access_policy": {"type": "path"},
    "python": {"type": "path", "required": True},
    "program": {"type": "path"},
}


def run(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the module answers. Raises ConfigError."""
    directory = Path(params["directory"])
    region_file = directory / "regions" / f"{params['region']}.yaml"
    log = params["request_log"] or {}
    request_log = RequestLog(
        bucket=log.get("bucket") or "", region=log.get("region") or "", others=log.get("callbacks") or ()
    )
    faults, policy = check_policy(params["python"], params["access_policy"])
    layers = [read_layer(directory / "base.yaml"), *([read_layer(region_file)] if region_file.exists() else [])]
    surroundings = Surroundings(
        provided=frozenset(params["provided"]),
        isolated=params["isolated"],
        bedrock_models=params["bedrock_models"],
        bedrock_regions=params["bedrock_regions"],
    )
    schema = json.loads((directory / "litellm.schema.json").read_text(encoding="utf-8"))
    try:
        rendered = render([*layers, request_log.layer()], read_overlay(params["overlay"]), schema, surroundings)
        version = ""
        if params["program"]:
            program, values = Path(params["program"]), params["environment_values"]
            version = load(params["python"], program, rendered.text, params["provided"], values)
    except ConfigError as error:
        raise ConfigError([*error.faults, *faults]) from None
    if faults:
        raise ConfigError(faults)
    files = {"litellm.yaml": rendered.text, **({"access-policy.yaml": policy} if policy is not None else {})}
    return {
        "text": rendered.text,
        "files": files,
        "digest": digest(files),
        "environment": list(rendered.environment),
        "left_out": _by_reason(rendered.left_out),
        "litellm_version": version,
    }


def _by_reason(left_out: Mapping[str, str]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        reasons.setdefault(reason, []).append(name)
    return reasons


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    try:
        answer = run(module.params)
    except ConfigError as error:
        told = [str(fault) for fault in error.faults]
        lines = "".join(f"\n  - {each}" for each in told)
        module.fail_json(msg=f"LiteLLM's configuration is faulty, and nothing was uploaded:{lines}", faults=told)
    module.exit_json(changed=False, **answer)


if __name__ == "__main__":
    main()
