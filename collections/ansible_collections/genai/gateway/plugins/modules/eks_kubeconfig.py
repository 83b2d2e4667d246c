#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Writes a temporary kubeconfig for an EKS cluster."""

from __future__ import annotations

DOCUMENTATION = """
module: eks_kubeconfig
short_description: Write a temporary kubeconfig for an EKS cluster
description:
  - Asks EKS where the cluster is, and writes a kubeconfig that nobody but its owner can read, into a new directory.
  - The kubeconfig has no token in it, but the command that prints one. Delete the directory when you are done.
  - A cluster that there is not is no error. RV(exists) says so.
author: genai-gateway developers (@genai-gateway)
options:
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  region:
    description: AWS region of the cluster.
    type: str
    required: true
  profile:
    description: Profile of AWS's configuration whose credentials are used. Empty for those of the environment.
    type: str
    default: ""
  token_script:
    description: The program that prints a token; it is run by the interpreter that runs the module.
    type: path
    required: true
requirements:
  - the Python package boto3
attributes:
  check_mode:
    description: Does the same, as reading the cluster needs it.
    support: full
"""

EXAMPLES = """
- name: Reach the cluster
  genai.gateway.eks_kubeconfig:
    cluster: genai-gateway
    region: us-east-1
    token_script: "{{ role_path }}/files/eks_token.py"
  register: cluster
"""

RETURN = """
exists:
  description: Whether there is such a cluster.
  type: bool
  returned: success
kubeconfig:
  description: Path of the kubeconfig.
  type: str
  returned: when there is such a cluster
endpoint:
  description: Address of the Kubernetes API.
  type: str
  returned: when there is such a cluster
version:
  description: Version of Kubernetes.
  type: str
  returned: when there is such a cluster
"""

import sys

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.genai.gateway.plugins.module_utils.eks_cluster import (
    ClusterError,
    check,
    kubeconfig,
    write,
)

try:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    boto3 = None

ARGUMENTS = {
    "cluster": {"type": "str", "required": True},
    "region": {"type": "str", "required": True},
    "profile": {"type": "str", "default": ""},
    # Not a secret, whatever its name.
    "token_script": {"type": "path", "required": True, "no_log": False},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if boto3 is None:
        module.fail_json(msg=missing_required_lib("boto3"))
    params = module.params
    name, region, profile = params["cluster"], params["region"], params["profile"] or None
    command = [sys.executable, params["token_script"], "--cluster", name, "--region", region]
    command += ["--profile", profile] if profile else []
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        cluster = session.client("eks").describe_cluster(name=name)["cluster"]
        check(cluster)
        path = write(kubeconfig(cluster, command))
    except ClusterError as error:
        module.fail_json(msg=str(error))
    except (BotoCoreError, ClientError, OSError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == "ResourceNotFoundException":
            module.exit_json(changed=False, exists=False)
        module.fail_json(msg=f"cannot reach the EKS cluster {name} in {region}: {error}")
    found = {"kubeconfig": str(path), "endpoint": cluster["endpoint"], "version": cluster["version"]}
    module.exit_json(changed=False, exists=True, **found)


if __name__ == "__main__":
    main()
