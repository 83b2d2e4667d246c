"""Which requests manage users and keys, by their paths as LiteLLM has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Operation(StrEnum):
    """Named as in the audit log."""

    NEW_USER = "user/new"
    CHANGE_USER = "user/update"
    NEW_KEY = "key/generate"
    CHANGE_KEY = "key/update"
    REGENERATE_KEY = "key/regenerate"
    DELETE_KEYS = "key/delete"
    # For many at once, or for nobody: administrators' alone.
    BULK_UPDATE_USERS = "user/bulk_update"
    BULK_UPDATE_KEYS = "key/bulk_update"
    NEW_SERVICE_ACCOUNT = "key/service-account/generate"


ADMINISTRATORS_OPERATIONS = frozenset(
    {
        Operation.BULK_UPDATE_USERS,
        Operation.BULK_UPDATE_KEYS,
        Operation.NEW_SERVICE_ACCOUNT,
    }
)

# LiteLLM may have a path of its own in front of all (SERVER_ROOT_PATH), and redirects where a slash is too many.
_PATH = re.compile(
    r"/(?:.*/)?(?:key/(?P<key>.+)/(?P<regenerate>regenerate)|(?P<name>"
    + "|".join(re.escape(name) for name in sorted(Operation, key=len, reverse=True))
    + r"))/*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`key`: where the path names it."""

    operation: Operation
    key: str | None = None


def operation_of(path: str) -> Asked | None:
    """Of a decoded path, asked for with POST; None for all that is not guarded."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    if found["regenerate"]:
        return Asked(Operation.REGENERATE_KEY, found["key"])
    return Asked(Operation(found["name"]))
