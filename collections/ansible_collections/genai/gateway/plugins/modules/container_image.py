#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Has an image in a registry that was built from the files it is given."""

from __future__ import annotations

DOCUMENTATION = """
module: container_image
short_description: Have an image of these files in a registry
description:
  - Builds an image for one or more platforms and pushes it, unless the registry has one of the same content.
  - The tag is O(version) and digits of a digest of everything that decides what is built. The files, the arguments, the
    base and the platforms are among it, the clock is not.
  - For a registry of Amazon ECR, a login is asked for with the caller's own credentials. For others, buildah and docker
    use the logins that they know.
author: genai-gateway developers (@genai-gateway)
options:
  repository:
    description: Where the image is to be, as registry/name, without a tag.
    type: str
    required: true
  containerfile:
    description: The file with the steps. It gets the arguments C(BASE), C(BUILD_BASE), C(BASE_NAME) and C(VERSION).
    type: path
    required: true
  sources:
    description: Files and directories to build from, by their path in the context.
    type: dict
    default: {}
  directories:
    description: Empty directories of the context.
    type: list
    elements: str
    default: []
  base:
    description: The image to build on, with a digest, or with a tag, whose digest is asked for then.
    type: str
    required: true
  pins:
    description: Images by their digests, by the names with a tag that stand for them. The one for O(base) replaces it.
    type: dict
    default: {}
  version:
    description: The version that the tag begins with.
    type: str
    required: true
  platforms:
    description: The platforms to build for.
    type: list
    elements: str
    choices: [linux/amd64, linux/arm64]
    default: [linux/amd64, linux/arm64]
  arguments:
    description: More arguments of the build. They can be read from the image, so that secrets do not belong there.
    type: dict
    default: {}
  builder:
    description: The program that builds. V(auto) takes buildah, or else docker with buildx.
    type: str
    choices: [auto, buildah, docker]
    default: auto
  pip_config:
    description: A file with pip's configuration, such as a mirror, for the build only. No layer holds it.
    type: path
  ca_bundle:
    description: A file with the authorities whose certificates pip trusts, for the build only. No layer holds it.
    type: path
  address:
    description: Where the registry is reached, as host:port, when not at its own name, as through a tunnel.
    type: str
    default: ""
  tls_verify:
    description:
      - Whether the registry must have a certificate that is trusted. Others that a base comes from always must, except
        on loopback.
    type: bool
    default: true
  aws_profile:
    description: The profile of AWS's configuration whose credentials ask ECR for a login.
    type: str
    default: ""
attributes:
  check_mode:
    description: Says whether an image would be built.
    support: full
"""

EXAMPLES = """
- name: Have the gateway's image
  genai.gateway.container_image:
    repository: 111122223333.dkr.ecr.us-east-1.amazonaws.com/genai-gateway/gateway
    containerfile: files/gateway.Containerfile
    sources:
      gateway: ../../gateway
    base: docker.io/library/python:3.13-slim
    version: 0.1.0
"""

RETURN = """
image:
  description: The image by its digest; by its tag in check mode, where it is not built yet.
  type: str
  returned: success
tag:
  description: Its tag.
  type: str
  returned: success
pins:
  description: The base by its digest, by its name with a tag; empty where it had a digest or was among O(pins) already.
  type: dict
  returned: success
"""

from functools import partial
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.container_image import (
    Wanted,
    aws_logins,
    ensure_image,
    pinned_base,
)
from ansible_collections.genai.gateway.plugins.module_utils.image_builders import BUILDERS, BuildError, choose_builder
from ansible_collections.genai.gateway.plugins.module_utils.image_context import ContextError, read_context
from ansible_collections.genai.gateway.plugins.module_utils.image_reference import ImageNameError, parse_reference
from ansible_collections.genai.gateway.plugins.module_utils.image_registry import RegistryError

PLATFORMS = ["linux/amd64", "linux/arm64"]
SECRETS = {"pip_config": "pip-config", "ca_bundle": "ca-bundle"}
ARGUMENTS = {
    "repository": {"type": "str", "required": True},
    "containerfile": {"type": "path", "required": True},
    "sources": {"type": "dict", "default": {}},
    "directories": {"type": "list", "elements": "str", "default": []},
    "base": {"type": "str", "required": True},
    "pins": {"type": "dict", "default": {}},
    "version": {"type": "str", "required": True},
    "platforms": {"type": "list", "elements": "str", "choices": PLATFORMS, "default": PLATFORMS},
    "arguments": {"type": "dict", "default": {}},
    "builder": {"type": "str", "choices": ["auto", *BUILDERS], "default": "auto"},
    "pip_config": {"type": "path"},
    "ca_bundle": {"type": "path"},
    "address": {"type": "str", "default": ""},
    "tls_verify": {"type": "bool", "default": True},
    "aws_profile": {"type": "str", "default": ""},
}


def wanted_image(params: dict[str, Any]) -> Wanted:
    """The module's parameters as what they mean. Raises ContextError, ImageNameError."""
    secrets = {key: Path(params[name]) for name, key in SECRETS.items() if params[name]}
    for path in secrets.values():
        if not path.is_file():
            raise ContextError(f"{path}, which the build is to read, is not there or not a file")
    if not params["platforms"]:
        raise ContextError(f"there is no platform to build for: name one of {', '.join(PLATFORMS)}")
    sources = {name: Path(source) for name, source in params["sources"].items()}
    return Wanted(
        repository=parse_reference(params["repository"]),
        context=read_context(Path(params["containerfile"]), sources, params["directories"]),
        base=pinned_base(params["base"], params["pins"]),
        version=params["version"],
        platforms=params["platforms"],
        arguments={name: str(value) for name, value in params["arguments"].items()},
        secrets=secrets,
        address=params["address"],
        tls_verify=params["tls_verify"],
    )


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    params = module.params
    try:
        wanted = wanted_image(params)
        outcome = ensure_image(
            wanted,
            partial(choose_builder, params["builder"]),
            aws_logins(params["aws_profile"]),
            check_mode=module.check_mode,
        )
    except (BuildError, ContextError, ImageNameError, RegistryError, OSError) as error:
        module.fail_json(msg=f"cannot have the image {params['repository']}: {error}")
    pins = {} if wanted.base.digest else {params["base"]: str(outcome.base)}
    module.exit_json(changed=outcome.changed, image=str(outcome.image), tag=outcome.tag, pins=pins)


if __name__ == "__main__":
    main()
