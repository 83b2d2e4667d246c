"""On whose behalf LiteLLM is asked."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.upstream.headers import CREDENTIAL_HEADERS, RawHeaders, end_to_end

_FORWARDED = CREDENTIAL_HEADERS | {b"user-agent", b"traceparent", b"tracestate"}
_FORWARDED_PREFIX = b"x-litellm-"


@dataclass(frozen=True, slots=True)
class Caller:
    """The client's own headers, key included."""

    headers: RawHeaders
    request_id: str

    def upstream_headers(self) -> list[tuple[str, str]]:
        """What of them goes to LiteLLM with a body of JSON."""
        sent = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in end_to_end(self.headers)
            if name in _FORWARDED or name.startswith(_FORWARDED_PREFIX)
        ]
        return [*sent, ("content-type", "application/json"), ("x-request-id", self.request_id)]
