"""Sessions for those whose they are, and to read for administrators."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID, uuid4

from gateway.errors import Forbidden, SessionNotFound
from gateway.history.sessions import Cursor, Sessions, StoredTurn, Summary
from gateway.services.history import unavailable
from gateway.services.principals import Principals
from gateway.upstream.caller import Caller

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionsService:
    """Every call asks who calls, and raises UpstreamRefusal with LiteLLM's own status for a key that is not good;
    HistoryUnavailable; for one session, SessionNotFound: also where it is somebody else's."""

    sessions: Sessions
    principals: Principals

    async def page(
        self, caller: Caller, *, limit: int, after: Cursor | None, query: str, owner: str | None
    ) -> list[Summary]:
        """One more than `limit`, where there are more. `owner`: somebody else, which administrators may ask for.

        Raises Forbidden.
        """
        principal = await self.principals.of(caller)
        whose = principal.owner
        if owner is not None and owner != whose:
            if not await self.principals.is_administrator(principal, caller):
                raise Forbidden("only administrators may see the sessions of others", param="owner")
            _audit("listed the sessions of another", caller, principal.owner, owner=owner)
            whose = owner
        with unavailable():
            return await self.sessions.page(whose, limit=limit + 1, after=after, query=query)

    async def ids(self, caller: Caller) -> list[UUID]:
        """Of all the caller's sessions, newest first."""
        principal = await self.principals.of(caller)
        with unavailable():
            return await self.sessions.ids(principal.owner)

    async def read(self, caller: Caller, session_id: UUID) -> tuple[Summary, list[StoredTurn]]:
        """A session of the caller's; for administrators, anybody's: that is logged."""
        principal = await self.principals.of(caller)
        with unavailable():
            try:
                return await self.sessions.read(session_id, principal.owner)
            except SessionNotFound:
                # Asked whether the session exists or not: how long the answer takes must not tell.
                if not await self.principals.is_administrator(principal, caller):
                    raise
                found = await self.sessions.read(session_id, None)
        _audit("read a session of another", caller, principal.owner, owner=found[0].owner, session=str(session_id))
        return found

    async def rename(self, caller: Caller, session_id: UUID, title: str) -> Summary:
        principal = await self.principals.of(caller)
        with unavailable():
            return await self.sessions.rename(session_id, principal.owner, title)

    async def fork(self, caller: Caller, session_id: UUID, turn: int | None) -> Summary:
        """A new session with the turns up to `turn`, all where it is None."""
        principal = await self.principals.of(caller)
        with unavailable():
            return await self.sessions.fork(session_id, principal.owner, uuid4(), turn)

    async def delete(self, caller: Caller, session_id: UUID) -> None:
        principal = await self.principals.of(caller)
        with unavailable():
            await self.sessions.delete(session_id, principal.owner)


def _audit(what: str, caller: Caller, who: str, **about: str) -> None:
    _log.warning(f"an administrator {what}", extra={"request_id": caller.request_id, "administrator": who} | about)
