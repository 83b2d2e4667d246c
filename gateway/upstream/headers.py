"""Which headers travel through a relay, in either direction."""

from __future__ import annotations

from collections.abc import Iterable

RawHeaders = Iterable[tuple[bytes, bytes]]

# RFC 9110, section 7.6.1, and the two that proxies still meet.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

# Each connection says these of itself.
_NOT_FROM_THE_CLIENT = HOP_BY_HOP | {b"expect", b"content-length", b"x-forwarded-for", b"x-request-id"}
_NOT_FROM_LITELLM = HOP_BY_HOP | {b"date", b"server", b"x-request-id"}

# Whatever `Connection` says: a message cannot do without these.
_NEVER_HOP_BY_HOP = {b"host", b"content-length", b"authorization", b"litellm-changed-by"}

# What carries a key to LiteLLM (its `SpecialHeaders`).
CREDENTIAL_HEADERS = frozenset(
    {
        b"authorization",
        b"api-key",
        b"x-api-key",
        b"x-goog-api-key",
        b"ocp-apim-subscription-key",
        b"x-litellm-api-key",
    }
)


def _named_in_connection(headers: RawHeaders) -> frozenset[bytes]:
    values = b",".join(value for name, value in headers if name.lower() == b"connection")
    return (
        frozenset(token.strip().lower() for token in values.split(b",")) - _NEVER_HOP_BY_HOP if values else frozenset()
    )


def _without(headers: RawHeaders, dropped: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    dropped = dropped | _named_in_connection(headers)
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def end_to_end(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """Those that are not for this connection alone."""
    return _without(headers, HOP_BY_HOP)


def response_headers(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """LiteLLM's headers as the client gets them: order, duplicates, content-encoding and content-length kept."""
    return [(name.lower(), value) for name, value in _without(headers, _NOT_FROM_LITELLM)]


def request_headers(
    headers: RawHeaders, *, scheme: str, client: str | None, request_id: str, content_length: int | None = None
) -> list[tuple[str, str]]:
    """The client's headers as LiteLLM gets them.

    `Host` stays the client's, so that the links and redirects LiteLLM makes lead back through the gateway; what a load
    balancer said of the scheme and the host stands.
    `content_length` in bytes is sent where the length of the body is known; otherwise the body goes in chunks.
    """
    kept = _without(headers, _NOT_FROM_THE_CLIENT)
    sent = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in kept]
    host = _first(headers, b"host")
    forwarded_for = [value.decode("latin-1") for name, value in headers if name.lower() == b"x-forwarded-for"]
    if client:
        forwarded_for.append(client)
    if forwarded_for:
        sent.append(("x-forwarded-for", ", ".join(forwarded_for)))
    if host and _first(headers, b"x-forwarded-host") is None:
        sent.append(("x-forwarded-host", host.decode("latin-1")))
    if _first(headers, b"x-forwarded-proto") is None:
        sent.append(("x-forwarded-proto", scheme))
    sent.append(("x-request-id", request_id))
    if content_length is not None:
        sent.append(("content-length", str(content_length)))
    return sent


def _first(headers: RawHeaders, wanted: bytes) -> bytes | None:
    return next((value for name, value in headers if name.lower() == wanted), None)


def has_credentials(headers: RawHeaders) -> bool:
    """Whether any header that LiteLLM takes a key from is there and not empty."""
    return any(name.lower() in CREDENTIAL_HEADERS and value.strip() for name, value in headers)
