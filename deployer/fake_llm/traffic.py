"""Counts of requests, by which a test sees that a cancelled client cancels upstream."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Traffic:
    """How many requests to a model came in, are being answered, and lost their client before they were answered."""

    def __init__(self) -> None:
        self.total = 0
        self.in_flight = 0
        self.disconnected = 0

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count one request. An answer that ends by cancellation or a lost connection was left by its client."""
        self.total += 1
        self.in_flight += 1
        try:
            yield
        except (asyncio.CancelledError, ConnectionError):
            self.disconnected += 1
            raise
        finally:
            self.in_flight -= 1

    def counts(self) -> dict[str, int]:
        """The counts by name."""
        return {"total": self.total, "in_flight": self.in_flight, "disconnected": self.disconnected}
