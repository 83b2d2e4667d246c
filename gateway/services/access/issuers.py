"""The issuers whose tokens are accepted: OKTA_ISSUER, and those of the access policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gateway.identity.oidc.issuer import Issuer, ProfileName, faults_of
from gateway.identity.oidc.okta import is_at_okta
from gateway.identity.policy.rules import IssuerEntry, Policy


def accepted_issuers(okta_issuer: str | None, okta_audience: str, policy: Policy) -> tuple[Issuer, ...]:
    """An entry of the policy for OKTA_ISSUER says the details of it."""
    entries = {entry.issuer: entry for entry in policy.issuers}
    if okta_issuer is not None:
        entries = {okta_issuer: IssuerEntry(issuer=okta_issuer), **entries}
    return tuple(_issuer(entry, okta_audience if entry.issuer == okta_issuer else "") for entry in entries.values())


def issuer_faults(okta_issuer: str | None, okta_audience: str, policy: Policy) -> list[str]:
    """What can be known to be wrong without asking them: a sentence for each fault."""
    return list(_faults(okta_issuer, okta_audience, policy))


def _faults(okta_issuer: str | None, okta_audience: str, policy: Policy) -> Iterator[str]:
    for issuer in accepted_issuers(okta_issuer, okta_audience, policy):
        for fault in faults_of(issuer):
            if issuer.url != okta_issuer:
                yield f"GATEWAY_ACCESS_POLICY: the issuer {issuer.url}: {fault}"
            else:
                yield f"{'OKTA_AUDIENCE' if fault.startswith('audience') else 'OKTA_ISSUER'}: {fault}"


def _issuer(entry: IssuerEntry, audience: str) -> Issuer:
    return Issuer(
        url=entry.issuer,
        audience=entry.audience or audience,
        profile=entry.profile or _usual_profile(entry.issuer),
        algorithms=entry.algorithms or ("RS256",),
        required_scopes=entry.required_scopes,
        clients=entry.clients,
    )


def _usual_profile(url: str) -> ProfileName:
    """Okta's at Okta, and where the address is like those of its authorization servers, whatever the host is named."""
    return "okta" if is_at_okta(url) or re.fullmatch(r"/oauth2/[^/]+/?", urlsplit(url).path) else "rfc9068"
