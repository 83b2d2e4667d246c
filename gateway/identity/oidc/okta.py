"""Okta's two kinds of authorization server, told apart by the issuer's address."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

DOMAINS = ("okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "trex-govcloud.com")


def is_at_okta(url: str) -> bool:
    """Whether the host is one of Okta's own; a company may have Okta under a name of its own beside that."""
    host = urlsplit(url).hostname or ""
    return host.endswith(tuple(f".{domain}" for domain in DOMAINS))


def okta_fault(url: str) -> str | None:
    """What is wrong with the issuer of an Okta custom authorization server, as the rest of a sentence."""
    parts = urlsplit(url)
    label, _, domain = (parts.hostname or "").partition(".")
    if is_at_okta(url) and label.endswith("-admin"):
        return f"is of Okta's administration; the issuer is at {label.removesuffix('-admin')}.{domain}"
    if re.fullmatch(r"/oauth2/[^/]+", parts.path):
        return None
    if re.fullmatch(r"/oauth2/[^/]+/", parts.path):
        return "must not end with a slash: Okta's issuers do not"
    if parts.path in {"", "/"}:
        return org_server_fault(url)
    return f"must be of an Okta custom authorization server, such as {parts.scheme}://{parts.netloc}/oauth2/default"


def org_server_fault(url: str) -> str:
    parts = urlsplit(url)
    return (
        "is of Okta's org authorization server, whose access tokens are for Okta alone; name the issuer of a custom"
        f" authorization server, such as {parts.scheme}://{parts.netloc}/oauth2/default"
    )


def is_org_server(issuer: str, jwks_uri: str) -> bool:
    """By what it publishes, whatever its name: a custom server has a path, and its keys below that."""
    base = issuer.removesuffix("/")
    return urlsplit(base).path == "" and jwks_uri == f"{base}/oauth2/v1/keys"
