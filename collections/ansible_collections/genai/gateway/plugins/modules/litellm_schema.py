#!/usr/bin/python
# ruff: noqa: E402  Ansible wants the documentation before the imports
"""Brings the tables of LiteLLM's database up to date."""

from __future__ import annotations

DOCUMENTATION = r"""
module: litellm_schema
short_description: Apply LiteLLM's migrations to its database
version_added: "0.1.0"
description:
  - Applies those of the installed LiteLLM's migrations that the database does not have, in the order of their names.
  - Each is recorded in the table C(_prisma_migrations) as C(prisma migrate deploy) would record it, so that one can
    go on where the other stopped. Both hold the same advisory lock; several runs at once are safe.
  - A migration that fails leaves no trace; those before it stay.
options:
  database_url:
    description:
      - The database, as V(postgresql://user:password@host:port/database). Characters with a meaning in URLs are
        percent-encoded.
      - Without it, the variable E(DATABASE_URL) is read.
    type: str
    required: true
requirements:
  - the Python packages litellm-proxy-extras and asyncpg beside the interpreter that runs the module
attributes:
  check_mode:
    description: Says which migrations would be applied, and applies none.
    support: full
author:
  - The genai-gateway authors
"""

EXAMPLES = r"""
- name: Bring the tables of LiteLLM's database up to date
  genai.gateway.litellm_schema:
    database_url: "postgresql://litellm:{{ password | urlencode }}@127.0.0.1:5432/litellm"
"""

RETURN = r"""
applied:
  description: The names of the migrations that were applied, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [20250326162113_baseline]
"""

import asyncio

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible_collections.genai.gateway.plugins.module_utils.database_url import DatabaseUrlError
from ansible_collections.genai.gateway.plugins.module_utils.litellm_schema import (
    SchemaError,
    apply_migrations,
    litellm_migrations,
)

ARGUMENTS = {
    "database_url": {"type": "str", "required": True, "no_log": True, "fallback": (env_fallback, ["DATABASE_URL"])},
}


def main() -> None:
    """Run as an Ansible module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    url = module.params["database_url"]
    try:
        applied = asyncio.run(apply_migrations(url, litellm_migrations(), check=module.check_mode))
    except (SchemaError, DatabaseUrlError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=bool(applied), applied=applied)


if __name__ == "__main__":
    main()
