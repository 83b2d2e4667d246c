"""An issuer on this machine, clocks that stand still, and an environment without proxies."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from tests.support.oidc_server import OidcServer, serving


class Clock:
    """Seconds; a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No proxies of whoever runs the tests."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
async def server(environment: pytest.MonkeyPatch) -> AsyncIterator[OidcServer]:
    """An issuer like an Okta custom authorization server."""
    async with serving(OidcServer("/oauth2/default")) as started:
        yield started
