"""A person at the page: a tab of a real browser, with a key and sessions of this test's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from tests.gateway.pages.visitor import Visitor
from tests.support.chromium import chromium, why_not
from tests.support.processes import Service

ROOT = Path(__file__).parents[3]


# For each module anew: while Playwright runs, no asynchronous test can, and another module may have some.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if reason := why_not():
        pytest.skip(reason)
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def stand_in() -> Iterator[str]:
    """The address of the stand-in."""
    command = [sys.executable, "-m", "tests.gateway.pages.stand_in"]
    with Service(command, env={}, ready=r"Running on (http://\S+)", cwd=ROOT) as server:
        yield server.found[0]


@pytest.fixture
def visitor(browser: Browser, stand_in: str) -> Iterator[Visitor]:
    """Whoever uses it must leave no error in the console, and no request to elsewhere."""
    with browser.new_context(
        base_url=stand_in, locale="en-GB", viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    ) as context:
        person = Visitor(context.new_page(), stand_in, key=f"sk-{uuid4()}")
        yield person
        assert person.problems == []
