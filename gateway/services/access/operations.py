"""Which requests manage users and keys, by their paths as LiteLLM has them."""

from __future__ import annotations

import posixpath
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
    # With GET: LiteLLM tells everybody of all users.
    FILTER_USERS = "user/filter/ui"


ADMINISTRATORS_OPERATIONS = frozenset(
    {
        Operation.BULK_UPDATE_USERS,
        Operation.BULK_UPDATE_KEYS,
        Operation.NEW_SERVICE_ACCOUNT,
        Operation.FILTER_USERS,
    }
)

_ASKED_BY_POST = tuple(operation for operation in Operation if operation is not Operation.FILTER_USERS)

# What administrators manage in LiteLLM, by the beginning of the path. Completions are not among it, so that no
# administrator's tokens are LiteLLM's own; nor are LiteLLM's configuration and its models, where secrets stand or can
# be sent somewhere.
_MANAGED = re.compile(
    r"/(?:v2/)?(?:key|user|team|organization|project|budget|customer|end_user|tag|spend|global|invitation)(?:/.*)?"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`key`: where the path names it."""

    operation: Operation
    key: str | None = None


def operation_of(method: str, path: str) -> Asked | None:
    """Of a decoded path; None for all that is not guarded. In linear time: nobody is known yet.

    LiteLLM may have a path of its own in front of all (SERVER_ROOT_PATH), redirects where a slash is too many, and
    whoever is between the gateway and LiteLLM may resolve dots. What a line's end is to it, only its router knows.
    """
    plain = "/" + posixpath.normpath(path).strip("/ \t\r\n\v\f")
    if method == "GET":
        return Asked(Operation.FILTER_USERS) if plain.endswith(f"/{Operation.FILTER_USERS}") else None
    if method != "POST":
        return None
    for operation in _ASKED_BY_POST:
        if plain.endswith(f"/{operation}"):
            return Asked(operation)
    named, _, last = plain.rpartition("/")
    _, found, key = named.partition("/key/")
    return Asked(Operation.REGENERATE_KEY, key) if last == "regenerate" and found and key else None


def is_managed(path: str) -> bool:
    """Whether a decoded path is LiteLLM's management, as administrators by claim may ask for it."""
    return posixpath.normpath(path) == path and _MANAGED.fullmatch(path) is not None
