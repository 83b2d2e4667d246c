#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Looks at what there is of a deployment in a cluster."""

from __future__ import annotations

DOCUMENTATION = """
module: workload_state
short_description: Look at what there is of a deployment in a Kubernetes cluster
description:
  - Looks for the namespace, the versions and all objects of a deployment, at once. Changes nothing.
author: genai-gateway developers (@genai-gateway)
options:
  kubeconfig:
    description: The kubeconfig of the cluster.
    type: path
    required: true
  namespace:
    description: Namespace of the deployment, which its objects bear as the label C(app.kubernetes.io/instance), too.
    type: str
    required: true
  name:
    description: Name of its Deployment.
    type: str
    required: true
requirements:
  - the Python package kubernetes
attributes:
  check_mode:
    description: Does the same.
    support: full
"""

EXAMPLES = """
- name: See what is there
  genai.gateway.workload_state:
    kubeconfig: /tmp/eks-1/kubeconfig
    namespace: genai-gateway
    name: gateway
  register: state
"""

RETURN = """
namespace:
  description: Whether the namespace is there.
  type: bool
  returned: success
owned:
  description: Whether the namespace is the deployment's own.
  type: bool
  returned: success
bindings:
  description: The API versions in which the cluster has TargetGroupBindings.
  type: list
  elements: str
  returned: success
replica_sets:
  description: The ReplicaSets of the Deployment.
  type: list
  elements: dict
  returned: success
serving:
  description: Name of the newest of them with replicas that are available, or an empty text.
  type: str
  returned: success
images:
  description: Images of C(gateway) and C(litellm) of that one, or of the newest where none is available.
  type: dict
  returned: success
objects:
  description: References to the objects, in the order in which they are to be taken away.
  type: list
  elements: dict
  returned: success
"""

from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.genai.gateway.plugins.module_utils.eks_objects import (
    images_in_use,
    serving_replica_set,
)
from ansible_collections.genai.gateway.plugins.module_utils.kubernetes_api import Api
from ansible_collections.genai.gateway.plugins.module_utils.workload_state import look

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
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if not FOUND:
        module.fail_json(msg=missing_required_lib("kubernetes"))
    params = module.params
    try:
        state = look(Api.connect(kubernetes, params["kubeconfig"]), params["namespace"], params["name"])
    except Exception as error:  # of the client, of its transport, or of the command that makes tokens
        module.fail_json(msg=f"cannot look into the cluster: {error}")
    versions = state.replica_sets
    module.exit_json(
        changed=False,
        serving=serving_replica_set(versions),
        images=images_in_use(versions),
        **asdict(state),
    )


if __name__ == "__main__":
    main()
