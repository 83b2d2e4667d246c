"""Whether the issuer of access tokens answers, and calls itself what the inventory calls it."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import Finding, Request

DOCUMENTS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
_MOST_BYTES = 1 << 20
_NOT_FOUND = 404


def issuer_faults(request: Request) -> Iterator[Finding]:
    """What is wrong with okta_issuer. The gateway asks from its own network; this asks from here."""
    issuer = request.settings.okta_issuer
    if issuer.startswith("https://"):  # otherwise Terraform's rules say what is wrong
        yield from discovery_faults(issuer, request.timeout)


def discovery_faults(issuer: str, timeout: float, context: ssl.SSLContext | None = None) -> Iterator[Finding]:
    """Asks for the discovery document. `timeout`: seconds. `context`: another trust than the system's."""
    base = issuer.removesuffix("/")
    try:
        document = _document(base, timeout, context)
    except urllib.error.HTTPError as error:
        mend = "Is it the authorization server's issuer URI, such as https://dev-1.okta.com/oauth2/default?"
        yield Finding(f"okta_issuer: {base}{DOCUMENTS[0]} answers with status {error.code}.", mend)
        return
    except ValueError:
        yield Finding(
            f"okta_issuer: {base}{DOCUMENTS[0]} answers with no JSON object.", "Is it the issuer of an OpenID server?"
        )
        return
    except OSError as error:
        reason = getattr(error, "reason", error)
        mend = "Correct it, or mend the way there; behind a proxy, set HTTPS_PROXY."
        yield Finding(f"okta_issuer: {base} is not reached ({reason}).", mend)
        return
    named = document.get("issuer")
    if named == issuer:
        return
    if str(named).rstrip("/") == base:
        mend = f"The slash at the end counts, as tokens are compared with it: set okta_issuer to {named}"
        yield Finding(f"okta_issuer: the issuer calls itself {named}, not {issuer}.", mend)
    else:
        yield Finding(
            f"okta_issuer: the issuer calls itself {named}, not {issuer}.", "Set okta_issuer to what it calls itself."
        )


def _document(base: str, timeout: float, context: ssl.SSLContext | None) -> dict[str, Any]:
    """Raises OSError, ValueError, HTTPError of the likelier place."""
    first: urllib.error.HTTPError | None = None
    for path in DOCUMENTS:
        try:
            with urllib.request.urlopen(base + path, timeout=timeout, context=context) as answer:  # noqa: S310 - https
                document = json.loads(answer.read(_MOST_BYTES))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != _NOT_FOUND:
                raise
            first = first or error
            continue
        if not isinstance(document, dict):
            raise ValueError("no object")  # noqa: TRY004 - as for what is no JSON at all
        return document
    assert first is not None
    raise first
