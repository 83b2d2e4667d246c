"""The real page, in front of a stand-in for `/v1/sessions` where each key has the sessions that a test put there.

`python -m tests.gateway.pages.stand_in`; it takes a free port and prints it. `PUT /stand-in/<key>` with a list of
sessions makes a key known, `DELETE` makes it unknown.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, request

from gateway.api.pages import pages_blueprint

Session = dict[str, Any]

app = Quart(__name__, static_folder=None)
app.register_blueprint(pages_blueprint())
# Of each key, its sessions by id.
known: dict[str, dict[str, Session]] = {}


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message


@app.errorhandler(Refused)
async def refused(error: Refused) -> tuple[dict[str, Any], int]:
    kind = "authentication_error" if error.status == 401 else "invalid_request_error"
    return {"error": {"message": error.message, "type": kind, "param": None, "code": None}}, error.status


def own_sessions() -> dict[str, Session]:
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    if key not in known:
        raise Refused(401, "Authentication Error, this key is not known.")
    return known[key]


def own_session(session_id: str) -> Session:
    session = own_sessions().get(session_id)
    if session is None:
        raise Refused(404, "there is no such session")
    return session


def summary(session: Session) -> Session:
    return {name: value for name, value in session.items() if name != "history"}


@app.put("/stand-in/<key>")
async def put_sessions(key: str) -> dict[str, Any]:
    known[key] = {session["id"]: session for session in await request.get_json()}
    return {}


@app.delete("/stand-in/<key>")
async def forget_key(key: str) -> dict[str, Any]:
    del known[key]
    return {}


@app.get("/v1/sessions")
async def list_sessions() -> dict[str, Any]:
    query = request.args.get("query", "").lower()
    found = [summary(each) for each in own_sessions().values() if query in (each["title"] or "").lower()]
    found.sort(key=lambda each: each["updated_at"], reverse=True)
    start, limit = int(request.args.get("cursor", 0)), int(request.args["limit"])
    has_more = len(found) > start + limit
    return {
        "object": "list",
        "data": found[start : start + limit],
        "has_more": has_more,
        "next_cursor": str(start + limit) if has_more else None,
    }


@app.get("/v1/sessions/<session_id>")
async def get_session(session_id: str) -> Session:
    return own_session(session_id)


@app.patch("/v1/sessions/<session_id>")
async def rename_session(session_id: str) -> Session:
    session = own_session(session_id)
    session["title"] = (await request.get_json())["title"]
    return summary(session)


@app.delete("/v1/sessions/<session_id>")
async def delete_session(session_id: str) -> dict[str, Any]:
    own_session(session_id)
    del own_sessions()[session_id]
    return {"id": session_id, "object": "session.deleted", "deleted": True}


@app.post("/v1/sessions/<session_id>/fork")
async def fork_session(session_id: str) -> Session:
    session, turn = own_session(session_id), (await request.get_json())["turn"]
    fork = session | {
        "id": str(uuid4()),
        "history": session["history"][:turn],
        "turns": turn,
        "updated_at": session["updated_at"] + 1,
        "forked_from": {"session_id": session_id, "turn": turn},
    }
    own_sessions()[fork["id"]] = fork
    return summary(fork)


@app.get("/v1/sessions/<session_id>/export")
async def export_session(session_id: str) -> Response:
    lines = [json.dumps({"session_id": session_id} | turn) for turn in own_session(session_id)["history"]]
    return Response("".join(f"{line}\n" for line in lines), content_type="application/jsonl")


if __name__ == "__main__":
    config = Config()
    config.bind = ["127.0.0.1:0"]
    asyncio.run(serve(app, config))
