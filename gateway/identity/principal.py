"""Who calls, as far as LiteLLM knows them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

# As long as a user's id may be to be told as it is.
LONGEST_ID = 200

# LiteLLM's name for whoever holds the master key: keys that carry it have no person in common.
NO_USER = "default_user_id"

# Of users that are LiteLLM's own; the second holds the budget of all.
RESERVED_USERS = frozenset({NO_USER, "litellm-proxy-budget"})


@dataclass(frozen=True, slots=True)
class Principal:
    """`owner`: whose their sessions are: `user:ID`, or `key:HASH` where a key has no user.

    `is_master`: the key is LiteLLM's master key, whose holder may read everything.
    """

    owner: str
    user_id: str | None = None
    is_master: bool = False


def principal_of(user_id: str | None, key_hash: str) -> Principal:
    """The user behind a key, or the key itself. `key_hash`: as LiteLLM stores it."""
    if not user_id or user_id == NO_USER:
        return Principal(f"key:{key_hash}")
    if len(user_id) > LONGEST_ID:
        return Principal(f"user-hash:{hashlib.sha256(user_id.encode()).hexdigest()}", user_id)
    return Principal(f"user:{user_id}", user_id)


def key_hash_of(key: str) -> str:
    """LiteLLM's hash of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
