"""Redis or Valkey, when there is one."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError


class CacheUnavailable(Exception):
    """Redis does not answer; the message names no password."""


class Cache:
    """The connection to Redis; connects when it is first used."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url)

    async def close(self) -> None:
        await self._redis.aclose()

    async def check(self) -> None:
        """Raises CacheUnavailable unless it answers a PING."""
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            raise CacheUnavailable(f"cannot be used ({type(error).__name__})") from error
