#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Says why the new tasks of an ECS service did not become healthy."""

from __future__ import annotations

DOCUMENTATION = """
module: ecs_failure
short_description: Why the new tasks of an ECS service did not become healthy
description:
  - Gathers what stopped tasks, their logs and the service's events say. Changes nothing.
author: genai-gateway developers (@genai-gateway)
options:
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  service:
    description: Name of the service.
    type: str
    required: true
  since:
    description: Only what happened after this is told; a time such as V(2026-01-01T00:00:00), which is UTC.
    type: str
    required: true
  region:
    description: The AWS region.
    type: str
    required: true
attributes:
  check_mode:
    description: Reads as otherwise.
    support: full
"""

EXAMPLES = """
- name: Find out why
  genai.gateway.ecs_failure:
    cluster: genai-gateway
    service: genai-gateway
    since: "2026-01-01T00:00:00+00:00"
    region: us-east-1
"""

RETURN = """
found:
  description: Whether there is such a service.
  type: bool
  returned: success
serving:
  description: Whether any of its tasks runs.
  type: bool
  returned: success
reasons:
  description: What was said, the most telling first.
  type: list
  elements: str
  returned: success
"""

from dataclasses import asdict
from datetime import UTC, datetime

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError, client, refusals
from ansible_collections.genai.gateway.plugins.module_utils.ecs_failure import explain

ARGUMENTS = {
    "cluster": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "since": {"type": "str", "required": True},
    "region": {"type": "str", "required": True},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    try:
        since = datetime.fromisoformat(params["since"])
    except ValueError:
        module.fail_json(msg=f"since is a time such as 2026-01-01T00:00:00, not {params['since']}")
    since = since.replace(tzinfo=since.tzinfo or UTC)
    try:
        with refusals("read what the service says"):
            failure = explain(
                lambda service: client(service, params["region"]), params["cluster"], params["service"], since
            )
    except AwsError as error:
        module.fail_json(msg=str(error))
    said = {"found": False} if failure is None else {"found": True, **asdict(failure)}
    module.exit_json(changed=False, **{"serving": False, "reasons": []} | said)


if __name__ == "__main__":
    main()
