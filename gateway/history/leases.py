"""Keeps the leases of turns that are under way: the model may take longer than a lease lasts."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from gateway.database.engine import DatabaseUnavailable
from gateway.history.turns import Turns

_log = logging.getLogger(__name__)


class Leases:
    """Renews all that are held every `interval` seconds, in one statement; sleeps while none is held."""

    def __init__(self, turns: Turns, interval: float) -> None:
        self._turns = turns
        self._interval = interval
        self._held: dict[UUID, UUID] = {}
        self._task: asyncio.Task[None] | None = None

    def hold(self, lease: UUID, session_id: UUID) -> None:
        self._held[lease] = session_id
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew())

    def let_go(self, lease: UUID) -> None:
        self._held.pop(lease, None)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _renew(self) -> None:
        while self._held:
            await asyncio.sleep(self._interval)
            if not self._held:
                return
            try:
                await self._turns.renew(dict(self._held))
            except DatabaseUnavailable as error:
                # Tried again; if a lease is lost meanwhile, its turn will not be stored, and its client is told.
                _log.warning("leases of sessions could not be renewed", extra={"reason": str(error)})
