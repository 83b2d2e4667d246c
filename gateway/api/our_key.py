"""What a client is told when LiteLLM refuses a key that is the gateway's own, and not the client's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.errors import AccessUnavailable, GatewayError, UpstreamRefusal
from gateway.upstream.asking import is_about_key, refusal

# In the state of a request's scope: what to call when LiteLLM refuses the key that is in the place of a token.
FORGET_KEY = "gateway.forget_key"


def refused() -> AccessUnavailable:
    return AccessUnavailable(
        "LiteLLM refuses the key that the gateway has in the place of the access token; try again",
        retry_after="1",
    )


def body_is_about_key(status: int, body: bytes) -> bool:
    """The same of LiteLLM's answer."""
    return is_about_key(refusal(status, body, None))


def concealed(error: GatewayError, state: Mapping[str, Any]) -> GatewayError:
    """The error as the client may see it: LiteLLM's words about a bad key describe the key."""
    forget = state.get(FORGET_KEY)
    if isinstance(error, UpstreamRefusal) and forget is not None and is_about_key(error):
        forget()
        return refused()
    return error
