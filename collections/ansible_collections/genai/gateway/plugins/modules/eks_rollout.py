#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Waits until a Deployment is rolled out, or returns it to the version before."""

from __future__ import annotations

DOCUMENTATION = """
module: eks_rollout
short_description: Wait until a Deployment is rolled out, and return to the version before when it is not
description:
  - Watches a Deployment until all of its replicas are new and ready. Fails at once where waiting is in vain, as when a
    container crashes again and again, and after O(patience) where it mostly is, as when an image cannot be pulled.
  - Then explains the failure with the states of the containers, how they ended, their last lines, and the pods' events;
    and gives the Deployment the template of O(return_to) again, by server-side apply, and waits for that.
  - Whether it came to a good end is said by RV(outcome); the module itself fails only when the cluster does not answer.
author: genai-gateway developers (@genai-gateway)
options:
  kubeconfig:
    description: The kubeconfig of the cluster.
    type: path
    required: true
  namespace:
    description: Namespace of the Deployment.
    type: str
    required: true
  name:
    description: Name of the Deployment.
    type: str
    required: true
  return_to:
    description: Name of the ReplicaSet to return to on failure. Empty to leave the Deployment as it is.
    type: str
    default: ""
  timeout:
    description: How long a rollout may take, and the way back, in seconds each.
    type: float
    default: 900
  interval:
    description: How often the Deployment is looked at, in seconds.
    type: float
    default: 2
  patience:
    description:
      - How long a container may wait in vain for its image, its Secret or its start before that counts as a failure, in
        seconds. A registry or a node may be late.
    type: float
    default: 90
  field_manager:
    description: The field manager of who applies the Deployment; in its name the template before is applied again.
    type: str
    default: genai-gateway
requirements:
  - the Python package kubernetes
attributes:
  check_mode:
    description: Waits for nothing.
    support: full
"""

EXAMPLES = """
- name: Wait for the new replicas
  genai.gateway.eks_rollout:
    kubeconfig: /tmp/eks-1/kubeconfig
    namespace: genai-gateway
    name: gateway
    return_to: gateway-6d4cf56db6
  register: rollout
"""

RETURN = """
outcome:
  description: V(complete), V(returned) when the version before serves again, V(failed), or V(skipped) in check mode.
  type: str
  returned: success
explanation:
  description: What was seen; on failure why, in lines to read.
  type: str
  returned: success
revision:
  description: Revision of the Deployment that then is there.
  type: int
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.genai.gateway.plugins.module_utils.eks_deployment import Deployment, Watch
from ansible_collections.genai.gateway.plugins.module_utils.kubernetes_api import Api

try:
    import kubernetes
    import kubernetes.dynamic

    FOUND = True
except ImportError:
    FOUND = False

ARGUMENTS = {
    "kubeconfig": {"type": "path", "required": True},
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "return_to": {"type": "str", "default": ""},
    "timeout": {"type": "float", "default": 900},
    "interval": {"type": "float", "default": 2},
    "patience": {"type": "float", "default": 90},
    "field_manager": {"type": "str", "default": "genai-gateway"},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if not FOUND:
        module.fail_json(msg=missing_required_lib("kubernetes"))
    params = module.params
    if module.check_mode:
        module.exit_json(changed=False, outcome="skipped", explanation="", revision=0)
    try:
        api = Api.connect(kubernetes, params["kubeconfig"])
        watch = Watch(params["interval"], params["timeout"], params["patience"])
        deployment = Deployment(api, params["namespace"], params["name"], params["field_manager"], watch)
        ended = deployment.roll_out(params["return_to"])
    except Exception as error:  # of the client, of its transport, or of the command that makes tokens
        module.fail_json(msg=f"cannot watch the Deployment {params['name']}: {error}")
    module.exit_json(
        changed=ended.outcome == "returned",
        outcome=ended.outcome,
        explanation=ended.explanation,
        revision=ended.revision,
    )


if __name__ == "__main__":
    main()
