"""What is true for a while: in Redis or Valkey when there is one, shared by all replicas; else in this process."""

from __future__ import annotations

import logging
import time
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.expiring import Expiring
from gateway.units import SECONDS

_log = logging.getLogger(__name__)

# Beside our own, others may use the same Redis: LiteLLM does.
PREFIX = "genai-gateway:"

# A cache that takes longer is of no use.
TIMEOUT = 0.5 * SECONDS
MAX_ENTRIES = 10_000


class CacheUnavailable(Exception):
    """Redis does not answer; the message names no password."""


class Cache(Protocol):
    """Texts by their names."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str, seconds: float) -> None: ...


class ProcessCache:
    """In this process, which forgets it when it ends."""

    def __init__(self) -> None:
        self._entries: Expiring[str, str] = Expiring(MAX_ENTRIES, time.monotonic)

    async def get(self, name: str) -> str | None:
        return self._entries.get(name)

    async def put(self, name: str, value: str, seconds: float) -> None:
        self._entries.put(name, value, seconds)


class RedisCache:
    """In Redis; connects when it is first used. While it is down, this process caches alone."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, protocol=2
        )
        self._meanwhile = ProcessCache()

    async def close(self) -> None:
        await self._redis.aclose()

    async def check(self) -> None:
        """Raises CacheUnavailable unless it answers a PING."""
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            raise CacheUnavailable(f"cannot be used ({type(error).__name__})") from error

    async def get(self, name: str) -> str | None:
        try:
            value = await self._redis.get(PREFIX + name)
        except (RedisError, OSError) as error:
            _warn(error)
            return await self._meanwhile.get(name)
        return None if value is None else str(value)

    async def put(self, name: str, value: str, seconds: float) -> None:
        try:
            await self._redis.set(PREFIX + name, value, px=max(1, round(seconds * 1000)))
        except (RedisError, OSError) as error:
            _warn(error)
            await self._meanwhile.put(name, value, seconds)


def _warn(error: Exception) -> None:
    _log.warning("Redis failed; this process caches alone", extra={"reason": type(error).__name__})
