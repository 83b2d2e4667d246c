"""What a root module of Terraform takes."""

from __future__ import annotations

import re
from pathlib import Path

# A block begins a line; `terraform fmt` and a test keep it so.
_DECLARATION = re.compile(r'^variable "(?P<name>[^"]+)" \{$(?P<body>.*?)^\}$', re.MULTILINE | re.DOTALL)
_DEFAULT = re.compile(r"^  default +=", re.MULTILINE)


def declared_variables(root: Path) -> dict[str, bool]:
    """The variables of a root module by name, and whether each has a default."""
    return {
        found["name"]: bool(_DEFAULT.search(found["body"]))
        for file in sorted(root.glob("*.tf"))
        for found in _DECLARATION.finditer(file.read_text())
    }
