#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Tells everything that keeps a deploy on AWS from succeeding."""

from __future__ import annotations

DOCUMENTATION = """
module: aws_preflight
short_description: Tell everything that keeps a deploy on AWS from succeeding
description:
  - Checks tools, credentials, region, quotas, certificates, hosted zone, VPC, cluster, keys and issuer, and fails with
    all faults at once, each with its mend. With O(models), it checks the access to those instead.
  - What cannot be known, because a permission is missing that a deploy does not need, is a warning.
  - Changes nothing.
author: genai-gateway developers (@genai-gateway)
options:
  platform:
    description: The platform.
    type: str
    choices: [ECS, EKS]
    required: true
  terraform:
    description: The directory of Terraform's code, whose rules for values are checked.
    type: path
    required: true
  variables:
    description: What the inventory says of the variables of the platform's root module.
    type: dict
    required: true
  foundation_variables:
    description: What the inventory says of the variables of the foundation.
    type: dict
    default: {}
  profile:
    description: The profile of AWS's configuration. Empty takes the environment's credentials.
    type: str
    default: ""
  provider_keys:
    description: The keys of model providers by their names. Without it, somebody else writes the secret.
    type: dict
  builds_images:
    description: Whether images will be built here.
    type: bool
    default: true
  image_builder:
    description: What builds them.
    type: str
    choices: [auto, buildah, docker]
    default: auto
  credentials_minutes:
    description: How long the credentials have to last.
    type: int
    default: 60
  timeout:
    description: How many seconds AWS and the issuer have to answer.
    type: int
    default: 10
  models:
    description: Models of Bedrock in LiteLLM's configuration. When they are given, only they are checked.
    type: list
    elements: dict
    suboptions:
      name:
        description: The C(model_name).
        type: str
        required: true
      model:
        description: The C(model) of C(litellm_params).
        type: str
        required: true
      region:
        description: Its C(aws_region_name).
        type: str
        default: ""
attributes:
  check_mode:
    description: Changes nothing in any mode.
    support: full
"""

EXAMPLES = """
- name: Check a deploy on ECS
  genai.gateway.aws_preflight:
    platform: ECS
    terraform: /srv/genai-gateway/terraform
    variables: {aws_region: us-east-1, exposure: cloudfront}
"""

RETURN = """
faults:
  description: What is in the way, each with its mend.
  type: list
  elements: str
  returned: always
account:
  description: The account of AWS; empty where it is not known.
  type: str
  returned: always
arn:
  description: Who asks.
  type: str
  returned: always
credentials_expire:
  description: When the credentials end, in ISO 8601; empty where they do not, or it is not known.
  type: str
  returned: always
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight import Report, inspect, inspect_models
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_account import BotoAccount
from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Model, Request

MODEL = {
    "name": {"type": "str", "required": True},
    "model": {"type": "str", "required": True},
    "region": {"type": "str", "default": ""},
}
ARGUMENTS = {
    "platform": {"type": "str", "choices": ["ECS", "EKS"], "required": True},
    "terraform": {"type": "path", "required": True},
    "variables": {"type": "dict", "required": True},
    "foundation_variables": {"type": "dict", "default": {}},
    "profile": {"type": "str", "default": ""},
    "provider_keys": {"type": "dict", "no_log": True},
    "builds_images": {"type": "bool", "default": True},
    "image_builder": {"type": "str", "choices": ["auto", "buildah", "docker"], "default": "auto"},
    "credentials_minutes": {"type": "int", "default": 60},
    "timeout": {"type": "int", "default": 10},
    "models": {"type": "list", "elements": "dict", "options": MODEL},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    report = look(module.params)
    for text in report.warnings:
        module.warn(text)
    result = {"faults": report.faults, **_caller(report)}
    if report.faults:
        lines = "".join(f"\n  - {fault}" for fault in report.faults)
        note = f"\n{report.unchecked}" if report.unchecked else ""
        module.fail_json(msg=f"The deploy would fail, and nothing was changed:{lines}{note}", **result)
    module.exit_json(changed=False, **result)


def look(params: dict[str, Any]) -> Report:
    """What the parameters ask for."""
    names = ("platform", "terraform", "variables", "foundation_variables", "profile", "provider_keys", "builds_images",
             "image_builder", "credentials_minutes", "timeout")  # fmt: skip
    models = [Model(**model) for model in params["models"] or []]
    account = BotoAccount(params["profile"], params["timeout"])
    request = Request(account=account, models=models, **{name: params[name] for name in names})
    return inspect(request) if params["models"] is None else inspect_models(request)


def _caller(report: Report) -> dict[str, str]:
    caller = report.caller
    expires = caller.expires.isoformat() if caller and caller.expires else ""
    return {
        "account": caller.account if caller else "",
        "arn": caller.arn if caller else "",
        "credentials_expire": expires,
    }


if __name__ == "__main__":
    main()
