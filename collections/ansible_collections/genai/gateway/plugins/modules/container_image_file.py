#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Has a file of an image of a registry on this machine."""

from __future__ import annotations

DOCUMENTATION = """
module: container_image_file
short_description: Have a file of a container image on this machine
description:
  - Reads a file out of the layers that a registry has of an image. No container and no program for them is needed.
  - Where O(dest) is there already, nothing is read, as an image by its digest never changes. Name it after the image.
  - For a registry of Amazon ECR, a login is asked for with the caller's own credentials.
author: genai-gateway developers (@genai-gateway)
options:
  image:
    description: The image, with its digest or a tag.
    type: str
    required: true
  path:
    description: The file in the image, from its root.
    type: str
    required: true
  dest:
    description: Where it is to be here. The directory must be there.
    type: path
    required: true
  platform:
    description: Which of an image for several platforms is read.
    type: str
    choices: [linux/amd64, linux/arm64]
    required: true
  address:
    description: Where the registry is reached, as host:port, when not at its own name, as through a tunnel.
    type: str
    default: ""
  tls_verify:
    description: Whether the registry must have a certificate that is trusted.
    type: bool
    default: true
  aws_profile:
    description: The profile of AWS's configuration whose credentials ask ECR for a login.
    type: str
    default: ""
attributes:
  check_mode:
    description: Says whether the file would be read.
    support: full
"""

EXAMPLES = """
- name: Keep the list of what is in the gateway's image
  genai.gateway.container_image_file:
    image: "{{ container_images.gateway }}"
    path: /usr/share/sbom/gateway.cdx.json
    dest: gateway.cdx.json
    platform: linux/arm64
"""

RETURN = """
dest:
  description: Where the file is.
  type: str
  returned: success
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.container_image import aws_logins, registry_of
from ansible_collections.genai.gateway.plugins.module_utils.image_file import read_image_file
from ansible_collections.genai.gateway.plugins.module_utils.image_reference import ImageNameError, parse_reference
from ansible_collections.genai.gateway.plugins.module_utils.image_registry import RegistryError

ARGUMENTS = {
    "image": {"type": "str", "required": True},
    "path": {"type": "str", "required": True},
    "dest": {"type": "path", "required": True},
    "platform": {"type": "str", "choices": ["linux/amd64", "linux/arm64"], "required": True},
    "address": {"type": "str", "default": ""},
    "tls_verify": {"type": "bool", "default": True},
    "aws_profile": {"type": "str", "default": ""},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    dest = Path(params["dest"])
    missing = not dest.exists()
    if missing and not module.check_mode:
        try:
            image = parse_reference(params["image"])
            logins = aws_logins(params["aws_profile"])
            registry = registry_of(image, logins, params["address"], tls_verify=params["tls_verify"])
            content = read_image_file(registry, image, params["platform"], params["path"])
            # Whole or not at all: what is there is never read again.
            part = dest.with_name(f"{dest.name}.part")
            part.write_bytes(content)
            part.replace(dest)
        except (ImageNameError, RegistryError, OSError) as error:
            module.fail_json(msg=f"cannot have {params['path']} of {params['image']} at {dest}: {error}")
    module.exit_json(changed=missing, dest=str(dest))


if __name__ == "__main__":
    main()
