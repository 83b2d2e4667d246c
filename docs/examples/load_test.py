"""Ask a model from many clients at once, and say how many answers there were and how long they took."""

import argparse
import asyncio
import itertools
import os
import time

import httpx

NUMBERS = itertools.count()


async def ask(client: httpx.AsyncClient, model: str) -> float:
    """Seconds that one answer took."""
    # Each question is another one: an answer out of the cache would measure nothing.
    question = {"role": "user", "content": f"Question {os.getpid()}-{next(NUMBERS)}"}
    begun = time.monotonic()
    response = await client.post("/v1/chat/completions", json={"model": model, "messages": [question]})
    response.raise_for_status()
    return time.monotonic() - begun


async def keep_asking(client: httpx.AsyncClient, model: str, end: float, took: list[float], failed: list[str]) -> None:
    while time.monotonic() < end:
        try:
            took.append(await ask(client, model))
        except httpx.HTTPStatusError as error:
            failed.append(str(error.response.status_code))
        except httpx.TransportError as error:
            failed.append(type(error).__name__)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="demo")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2)
    given = parser.parse_args()
    took: list[float] = []
    failed: list[str] = []
    headers = {"Authorization": f"Bearer {os.environ['MASTER_KEY']}"}
    limits = httpx.Limits(max_connections=given.clients)
    async with httpx.AsyncClient(
        base_url=os.environ["GATEWAY_URL"], headers=headers, limits=limits, timeout=60
    ) as client:
        end = time.monotonic() + given.seconds
        await asyncio.gather(*(keep_asking(client, given.model, end, took, failed) for _ in range(given.clients)))
    took.sort()
    print(f"{len(took)} answers, {len(took) / given.seconds:.0f} a second")
    for share in (50, 95, 99) if took else ():
        print(f"{share} percent within {took[len(took) * share // 100] * 1000:.0f} ms")
    for why in sorted(set(failed)):
        print(f"{failed.count(why)} failed: {why}")


asyncio.run(main())
