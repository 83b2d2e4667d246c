"""What all tests can have: a stack as `make up` makes it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import shared_stack
from tests.support.local_stack import LocalStack


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Opens the test run in the process that has the workers."""
    if not _is_worker(config):
        shared_stack.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Closes it when all have ended, however they ended."""
    if not _is_worker(config):
        shared_stack.close_run()


@pytest.fixture(scope="session")
def stack() -> LocalStack:
    """A LOCAL stack with its database, one for the whole test run: read-only, as others use it at the same time."""
    return shared_stack.shared_stack()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory with a short name: the address of a Unix socket in it has about 100 bytes."""
    with tempfile.TemporaryDirectory(prefix="t-") as directory:
        yield Path(directory)
