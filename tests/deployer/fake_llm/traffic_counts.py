"""What the fake LLM counts, as tests wait for it."""

import time

import httpx


def wait_for_traffic(client: httpx.Client, **wanted: int) -> None:
    deadline = time.monotonic() + 5
    while not wanted.items() <= (counts := client.get("/fake/requests").json()).items():
        assert time.monotonic() < deadline, counts


def settled(client: httpx.Client) -> dict[str, int]:
    """The counts, once the clients that left in earlier tests are noticed."""
    wait_for_traffic(client, in_flight=0)
    counts: dict[str, int] = client.get("/fake/requests").json()
    return counts
