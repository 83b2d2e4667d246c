# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""The files that a supervised service is started from."""

from __future__ import annotations

DOCUMENTATION = """
name: service_files
short_description: The files that a supervised service is started from
description:
  - Gives, for each service, the script that supervisord runs and the file of settings that the script reads, as
    M(genai.gateway.file_set) takes them.
author: genai-gateway developers (@genai-gateway)
positional: _input, home
options:
  _input:
    description: Services, each with C(name), C(command), a list of words, and C(environment), a mapping.
    type: list
    elements: dict
    required: true
  home:
    description: The directory of the stack.
    type: path
    required: true
"""

EXAMPLES = """
- name: Write them
  genai.gateway.file_set:
    directory: /srv/stack
    files: "{{ services | genai.gateway.service_files('/srv/stack') }}"
"""

RETURN = """
_value:
  description: Files, each with C(path), C(content) and C(mode).
  type: list
  elements: dict
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")

# Settings come from a file, so that none is in an argument list; the pid is noted by the process itself, which then
# becomes the program: supervisord's signals reach the program and not a shell around it.
RUN_SCRIPT = """#!/bin/sh
# Runs {name}; supervisord starts this.
set -eu
umask 077
cd {home}
set -a
. ./env/{name}.env
set +a
echo "$$" >run/{name}.pid
exec {command}
"""


def env_file(environment: Mapping[str, Any]) -> str:
    """Settings as lines NAME=value that a shell can source; values are quoted where a shell would need it."""
    for name, value in environment.items():
        if not NAME.fullmatch(name):
            raise AnsibleFilterError(f"{name!r} is not the name of an environment variable")
        if "\n" in str(value):
            raise AnsibleFilterError(f"the value of {name} has more than one line")
    return "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in environment.items())


def run_script(name: str, command: Sequence[Any], home: str) -> str:
    """The script that becomes the service."""
    return RUN_SCRIPT.format(name=name, home=shlex.quote(home), command=shlex.join(map(str, command)))


def service_files(services: Iterable[Mapping[str, Any]], home: str) -> list[dict[str, str]]:
    """The run script and the settings of each service."""
    files = []
    for service in services:
        name = service["name"]
        script, settings = run_script(name, service["command"], home), env_file(service["environment"])
        files.append({"path": f"bin/{name}", "content": script, "mode": "0700"})
        files.append({"path": f"env/{name}.env", "content": settings, "mode": "0600"})
    return files


class FilterModule:
    """The face that Ansible sees."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"service_files": service_files}
