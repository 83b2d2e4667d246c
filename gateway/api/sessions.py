"""`/v1/sessions`, and the paths that the original has: `/chat-history`, `/bedrock/chat-history`, `/session-ids`.

Answers are JSON; errors are rendered by the application, in the dialect of the path.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
from quart import Blueprint, Response, request

from gateway.api.exchange import parse_json_object
from gateway.api.session_json import CursorText, deleted, detail, export_lines, page, summary
from gateway.errors import MalformedBody, MalformedRequest, MissingCredentials, SessionNotFound
from gateway.history.turns import NOT_FOUND
from gateway.services.sessions import SessionsService
from gateway.translation.converse_history import converse_history
from gateway.upstream.caller import Caller
from gateway.upstream.headers import has_credentials

MOST = 100
USUAL = 20
LONGEST_TITLE = 200
LONGEST_QUERY = 200


def chat_history_blueprint(sessions: SessionsService) -> Blueprint:
    """What was said, in either front end's format."""
    routes = Blueprint("chat_history", __name__)

    @routes.post("/chat-history")
    async def chat_history() -> Response:
        _, turns = await sessions.read(_caller(), _session_id(await _body()))
        return _json({"messages": [message for turn in turns for message in turn.messages]})

    @routes.post("/bedrock/chat-history")
    async def bedrock_chat_history() -> Response:
        _, turns = await sessions.read(_caller(), _session_id(await _body()))
        return _json(converse_history([message for turn in turns for message in turn.messages]))

    @routes.post("/session-ids")
    async def session_ids() -> Response:
        return _json({"session_ids": [str(session_id) for session_id in await sessions.ids(_caller())]})

    return routes


def sessions_blueprint(sessions: SessionsService) -> Blueprint:
    """Sessions as objects."""
    routes = Blueprint("sessions", __name__)

    @routes.get("/v1/sessions")
    async def list_sessions() -> Response:
        limit = _limit(request.args.get("limit"))
        after = CursorText.parse(request.args.get("cursor"))
        query = request.args.get("query", "")[:LONGEST_QUERY]
        found = await sessions.page(_caller(), limit=limit, after=after, query=query, owner=request.args.get("owner"))
        return _json(page(found, limit))

    @routes.get("/v1/sessions/<session_id>")
    async def get_session(session_id: str) -> Response:
        found, turns = await sessions.read(_caller(), _parsed(session_id))
        return _json(detail(found, turns))

    @routes.patch("/v1/sessions/<session_id>")
    async def rename_session(session_id: str) -> Response:
        body = await _body()
        return _json(summary(await sessions.rename(_caller(), _parsed(session_id), _title(body))))

    @routes.delete("/v1/sessions/<session_id>")
    async def delete_session(session_id: str) -> Response:
        identifier = _parsed(session_id)
        await sessions.delete(_caller(), identifier)
        return _json(deleted(identifier))

    @routes.post("/v1/sessions/<session_id>/fork")
    async def fork_session(session_id: str) -> Response:
        body = await _body(empty=True)
        return _json(summary(await sessions.fork(_caller(), _parsed(session_id), _turn(body))))

    @routes.get("/v1/sessions/<session_id>/export")
    async def export_session(session_id: str) -> Response:
        found, turns = await sessions.read(_caller(), _parsed(session_id))

        async def lines() -> AsyncIterator[bytes]:
            for line in export_lines(found, turns):
                yield line

        response = Response(lines(), content_type="application/jsonl")
        response.headers["content-disposition"] = f'attachment; filename="session-{found.id}.jsonl"'
        return _private(response)

    return routes


# --- reading ----------------------------------------------------------------------


def _caller() -> Caller:
    scope: Any = request.scope
    caller = Caller(list(scope["headers"]), scope["state"]["request_id"])
    if not has_credentials(caller.headers):
        raise MissingCredentials("no API key was sent; send the header Authorization: Bearer <key>")
    return caller


async def _body(*, empty: bool = False) -> dict[str, Any]:
    raw = await request.get_data()
    assert isinstance(raw, bytes)
    return {} if empty and not raw.strip() else parse_json_object(raw)


def _only(body: dict[str, Any], *known: str) -> None:
    for name in body:
        if name not in known:
            raise MalformedBody(f"{name[:80]}: is not known here; known are {', '.join(known)}", param=name[:80])


def _session_id(body: dict[str, Any]) -> UUID:
    _only(body, "session_id")
    if not isinstance(body.get("session_id"), str):
        raise MalformedBody("session_id: is required, as text", param="session_id")
    return _parsed(body["session_id"])


def _parsed(session_id: str) -> UUID:
    try:
        return UUID(session_id)
    except ValueError:
        raise SessionNotFound(NOT_FOUND) from None


def _title(body: dict[str, Any]) -> str:
    _only(body, "title")
    title = body.get("title")
    if not isinstance(title, str) or not title.strip():
        raise MalformedBody("title: is required, as text that is not blank", param="title")
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise MalformedBody(f"title: must be one line of at most {LONGEST_TITLE} characters", param="title")
    return title.strip()


def _turn(body: dict[str, Any]) -> int | None:
    _only(body, "turn")
    turn = body.get("turn")
    if turn is not None and (not isinstance(turn, int) or isinstance(turn, bool) or turn < 1):
        raise MalformedBody("turn: must be the number of a turn, from 1", param="turn")
    return turn


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= MOST:
        raise MalformedRequest(f"limit: must be a whole number from 1 to {MOST}", param="limit")
    return int(text)


# --- answering --------------------------------------------------------------------


def _json(body: Any) -> Response:
    return _private(Response(orjson.dumps(body), content_type="application/json"))


def _private(response: Response) -> Response:
    response.headers["cache-control"] = "no-store"
    return response
