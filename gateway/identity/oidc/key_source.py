"""One issuer's keys: read when they are needed, and kept while they are fresh or nothing better can be had."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable

from gateway.errors import InvalidToken, IssuerUnavailable
from gateway.identity.oidc.errors import IssuerFault, shown
from gateway.identity.oidc.keys import Keys, VerifyingKey
from gateway.units import DAY, SECONDS

STALE_LIFETIME = 1 * DAY
# However many ask for a key that there is not: tokens can be made up.
UNKNOWN_KEY_PAUSE = 30 * SECONDS
# After a failure, until the issuer is asked again.
FAILURE_PAUSE = 10 * SECONDS
LONGEST_READ = 10 * SECONDS

_log = logging.getLogger(__name__)

# The keys and the seconds for which they may be kept; raises IssuerFault.
Read = Callable[[], Awaitable[tuple[Keys, float]]]


class KeySource:
    """`clock` gives seconds, and never goes back. All who ask at the same time share one reading."""

    def __init__(self, issuer: str, read: Read, clock: Callable[[], float]) -> None:
        self._issuer = issuer
        self._read = read
        self._clock = clock
        self._keys: Keys | None = None
        self._fresh_until = -math.inf
        self._failure: str | None = None  # of the last reading
        self._next_reading = -math.inf
        self._next_search = -math.inf
        self._flight: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> VerifyingKey:
        """Raises InvalidToken when the issuer has no such key, or none that may be used, and IssuerUnavailable."""
        before = self._keys
        keys = await self._current()
        if kid not in keys.usable and keys is before:
            keys = await self._searched()
        if kid in keys.usable:
            return keys.usable[kid]
        if kid in keys.refused:
            raise InvalidToken(f"the key {shown(kid)} that signed the access token is not used: {keys.refused[kid]}")
        raise InvalidToken(f"the access token is signed by a key that the issuer does not have (kid {shown(kid)})")

    async def check(self, algorithms: tuple[str, ...]) -> None:
        """Raises IssuerUnavailable unless there are fresh keys, of which one is for one of the algorithms."""
        keys = await self._current()
        if self._failure is not None and not self._is_fresh():
            raise self._unavailable()
        if not any(key.algorithms & set(algorithms) for key in keys.usable.values()):
            reasons = "".join(f"; {shown(kid)}: {reason}" for kid, reason in keys.refused.items())
            raise IssuerUnavailable(f"the issuer {self._issuer} has no key for {' or '.join(algorithms)}{reasons}")

    def abandon(self) -> None:
        """Ends what is under way; who waits for it gets IssuerUnavailable."""
        if self._flight is not None:
            self._flight.cancel()

    async def close(self) -> None:
        """The same, and waits until it has ended."""
        flight = self._flight
        self.abandon()
        if flight is not None:
            await asyncio.wait([flight])

    async def _current(self) -> Keys:
        if not self._is_fresh() and (self._flight is not None or self._clock() >= self._next_reading):
            had_failed = self._failure is not None
            flight = self._flight or self._depart()
            # While the issuer is known to be away, nobody waits to learn it again.
            if not (had_failed and self._is_usable()):
                await self._landing(flight)
        if self._keys is None or not self._is_usable():
            raise self._unavailable()
        return self._keys

    async def _searched(self) -> Keys:
        """The keys, read again for one that they lack, unless that was done a moment ago."""
        if self._flight is None and self._clock() >= self._next_search:
            self._next_search = self._clock() + UNKNOWN_KEY_PAUSE
            self._depart()
        if self._flight is not None:
            await self._landing(self._flight)
        if self._keys is None or self._failure is not None:
            raise self._unavailable()
        return self._keys

    def _is_fresh(self) -> bool:
        return self._clock() < self._fresh_until

    def _is_usable(self) -> bool:
        return self._clock() < self._fresh_until + STALE_LIFETIME

    def _depart(self) -> asyncio.Task[None]:
        self._flight = asyncio.create_task(self._load())
        self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flight = None
        if not flight.cancelled():
            # Seen, even when everybody who asked has gone.
            flight.exception()

    async def _landing(self, flight: asyncio.Task[None]) -> None:
        # A caller that goes away leaves the flight to the others.
        await asyncio.wait([flight])
        if flight.cancelled():
            raise IssuerUnavailable(f"the issuer {self._issuer} is not asked any more")
        flight.result()

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_READ):
                keys, seconds = await self._read()
        except TimeoutError:
            self._failed(f"it does not answer within {LONGEST_READ:g} seconds")
        except IssuerFault as fault:
            self._failed(str(fault))
        else:
            self._keys, self._failure = keys, None
            self._fresh_until = self._clock() + seconds

    def _failed(self, failure: str) -> None:
        self._failure = failure
        self._next_reading = self._clock() + FAILURE_PAUSE
        kept = "those that are known are used" if self._keys is not None and self._is_usable() else "there are none"
        _log.warning("the keys of the issuer %s cannot be read (%s); %s", self._issuer, failure, kept)

    def _unavailable(self) -> IssuerUnavailable:
        message = f"the keys of the issuer {self._issuer} cannot be read: {self._failure}"
        return IssuerUnavailable(message, retry_after=f"{FAILURE_PAUSE:.0f}")
