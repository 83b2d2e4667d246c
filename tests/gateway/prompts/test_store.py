"""gateway/prompts/store.py and expiring.py, with a fetch in place of AWS."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gateway.expiring import Expiring
from gateway.prompts import store
from gateway.prompts.arn import PromptArn
from gateway.prompts.errors import PromptNotFound, PromptsUnavailable
from gateway.prompts.store import Prompts

DRAFT = PromptArn("aws", "us-west-2", "123456789012", "FRUITPOEMS")
VERSION = PromptArn("aws", "us-west-2", "123456789012", "FRUITPOEMS", "2")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Aws:
    """Answers each call with its number, or fails; `hold` makes calls wait for `released`."""

    def __init__(self) -> None:
        self.calls: list[PromptArn] = []
        self.error: Exception | None = None
        self.released = threading.Event()
        self.released.set()
        self.started = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def hold(self) -> None:
        self.released.clear()

    def __call__(self, arn: PromptArn) -> Mapping[str, Any]:
        self.calls.append(arn)
        number = len(self.calls)
        self._loop.call_soon_threadsafe(self.started.set)
        assert self.released.wait(60)
        if self.error:
            raise self.error
        return {"call": number}


@pytest.fixture
async def aws() -> AsyncIterator[Aws]:
    fake = Aws()
    yield fake
    fake.released.set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def prompts(aws: Aws, clock: Clock) -> AsyncIterator[Prompts]:
    opened = Prompts(clock=clock, fetch=aws)
    yield opened
    aws.released.set()
    await opened.close()


# --- how long


@pytest.mark.parametrize(("arn", "seconds"), [(DRAFT, 10), (VERSION, 3600)])
async def test_a_prompt_is_kept_for_its_time(prompts, aws, clock, arn, seconds):
    assert prompts.cached(arn) is None
    assert await prompts.get(arn) == {"call": 1}
    clock.now += seconds - 0.1
    assert await prompts.get(arn) == prompts.cached(arn) == {"call": 1}
    clock.now += 0.1
    assert prompts.cached(arn) is None
    assert await prompts.get(arn) == {"call": 2}


async def test_versions_are_prompts_of_their_own(prompts, aws):
    assert await prompts.get(DRAFT) != await prompts.get(VERSION)
    assert aws.calls == [DRAFT, VERSION]


async def test_not_found_is_remembered_briefly(prompts, aws, clock):
    aws.error = PromptNotFound("no such prompt")
    for _ in range(3):
        with pytest.raises(PromptNotFound, match="no such prompt"):
            await prompts.get(DRAFT)
    assert len(aws.calls) == 1
    clock.now += 5
    aws.error = None
    assert await prompts.get(DRAFT) == {"call": 2}


async def test_other_failures_are_not_remembered(prompts, aws):
    aws.error = PromptsUnavailable("AWS is away")
    with pytest.raises(PromptsUnavailable):
        await prompts.get(DRAFT)
    aws.error = None
    assert await prompts.get(DRAFT) == {"call": 2}


async def test_a_failure_does_not_lose_what_is_kept_of_others(prompts, aws):
    await prompts.get(VERSION)
    aws.error = PromptsUnavailable("AWS is away")
    with pytest.raises(PromptsUnavailable):
        await prompts.get(DRAFT)
    assert await prompts.get(VERSION) == {"call": 1}


# --- one flight


async def test_many_who_ask_at_once_make_one_call(prompts, aws):
    aws.hold()
    callers = [asyncio.create_task(prompts.get(DRAFT)) for _ in range(20)]
    await aws.started.wait()
    aws.released.set()
    assert await asyncio.gather(*callers) == [{"call": 1}] * 20
    assert len(aws.calls) == 1


async def test_all_of_them_learn_of_a_failure(prompts, aws):
    aws.hold()
    aws.error = PromptsUnavailable("AWS is away")
    callers = [asyncio.create_task(prompts.get(DRAFT)) for _ in range(3)]
    await aws.started.wait()
    aws.released.set()
    failures = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(failure) for failure in failures] == [PromptsUnavailable] * 3
    assert len(aws.calls) == 1


@pytest.mark.parametrize("who", [0, 1])
async def test_one_who_goes_away_does_not_take_the_prompt_from_the_others(prompts, aws, who):
    aws.hold()
    callers = [asyncio.create_task(prompts.get(DRAFT)) for _ in range(2)]
    await aws.started.wait()
    callers.pop(who).cancel()
    aws.released.set()
    assert await callers[0] == {"call": 1}


@pytest.mark.parametrize("error", [None, PromptsUnavailable("AWS is away")])
async def test_when_all_have_gone_the_flight_lands_quietly(prompts, aws, error):
    unseen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unseen.append(context))
    aws.hold()
    caller = asyncio.create_task(prompts.get(DRAFT))
    await aws.started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    aws.error = error
    flight = prompts._flights[DRAFT]
    aws.released.set()
    await asyncio.wait([flight])
    del flight
    gc.collect()
    assert unseen == []
    assert prompts.cached(DRAFT) == (None if error else {"call": 1})


# --- limits


async def test_made_up_prompts_do_not_queue_without_end(prompts, aws, monkeypatch):
    monkeypatch.setattr(store, "MAX_FETCHES", 1)
    aws.hold()
    first = asyncio.create_task(prompts.get(DRAFT))
    await aws.started.wait()
    joined = asyncio.create_task(prompts.get(DRAFT))
    with pytest.raises(PromptsUnavailable, match="too many"):
        await prompts.get(VERSION)
    aws.released.set()
    assert await first == await joined == {"call": 1}
    assert await prompts.get(VERSION) == {"call": 2}


async def test_closing_drops_what_is_under_way(aws):
    prompts = Prompts(fetch=aws)
    aws.hold()
    caller = asyncio.create_task(prompts.get(DRAFT))
    await aws.started.wait()
    await prompts.close()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_closing_without_any_use():
    await Prompts().close()


def test_the_entry_that_was_not_used_for_longest_goes_first(clock):
    kept: Expiring[str, int] = Expiring(2, clock)
    kept.put("a", 1, 10)
    kept.put("b", 2, 10)
    assert kept.get("a") == 1
    kept.put("c", 3, 10)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_what_is_put_again_counts_anew(clock):
    kept: Expiring[str, int] = Expiring(2, clock)
    kept.put("a", 1, 10)
    clock.now += 9
    kept.put("a", 2, 10)
    clock.now += 9
    assert kept.get("a") == 2
