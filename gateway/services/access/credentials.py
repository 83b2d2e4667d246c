"""The headers of a request with another key in the place of the caller's credential."""

from __future__ import annotations

from gateway.upstream.headers import CREDENTIAL_HEADERS, RawHeaders, end_to_end
from gateway.upstream.management import CHANGED_BY

_REPLACED = CREDENTIAL_HEADERS | {CHANGED_BY.encode()}


def with_key(headers: RawHeaders, key: str, changed_by: str | None = None) -> list[tuple[bytes, bytes]]:
    """`changed_by`: who stands behind it, where that is not the key's own user."""
    kept = [(name, value) for name, value in end_to_end(headers) if name.lower() not in _REPLACED]
    kept.append((b"authorization", f"Bearer {key}".encode()))
    if changed_by is not None:
        kept.append((CHANGED_BY.encode(), changed_by.encode("ascii", "backslashreplace")))
    return kept
