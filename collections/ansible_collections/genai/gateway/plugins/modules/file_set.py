#!/usr/bin/python
# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""Writes a set of small files in one step."""

from __future__ import annotations

DOCUMENTATION = """
module: file_set
short_description: Write a set of small files under one directory
description:
  - Writes files whose text is known, each whole or not at all, and only those that differ in text or mode.
  - One run for all of them, where a loop over M(ansible.builtin.template) would take two runs a file.
  - The directories that hold the files are made, with mode 0700.
author: genai-gateway developers (@genai-gateway)
options:
  directory:
    description: Where the files lie. It is made private.
    type: path
    required: true
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Path of the file, relative to O(directory).
        type: str
        required: true
      content:
        description: The whole text of the file. It is never shown.
        type: str
        required: true
      mode:
        description: Permission bits, as octal digits.
        type: str
        default: "0600"
attributes:
  check_mode:
    description: Says what would be written.
    support: full
"""

EXAMPLES = """
- name: Write a secret and a script
  genai.gateway.file_set:
    directory: /srv/stack
    files:
      - path: env/gateway.env
        content: "GATEWAY_BIND=127.0.0.1:3000\\n"
      - path: bin/gateway
        content: "{{ script }}"
        mode: "0700"
"""

RETURN = """
written:
  description: Paths of the files that were not as they should be.
  type: list
  elements: str
  returned: success
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.file_set import (
    FileSetError,
    WantedFile,
    converge,
    parse_mode,
)

ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "files": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "path": {"type": "str", "required": True},
            "content": {"type": "str", "required": True, "no_log": True},
            "mode": {"type": "str", "default": "0600"},
        },
    },
}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    try:
        files = [WantedFile(each["path"], each["content"], parse_mode(each["mode"])) for each in module.params["files"]]
        written = converge(Path(module.params["directory"]), files, check_mode=module.check_mode)
    except (FileSetError, OSError) as error:
        module.fail_json(msg=f"cannot write the files: {error}")
    module.exit_json(changed=bool(written), written=written)


if __name__ == "__main__":
    main()
