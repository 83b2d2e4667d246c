#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Puts a configuration into its bucket, and shows what differs from the one that is deployed."""

from __future__ import annotations

DOCUMENTATION = """
module: config_upload
short_description: Put a configuration into its bucket
description:
  - Writes texts below a prefix of a bucket, as far as they are not there. They are encrypted as the bucket says.
  - The texts are compared, not their ETags, which say nothing of an object that KMS encrypts.
  - With C(--diff), shows what differs from the configuration that is deployed.
author: genai-gateway developers (@genai-gateway)
options:
  bucket:
    description: The bucket. In check mode it may be missing.
    type: str
    required: true
  prefix:
    description: The prefix, with a digest of the texts, so that another configuration has another one.
    type: str
    required: true
  files:
    description: The texts, by the names of their files. They hold no secrets.
    type: dict
    required: true
  current_prefix:
    description: The prefix of the configuration that is deployed.
    type: str
    default: ""
  region:
    description: The region of the bucket. Without it, that of the environment.
    type: str
  profile:
    description: The profile of AWS's configuration to use. Without it, what boto3 finds.
    type: str
requirements:
  - boto3
attributes:
  check_mode:
    description: Says which files would be written.
    support: full
  diff_mode:
    description: Shows the differences from O(current_prefix).
    support: full
"""

EXAMPLES = """
- name: Put LiteLLM's configuration into the bucket
  genai.gateway.config_upload:
    bucket: genai-gateway-config-111122223333-us-east-1
    prefix: "config/{{ litellm_config.digest }}"
    files: "{{ litellm_config.files }}"
"""

RETURN = """
written:
  description: Names of the files that were not there.
  type: list
  elements: str
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.config_objects import (
    BucketError,
    ConfigObjects,
    differences,
    upload,
)

ARGUMENTS = {
    "bucket": {"type": "str", "required": True},
    "prefix": {"type": "str", "required": True},
    "files": {"type": "dict", "required": True},
    "current_prefix": {"type": "str", "default": ""},
    "region": {"type": "str"},
    "profile": {"type": "str"},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError:
        module.fail_json(msg="the Python package boto3 is not installed beside this interpreter: run `make up`")
    params = module.params
    bucket, prefix, files = params["bucket"], params["prefix"], params["files"]
    try:
        session = boto3.Session(profile_name=params["profile"] or None, region_name=params["region"] or None)
        objects = ConfigObjects(session.client("s3"), bucket)
        shown = []
        if module._diff:
            shown = differences(objects, params["current_prefix"], prefix, files, check_mode=module.check_mode)
        written = upload(objects, prefix, files, check_mode=module.check_mode)
    except (BucketError, BotoCoreError) as error:
        module.fail_json(msg=f"the configuration was not uploaded: {error}")
    module.exit_json(changed=bool(written), written=written, diff=shown)


if __name__ == "__main__":
    main()
