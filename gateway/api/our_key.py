"""What a client is told when LiteLLM refuses a key that is the gateway's own, and not the client's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gateway.errors import AccessUnavailable, GatewayError, UpstreamRefusal
from gateway.upstream.asking import refusal

# In the state of a request's scope.
KEY_IS_OURS = "gateway.key_is_ours"

# LiteLLM's status for a bad key, and also for a good one of somebody who may not do this.
UNAUTHORIZED = 401

# LiteLLM's types of errors about the key itself.
_OF_KEYS = frozenset({"token_not_found_in_db", "expired_key"})
# How its messages describe a key: the last characters, the hash.
_DESCRIPTION = re.compile(r"Received API Key|Key Hash|sk-\.\.\.|Key is blocked")


def refused() -> AccessUnavailable:
    return AccessUnavailable(
        "LiteLLM refuses the key that the gateway has in the place of the access token; try again in a minute",
        retry_after="60",
    )


def is_about_key(error: UpstreamRefusal) -> bool:
    """Whether LiteLLM refuses the key, rather than what its holder asks for."""
    return error.status == UNAUTHORIZED and (error.code in _OF_KEYS or _DESCRIPTION.search(error.message) is not None)


def body_is_about_key(status: int, body: bytes) -> bool:
    """The same of LiteLLM's answer."""
    return status == UNAUTHORIZED and is_about_key(refusal(status, body, None))


def concealed(error: GatewayError, state: Mapping[str, Any]) -> GatewayError:
    """The error as the client may see it: LiteLLM's words about a bad key describe the key."""
    if isinstance(error, UpstreamRefusal) and state.get(KEY_IS_OURS) and is_about_key(error):
        return refused()
    return error
