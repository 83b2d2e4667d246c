"""gateway/identity/oidc/key_source.py, with a reading in place of the issuer."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from typing import Any

import pytest

from gateway.errors import InvalidToken, IssuerUnavailable
from gateway.identity.oidc import key_source as module
from gateway.identity.oidc.errors import IssuerFault
from gateway.identity.oidc.key_source import FAILURE_PAUSE, STALE_LIFETIME, UNKNOWN_KEY_PAUSE, KeySource
from gateway.identity.oidc.keys import Keys, VerifyingKey, keys_of
from tests.support.oidc_server import public_jwk, rsa_key

URL = "https://login.example.com"
LIFETIME = 3600.0
RS256 = ("RS256",)
UNAVAILABLE = f"the keys of the issuer {URL} cannot be read: "


class Readings:
    """Keys with these kids, or `fault`; none before `free`."""

    def __init__(self, *kids: str) -> None:
        self.kids = list(kids)
        self.fault: Exception | None = None
        self.count = 0
        self.begun = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def __call__(self) -> tuple[Keys, float]:
        self.count += 1
        self.begun.set()
        await self.free.wait()
        if self.fault is not None:
            raise self.fault
        keys = {kid: VerifyingKey(rsa_key(), frozenset(RS256)) for kid in self.kids}
        return Keys(keys, {"weak": "it has 512 bits"}), LIFETIME


@pytest.fixture
async def readings() -> Readings:
    return Readings("first")


@pytest.fixture
async def source(readings, clock) -> KeySource:
    return KeySource(URL, readings, clock)


async def gone(caller: asyncio.Task[Any]) -> None:
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def landed(source: KeySource) -> None:
    """Until the reading that is under way has ended."""
    flight = source._flight
    assert flight is not None
    await asyncio.wait([flight])


async def refusal(source: KeySource, kid: str) -> str:
    with pytest.raises(InvalidToken) as refused:
        await source.key(kid)
    return refused.value.message


async def failure(source: KeySource, kid: str = "first") -> str:
    with pytest.raises(IssuerUnavailable) as failed:
        await source.key(kid)
    assert (failed.value.status, failed.value.code) == (503, "issuer_unavailable")
    return failed.value.message


# --- how long


async def test_keys_are_kept_for_their_time(source, readings, clock):
    key = await source.key("first")
    clock.now += LIFETIME - 0.1
    assert await source.key("first") is key
    assert readings.count == 1
    clock.now += 0.1
    assert await source.key("first") is not key
    assert readings.count == 2


async def test_a_key_that_is_withdrawn_is_good_until_then_and_no_longer(source, readings, clock):
    await source.key("first")
    readings.kids = ["second"]
    assert await source.key("first")
    clock.now += LIFETIME
    assert "a key that the issuer does not have (kid first)" in await refusal(source, "first")


async def test_many_who_ask_at_once_make_one_reading(source, readings):
    keys = await asyncio.gather(*(source.key("first") for _ in range(20)))
    assert len({id(key) for key in keys}) == 1
    assert readings.count == 1


@pytest.mark.parametrize("who", [0, 1])
async def test_one_who_goes_away_leaves_the_reading_to_the_others(source, readings, who):
    readings.free.clear()
    callers = [asyncio.create_task(source.key("first")) for _ in range(2)]
    await readings.begun.wait()
    await gone(callers.pop(who))
    readings.free.set()
    assert await callers[0]
    assert readings.count == 1


# --- unknown keys


async def test_an_unknown_key_is_looked_for_once_and_found(source, readings):
    await source.key("first")
    readings.kids.append("second")
    assert await source.key("second")
    assert readings.count == 2


async def test_an_unknown_key_is_looked_for_once_in_a_while_however_many_ask(source, readings, clock):
    await source.key("first")
    said = "the access token is signed by a key that the issuer does not have (kid made up)"
    for _ in range(3):
        assert await refusal(source, "made up") == said
        assert "kid another" in await refusal(source, "another")
    assert readings.count == 2
    clock.now += UNKNOWN_KEY_PAUSE - 0.1
    await refusal(source, "made up")
    assert readings.count == 2
    clock.now += 0.1
    results = await asyncio.gather(*(source.key(f"made up {n}") for n in range(20)), return_exceptions=True)
    assert {type(result) for result in results} == {InvalidToken}
    assert readings.count == 3
    assert await source.key("first")


async def test_keys_that_have_just_been_read_are_not_read_again_for_an_unknown_one(source, readings, clock):
    await refusal(source, "made up")
    assert readings.count == 1
    clock.now += LIFETIME
    await refusal(source, "made up")
    assert readings.count == 2


@pytest.mark.parametrize("who", [0, 1])
async def test_one_who_goes_away_leaves_the_search_to_the_others(source, readings, who):
    await source.key("first")
    readings.kids.append("second")
    readings.free.clear()
    readings.begun.clear()
    callers = [asyncio.create_task(source.key("second")) for _ in range(2)]
    await readings.begun.wait()
    await gone(callers.pop(who))
    assert await source.key("first")  # and who asks for what is known does not wait
    readings.free.set()
    assert await callers[0]
    assert readings.count == 2


async def test_a_key_that_may_not_be_used_is_refused_with_the_reason(source):
    said = "the key weak that signed the access token is not used: it has 512 bits"
    assert await refusal(source, "weak") == said


async def test_what_a_stranger_wrote_is_not_repeated_as_it_is(source):
    assert "(kid (not a plain text))" in await refusal(source, "evil\nline")


async def test_while_the_issuer_is_away_nothing_is_known_of_an_unknown_key(source, readings, clock):
    await source.key("first")
    readings.fault = IssuerFault("it is away")
    for _ in range(3):
        assert await failure(source, "second") == UNAVAILABLE + "it is away"
    assert readings.count == 2
    assert await source.key("first")
    readings.fault = None
    readings.kids.append("second")
    clock.now += UNKNOWN_KEY_PAUSE
    assert await source.key("second")


# --- while the issuer is away


async def test_without_keys_a_failure_is_told_and_soon_tried_again(source, readings, clock):
    readings.fault = IssuerFault("it is away")
    for _ in range(3):
        assert await failure(source) == UNAVAILABLE + "it is away"
    assert readings.count == 1
    readings.fault = None
    clock.now += FAILURE_PAUSE
    assert await source.key("first")


async def test_who_is_refused_learns_when_to_come_back(source, readings):
    readings.fault = IssuerFault("it is away")
    with pytest.raises(IssuerUnavailable) as failed:
        await source.key("first")
    assert failed.value.retry_after == "10"


async def test_stale_keys_are_used_for_a_day_while_the_issuer_is_away(source, readings, clock, caplog):
    key = await source.key("first")
    readings.fault = IssuerFault("it is away")
    clock.now += LIFETIME
    with caplog.at_level(logging.WARNING):
        assert await source.key("first") is key
    assert readings.count == 2
    (record,) = caplog.records
    said = f"the keys of the issuer {URL} cannot be read (it is away); those that are known are used"
    assert record.getMessage() == said
    clock.now += STALE_LIFETIME - 0.1
    assert await source.key("first") is key
    await landed(source)
    clock.now += FAILURE_PAUSE
    assert await failure(source) == UNAVAILABLE + "it is away"


async def test_stale_keys_are_not_waited_for_once_the_issuer_is_known_to_be_away(source, readings, clock):
    key = await source.key("first")
    readings.fault = IssuerFault("it is away")
    clock.now += LIFETIME
    await source.key("first")
    readings.fault = None
    readings.free.clear()
    assert await source.key("first") is key  # at once: it was asked a moment ago
    assert readings.count == 2
    clock.now += FAILURE_PAUSE
    assert await source.key("first") is key  # at once: it is asked again beside that
    readings.free.set()
    await landed(source)
    assert readings.count == 3
    assert await source.key("first") is not key


async def test_an_issuer_that_does_not_answer_in_time(source, readings, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_READ", 0.01)
    readings.free.clear()
    assert await failure(source) == UNAVAILABLE + "it does not answer within 0.01 seconds"


async def test_when_all_have_gone_a_failure_is_told_to_the_log_alone(source, readings, caplog):
    unseen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unseen.append(context))
    readings.fault = RuntimeError("a defect")
    readings.free.clear()
    caller = asyncio.create_task(source.key("first"))
    await readings.begun.wait()
    await gone(caller)
    readings.free.set()
    await landed(source)
    gc.collect()
    assert unseen == []


async def test_a_defect_is_no_answer_and_the_next_call_tries_again(source, readings):
    readings.fault = RuntimeError("a defect")
    with pytest.raises(RuntimeError, match="a defect"):
        await source.key("first")
    readings.fault = None
    assert await source.key("first")


# --- the check


async def test_a_check_of_keys_that_are_kept_asks_nobody(source, readings):
    for _ in range(3):
        await source.check(RS256)
    assert readings.count == 1


async def test_a_check_fails_while_stale_keys_are_used(source, readings, clock):
    await source.key("first")
    readings.fault = IssuerFault("it is away")
    clock.now += LIFETIME
    for _ in range(2):
        with pytest.raises(IssuerUnavailable, match="it is away"):
            await source.check(RS256)
    assert await source.key("first")
    readings.fault = None
    clock.now += FAILURE_PAUSE
    with pytest.raises(IssuerUnavailable, match="it is away"):
        await source.check(RS256)  # the reading is under way
    await landed(source)
    await source.check(RS256)


async def test_a_check_fails_without_a_key_for_the_algorithm(source):
    with pytest.raises(IssuerUnavailable) as failed:
        await source.check(("ES256", "PS256"))
    assert failed.value.message == f"the issuer {URL} has no key for ES256 or PS256; weak: it has 512 bits"
    await source.check(("ES256", "RS256"))


async def test_an_issuer_without_any_key_that_may_be_used(clock):
    async def read() -> tuple[Keys, float]:
        document = {"keys": [public_jwk(rsa_key(), use="enc"), public_jwk(rsa_key("two"), alg="RSA-OAEP")]}
        return keys_of(json.dumps(document).encode()), LIFETIME

    with pytest.raises(IssuerUnavailable, match="has no key for RS256; first: its use is not sig; two: it is for no"):
        await KeySource(URL, read, clock).check(RS256)


# --- the end


async def test_who_waits_when_the_issuer_is_abandoned_is_told_so(source, readings):
    readings.free.clear()
    callers = [asyncio.create_task(source.key("first")) for _ in range(2)]
    await readings.begun.wait()
    source.abandon()
    for caller in callers:
        with pytest.raises(IssuerUnavailable, match="is not asked any more"):
            await caller


async def test_closing_waits_for_the_end_of_the_reading(source, readings):
    readings.free.clear()
    caller = asyncio.create_task(source.key("first"))
    await readings.begun.wait()
    flight = source._flight
    assert flight is not None
    await source.close()
    assert flight.cancelled()
    with pytest.raises(IssuerUnavailable):
        await caller
    await source.close()
