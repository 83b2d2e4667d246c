#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Reads the secrets of containers out of Secrets Manager."""

from __future__ import annotations

DOCUMENTATION = """
module: container_secrets
short_description: Read the secrets of containers out of AWS Secrets Manager
description:
  - Reads each secret once, and returns the data of one Kubernetes Secret for each container, with its name.
  - The name has a keyed digest of the data. Changes nothing. Use it with C(no_log).
author: genai-gateway developers (@genai-gateway)
options:
  references:
    description:
      - By container and variable, where the value is, as C(ARN:key:stage:version); the last three may be empty.
    type: dict
    required: true
  name:
    description: What the names of the Secrets begin with.
    type: str
    required: true
  keyed_by:
    description: Container and variable of the value that keys the digest, such as V(litellm.LITELLM_SALT_KEY).
    type: str
    default: litellm.LITELLM_SALT_KEY
  region:
    description: AWS region of the secrets.
    type: str
    required: true
  profile:
    description: Profile of AWS's configuration whose credentials are used. Empty for those of the environment.
    type: str
    default: ""
requirements:
  - the Python package boto3
attributes:
  check_mode:
    description: Does the same.
    support: full
"""

EXAMPLES = """
- name: Read the secrets of the containers
  genai.gateway.container_secrets:
    references:
      litellm:
        LITELLM_SALT_KEY: arn:aws:secretsmanager:us-east-1:111122223333:secret:salt-key:::1f0c
        OPENAI_API_KEY: "arn:aws:secretsmanager:us-east-1:111122223333:secret:provider-keys:OPENAI_API_KEY::"
    name: gateway
    region: us-east-1
  register: secrets
  no_log: true
"""

RETURN = """
secrets:
  description: By container C(name) and C(data), the latter in base64.
  type: dict
  returned: success
names:
  description: By container the name alone.
  type: dict
  returned: success
"""

from collections.abc import Mapping

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.genai.gateway.plugins.module_utils.container_secrets import SecretError, read, secrets

try:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    boto3 = None

ARGUMENTS = {
    # Where secrets are, and no secret; nor is the name of a variable.
    "references": {"type": "dict", "required": True, "no_log": False},
    "name": {"type": "str", "required": True},
    "keyed_by": {"type": "str", "default": "litellm.LITELLM_SALT_KEY", "no_log": False},
    "region": {"type": "str", "required": True},
    "profile": {"type": "str", "default": ""},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if boto3 is None:
        module.fail_json(msg=missing_required_lib("boto3"))
    params = module.params
    container, _, variable = params["keyed_by"].partition(".")
    try:
        session = boto3.Session(profile_name=params["profile"] or None, region_name=params["region"])
        client = session.client("secretsmanager")

        def fetch(query: Mapping[str, str]) -> str:
            try:
                return str(client.get_secret_value(**query)["SecretString"])
            except ClientError as error:
                raise SecretError(f"cannot read the secret {query['SecretId']}: {error}") from error

        found = secrets(read(params["references"], fetch), params["name"], (container, variable))
    except (SecretError, BotoCoreError) as error:
        module.fail_json(msg=str(error))
    names = {container: secret["name"] for container, secret in found.items()}
    module.exit_json(changed=False, secrets=found, names=names)


if __name__ == "__main__":
    main()
