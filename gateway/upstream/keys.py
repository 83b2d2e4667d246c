"""Whether LiteLLM takes a caller's key, for what must not be told or done without one."""

from __future__ import annotations

from gateway.units import KIB
from gateway.upstream.asking import refusal
from gateway.upstream.caller import Caller
from gateway.upstream.litellm import LiteLLM

# Any key may ask it, with LiteLLM's database or without.
TARGET = "/v1/models"
MAX_ERROR = 64 * KIB


class Keys:
    """Asks LiteLLM each time: a key may be blocked at any moment."""

    def __init__(self, litellm: LiteLLM) -> None:
        self._litellm = litellm

    async def check(self, caller: Caller) -> None:
        """Raises UpstreamRefusal with LiteLLM's own status when the key is refused, or another UpstreamError."""
        async with self._litellm.request("GET", TARGET, headers=caller.upstream_headers(), body=None) as response:
            if response.status != 200:
                raise refusal(response.status, await response.content.read(MAX_ERROR), None)
