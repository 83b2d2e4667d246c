"""What keeps the gateway from starting: an access policy or an issuer that cannot be right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.identity.policy.loading import PolicyError, load_policy
from gateway.identity.policy.rules import SAFE_POLICY, Policy
from gateway.services.access.issuers import issuer_faults
from gateway.settings import Settings


def access_faults(settings: Settings) -> list[str]:
    """A sentence for each fault, which begins with the setting's name."""
    return list(_faults(settings))


def _faults(settings: Settings) -> Iterator[str]:
    policy = SAFE_POLICY
    if settings.access_policy is not None:
        try:
            policy = load_policy(Path(settings.access_policy))
        except PolicyError as error:
            yield from (f"GATEWAY_ACCESS_POLICY: {fault}" for fault in error.faults)
    yield from policy_faults(settings, policy)


def policy_faults(settings: Settings, policy: Policy) -> list[str]:
    """Of a policy beside these settings."""
    faults = issuer_faults(settings.okta_issuer, settings.okta_audience, policy)
    if settings.master_key is None and (policy.issuers or settings.okta_issuer):
        faults.append("GATEWAY_MASTER_KEY must be set where access tokens are taken: users are made with it")
    return faults
