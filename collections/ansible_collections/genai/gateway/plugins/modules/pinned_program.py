#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Has a program of a vendor in a directory, unless a good enough one is there."""

from __future__ import annotations

DOCUMENTATION = """
module: pinned_program
short_description: Have a program of a vendor, unless a good enough one is there
description:
  - Looks for the program in O(directory) and on C(PATH). If it is missing or older than O(minimum), the version at
    O(url) is downloaded, compared with its SHA-256, and put into O(directory).
author: genai-gateway developers (@genai-gateway)
options:
  name:
    description: The program's name.
    type: str
    required: true
  version_arguments:
    description: What makes the program say its version.
    type: list
    elements: str
    default: [--version]
  minimum:
    description: The oldest version that does.
    type: str
    required: true
  url:
    description: Where the program is published, or a zip archive with it.
    type: str
    required: true
  member:
    description: The program's path in the archive.
    type: str
    default: ""
  tree:
    description: Where the whole directory of O(member) is kept, for a program that needs what lies beside it.
    type: path
  checksums:
    description: Where the SHA-256 is published, alone or in a list.
    type: str
    default: ""
  sha256:
    description: The SHA-256, if it is known. Comes before O(checksums).
    type: str
    default: ""
  unverified:
    description: Whether it is installed where there is neither O(sha256) nor O(checksums) to compare it with.
    type: bool
    default: false
  directory:
    description: Where the program is put.
    type: path
    required: true
  timeout:
    description: How many seconds a server has to answer.
    type: int
    default: 30
attributes:
  check_mode:
    description: Says whether it would be installed.
    support: full
"""

EXAMPLES = """
- name: Have kubectl
  genai.gateway.pinned_program:
    name: kubectl
    version_arguments: [version, --client]
    minimum: "1.33"
    url: https://dl.k8s.io/release/v1.35.0/bin/linux/amd64/kubectl
    checksums: https://dl.k8s.io/release/v1.35.0/bin/linux/amd64/kubectl.sha256
    directory: ~/.local/bin
"""

RETURN = """
path:
  description: The program.
  type: str
  returned: success
version:
  description: Its version; in check mode the one that is there, which may be none.
  type: str
  returned: success
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.urls import open_url
from ansible_collections.genai.gateway.plugins.module_utils.pinned_program import (
    Program,
    ProgramError,
    good_enough,
    install,
    installed,
)

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "version_arguments": {"type": "list", "elements": "str", "default": ["--version"]},
    "minimum": {"type": "str", "required": True},
    "url": {"type": "str", "required": True},
    "member": {"type": "str", "default": ""},
    "tree": {"type": "path"},
    "checksums": {"type": "str", "default": ""},
    "sha256": {"type": "str", "default": ""},
    "unverified": {"type": "bool", "default": False},
    "directory": {"type": "path", "required": True},
    "timeout": {"type": "int", "default": 30},
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    given = {name: value for name, value in module.params.items() if name != "timeout"}
    given["directory"] = Path(given["directory"])
    given["tree"] = Path(given["tree"]) if given["tree"] else None
    program, timeout = Program(**given), module.params["timeout"]
    path, version = installed(program)
    wanted = not good_enough(program, version)
    if wanted and not module.check_mode:
        try:
            install(program, lambda url, file: fetch(url, file, timeout))
        except ProgramError as error:
            module.fail_json(msg=str(error))
        path, version = installed(program)
        if not good_enough(program, version):
            module.fail_json(
                msg=f"{path} was installed, and does not run here: it says no version from {program.minimum} on"
            )
    module.exit_json(changed=wanted, path=path, version=version)


def fetch(url: str, file: Path, timeout: int) -> None:
    """Downloads a URL into a file, through the environment's proxy. Raises ProgramError."""
    try:
        with open_url(url, timeout=timeout) as answer, file.open("wb") as target:
            while chunk := answer.read(1 << 20):
                target.write(chunk)
    except Exception as error:
        raise ProgramError(
            f"{url} cannot be downloaded: {error}. Mend the way there (HTTPS_PROXY), or name a mirror in the variables "
            "prerequisites_…_url."
        ) from error


if __name__ == "__main__":
    main()
