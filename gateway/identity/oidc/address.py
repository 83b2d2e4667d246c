"""Addresses of issuers and of what they publish."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

# Those of this machine, where http is safe and a proxy of no use.
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def address_fault(url: str) -> str | None:
    """What is wrong with an address, as the rest of a sentence; None when it is https, or http on this machine."""
    # Python's parser passes over some of what is not printable, and a backslash is a slash to others.
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        return "must be an address without spaces, backslashes and characters beyond ASCII"
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or parts.scheme not in {"http", "https"}:
        return "must be an address that begins with https://"
    if parts.username is not None or parts.password is not None:
        return "must not carry a user name or a password"
    if parts.scheme == "http" and not is_loopback(parts):
        return "must begin with https://; http:// is for this machine alone (localhost, 127.0.0.1, ::1)"
    return None


def is_loopback(parts: SplitResult) -> bool:
    return parts.hostname in LOOPBACK
