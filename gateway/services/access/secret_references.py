"""References that LiteLLM puts secrets in the place of: whoever can write one can have the secret sent somewhere."""

from __future__ import annotations

import re
from typing import Any

import orjson

from gateway.errors import FieldNotAllowed

# LiteLLM's `get_secret`: variables of its environment, files and variables as OIDC tokens.
_REFERENCE = re.compile(r"os\.environ|oidc/", re.IGNORECASE)


def refuse_references(raw: bytes) -> None:
    """Of a body that goes on with the master key. Raises FieldNotAllowed."""
    try:
        found = _has_reference(orjson.loads(raw)) if raw else False
    except orjson.JSONDecodeError:
        # LiteLLM may read it as something else.
        found = _REFERENCE.search(raw.decode("latin-1")) is not None
    if found:
        raise FieldNotAllowed("the body", "references to secrets (os.environ/…) are for whoever has the master key")


def _has_reference(value: Any) -> bool:
    if isinstance(value, str):
        return _REFERENCE.search(value) is not None
    if isinstance(value, dict):
        return any(_has_reference(name) or _has_reference(each) for name, each in value.items())
    return isinstance(value, list) and any(map(_has_reference, value))
