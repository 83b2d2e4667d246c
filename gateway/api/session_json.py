"""Sessions as JSON, in the manner of OpenAI's objects: times are seconds since 1970."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from gateway.errors import MalformedRequest
from gateway.history.sessions import Cursor, StoredTurn, Summary


def summary(session: Summary) -> dict[str, Any]:
    """A session as it stands in a list."""
    forked = session.forked_from
    return {
        "id": str(session.id),
        "object": "session",
        "title": session.title or None,
        "model": session.model,
        "owner": session.owner,
        "created_at": session.created_at // 1000,
        "updated_at": session.updated_at // 1000,
        "turns": session.turns,
        "usage": asdict(session.usage),
        "forked_from": {"session_id": str(forked[0]), "turn": forked[1]} if forked else None,
    }


def detail(session: Summary, turns: list[StoredTurn]) -> dict[str, Any]:
    """A session with all that was said."""
    return summary(session) | {"history": [_turn(turn) for turn in turns]}


def _turn(turn: StoredTurn) -> dict[str, Any]:
    return {
        "turn": turn.number,
        "model": turn.model,
        "created_at": turn.created_at // 1000,
        "finish_reason": turn.finish_reason,
        "usage": asdict(turn.usage),
        "messages": turn.messages,
    }


def page(found: list[Summary], limit: int) -> dict[str, Any]:
    """`found`: one more than `limit`, where there are more."""
    shown = found[:limit]
    has_more = len(found) > limit
    return {
        "object": "list",
        "data": [summary(session) for session in shown],
        "has_more": has_more,
        "next_cursor": CursorText.of(shown[-1]) if has_more else None,
    }


def deleted(session_id: UUID) -> dict[str, Any]:
    return {"id": str(session_id), "object": "session.deleted", "deleted": True}


def export_lines(session: Summary, turns: list[StoredTurn]) -> Iterator[bytes]:
    """JSON lines: one for each turn, each with the id of its session."""
    for turn in turns:
        yield orjson.dumps({"session_id": str(session.id)} | _turn(turn), option=orjson.OPT_APPEND_NEWLINE)


class CursorText:
    """Where a page ended, as text that a client gives back and need not understand."""

    @staticmethod
    def of(session: Summary) -> str:
        return urlsafe_b64encode(f"{session.updated_at}:{session.id}".encode()).decode()

    @staticmethod
    def parse(text: str | None) -> Cursor | None:
        """Raises MalformedRequest."""
        if text is None:
            return None
        try:
            parsed = _CURSOR.fullmatch(urlsafe_b64decode(text.encode("ascii")).decode("ascii"))
        except ValueError:
            parsed = None
        if parsed is None:
            raise MalformedRequest("cursor: must be the next_cursor of a page", param="cursor")
        return int(parsed[1]), UUID(parsed[2])


_CURSOR = re.compile(r"(\d{1,18}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
