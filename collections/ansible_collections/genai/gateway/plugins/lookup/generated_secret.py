# ruff: noqa: E402 - Ansible reads the documentation above the imports
"""A secret that is made once and kept in a file."""

from __future__ import annotations

DOCUMENTATION = """
name: generated_secret
short_description: A secret that is made once and kept in a file
description:
  - Returns the text of each file. A file that is not there is made, for nobody but its owner, with a random secret
    of letters and digits.
  - Unlike P(ansible.builtin.password#lookup), what is in the file is the whole secret, its prefix included.
author: genai-gateway developers (@genai-gateway)
options:
  _terms:
    description: Absolute paths of the files.
    required: true
  prefix:
    description: How the secret begins.
    type: str
    default: ""
"""

EXAMPLES = """
- name: Keep a key
  ansible.builtin.set_fact:
    master_key: "{{ lookup('genai.gateway.generated_secret', '/srv/stack/secrets/master_key', prefix='sk-') }}"
"""

RETURN = """
_raw:
  description: The secrets, in the order of the paths.
  type: list
  elements: str
"""

import os
import secrets
import string
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

LENGTH = 40  # characters of 62: 238 bits
ALPHABET = string.ascii_letters + string.digits  # nothing that a shell, a URL or a file of settings takes for its own


def read_or_make(path: Path, prefix: str) -> str:
    """The secret in the file, which is made when it is not there. Raises AnsibleError for an empty one."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path, prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    secret = path.read_text().strip()
    if not secret:
        raise AnsibleError(f"{path} is empty: put the secret back into it, or delete it to have a new one made")
    return secret


def _create(path: Path, secret: str) -> None:
    # Linked into place when complete: of two runs at once one wins, and both then read what it wrote.
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(secret + "\n")
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


class LookupModule(LookupBase):
    """The face that Ansible sees."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Reads or makes each secret."""
        self.set_options(var_options=variables, direct=kwargs)
        prefix = str(self.get_option("prefix"))
        try:
            return [read_or_make(Path(term), prefix) for term in terms]
        except OSError as error:
            raise AnsibleError(f"cannot keep a secret: {error}") from error
