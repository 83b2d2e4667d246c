"""A fake Okta as a process, and one in this process whose clock the test sets."""

from collections.abc import Iterator

import httpx
import pytest

from deployer.fake_okta.okta import Okta
from tests.support.processes import FakeOkta

NOW = 1_800_000_000


class Clock:
    """Unix seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.time = float(NOW)

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def okta(clock: Clock) -> Okta:
    return Okta("http://127.0.0.1:4020", clock=clock)


@pytest.fixture(scope="session")
def fake_okta() -> Iterator[FakeOkta]:
    """One for all tests of the run: read-only."""
    with FakeOkta() as service:
        yield service


@pytest.fixture
def own_okta() -> Iterator[FakeOkta]:
    """One of the test's own, to rotate and to fail."""
    with FakeOkta() as service:
        yield service


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False) as client:
        yield client
