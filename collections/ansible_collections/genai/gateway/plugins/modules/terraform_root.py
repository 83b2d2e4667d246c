#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Applies or destroys one root module of Terraform."""

from __future__ import annotations

DOCUMENTATION = """
module: terraform_root
short_description: Apply or destroy one root module of Terraform
description:
  - Plans, and applies exactly that plan. The values of variables pass through a file that only this user can read and
    that is gone afterwards, never through arguments.
  - When the run is interrupted, Terraform is asked once to stop, finishes what it is doing, writes its state and
    releases its lock.
  - What AWS was still making then is waited for and kept by the next run, and what it made unknown to the state is
    taken over, where it carries the tags that it is to have.
author: genai-gateway developers (@genai-gateway)
options:
  tree:
    description: Directory of Terraform's code, whose parts may refer to each other.
    type: path
    required: true
  root:
    description: Directory of the root module in O(tree), such as V(platforms/ecs).
    type: str
    required: true
  state:
    description: Whether what the root module describes is there; V(read) only reads its outputs.
    type: str
    choices: [present, absent, read]
    default: present
  data_dir:
    description: Directory for Terraform's own files. One for each deployment and root.
    type: path
    required: true
  backend:
    description:
      - Settings of the S3 backend. Without any, and in check mode only, the plan is made as if nothing were there.
    type: dict
    default: {}
  variables:
    description: Values of the root module's variables. Not for secrets, which would be in the state.
    type: dict
    default: {}
  targets:
    description: Resources to which it is limited, with what they depend on or what depends on them.
    type: list
    elements: str
    default: []
  only_existing:
    description: Whether only what is there already is changed, and nothing is made.
    type: bool
    default: false
  allowed_changes:
    description:
      - Patterns of Python's regular expressions. A plan that changes a resource whose address none of them matches
        from its beginning is refused, and nothing is applied. Without any, everything is allowed.
    type: list
    elements: str
    default: []
  keep_outputs:
    description: Outputs from before to return when it fails, so that what was there is known.
    type: list
    elements: str
    default: []
  parallelism:
    description: How many operations run at the same time.
    type: int
    default: 10
  lock_timeout:
    description: How long to wait for the lock of the state, in seconds.
    type: int
    default: 60
  unlock_hint:
    description: What to say of how to release a lock that nobody holds any more; C({id}) stands for the lock's id.
    type: str
    default: terraform force-unlock {id}
  force_unlock:
    description: Id of a lock of the state to release first.
    type: str
attributes:
  check_mode:
    description: Plans only.
    support: full
  diff_mode:
    description: Shows the plan as Terraform does, without sensitive values.
    support: full
"""

EXAMPLES = """
- name: Apply the foundation
  genai.gateway.terraform_root:
    tree: "{{ lookup('genai.gateway.checkout', 'terraform') }}"
    root: foundation
    data_dir: ~/.cache/genai-gateway/foundation
    backend:
      bucket: genai-gateway-state-111122223333-us-east-1
      key: foundation.tfstate
      region: us-east-1
      use_lockfile: "true"
    variables:
      aws_region: us-east-1
"""

RETURN = """
outputs:
  description: The outputs that are not sensitive, by name; in check mode those of before.
  type: dict
  returned: success
outputs_before:
  description: The outputs as they were before; on failure, those of O(keep_outputs) that could be read.
  type: dict
  returned: always
summary:
  description: What was, or would be, changed.
  type: str
  returned: success
  sample: 3 to create, 1 to update
actions:
  description: create, update, delete, replace, forget, import or move, by the address of a resource.
  type: dict
  returned: success
"""

import re
import signal
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.aws_client import AwsError
from ansible_collections.genai.gateway.plugins.module_utils.terraform_process import (
    InterruptedRunError,
    Terraform,
    TerraformError,
)
from ansible_collections.genai.gateway.plugins.module_utils.terraform_root import Plan, Request, Stack, opened

ARGUMENTS = {
    "tree": {"type": "path", "required": True},
    "root": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent", "read"], "default": "present"},
    "data_dir": {"type": "path", "required": True},
    "backend": {"type": "dict", "default": {}},
    "variables": {"type": "dict", "default": {}},
    "targets": {"type": "list", "elements": "str", "default": []},
    "only_existing": {"type": "bool", "default": False},
    "allowed_changes": {"type": "list", "elements": "str", "default": []},
    "keep_outputs": {"type": "list", "elements": "str", "default": []},
    "parallelism": {"type": "int", "default": 10},
    "lock_timeout": {"type": "int", "default": 60},
    "unlock_hint": {"type": "str", "default": "terraform force-unlock {id}"},
    "force_unlock": {"type": "str"},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    if not params["backend"] and not module.check_mode and params["state"] != "read":
        module.fail_json(msg="backend is needed: without one, only check mode works")
    terraform = Terraform(Path(), {}, params["unlock_hint"], module.get_bin_path("terraform", required=True))
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, terraform.interrupt)
    before: dict[str, Any] = {}
    try:
        with opened(terraform, _request(params, lock=not module.check_mode)) as stack:
            if not module.check_mode:
                stack.take_up()
            before = stack.outputs()
            module.exit_json(outputs_before=before, **_bring_to_state(module, stack, before))
    except (AwsError, TerraformError, OSError) as error:
        kept = {name: value for name, value in before.items() if name in params["keep_outputs"]}
        module.fail_json(msg=str(error), outputs_before=kept)


def _request(params: dict[str, Any], *, lock: bool) -> Request:
    return Request(
        tree=Path(params["tree"]),
        root=params["root"],
        data=Path(params["data_dir"]),
        backend=params["backend"],
        variables=params["variables"],
        destroy=params["state"] == "absent",
        targets=params["targets"],
        only_existing=params["only_existing"],
        parallelism=params["parallelism"],
        lock_timeout=params["lock_timeout"],
        lock=lock,
    )


def _bring_to_state(module: AnsibleModule, stack: Stack, before: dict[str, Any]) -> dict[str, Any]:
    params = module.params
    if params["state"] == "read":
        return {"changed": False, "outputs": before, "summary": "", "actions": {}}
    if params["force_unlock"] and not module.check_mode:
        # The id may be of another root's lock; whoever holds this one is told of by the plan.
        stack.terraform.run("force-unlock", "-force", params["force_unlock"], good=(0, 1))
    plan = stack.plan()
    if not module.check_mode:
        plan = stack.plan() if stack.keep_unfinished(plan) else plan
    _refuse(plan, params["allowed_changes"])
    if plan.changes and not module.check_mode:
        plan = apply(stack, plan, params["allowed_changes"])
    result = {"changed": plan.changes, "summary": plan.summary, "actions": plan.actions, "outputs": stack.outputs()}
    if module._diff:
        result["diff"] = {"prepared": plan.text}
    return result


def apply(stack: Stack, plan: Plan, allowed: list[str]) -> Plan:
    """Do what was planned, with what a cut-off run has made of it. What was done in the end. Raises TerraformError."""
    try:
        stack.apply()
    except TerraformError as error:
        try:
            again = stack.take_over(plan, str(error))
        except InterruptedRunError:
            raise
        except (AwsError, TerraformError):  # it cannot be looked at: what Terraform said first tells more
            again = None
        if again is None:
            raise
        _refuse(again, allowed)
        stack.apply()
        return again
    return plan


def _refuse(plan: Plan, allowed: list[str]) -> None:
    others = [address for address in plan.actions if not any(re.match(pattern, address) for pattern in allowed)]
    if allowed and others:
        raise TerraformError(
            f"More would change than was asked for: {', '.join(sorted(others))}. "
            "Run deploy.yml, which changes everything that differs."
        )


if __name__ == "__main__":
    main()
