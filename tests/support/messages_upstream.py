"""An upstream that answers any POST as the last message of the request says, or else with what it was asked.

`python -m tests.support.messages_upstream`; it takes a free port and prints it.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web


def script(*pieces: str, status: int = 200, kind: str = "text/event-stream", end: str = "close") -> str:
    """The text of a message that asks for this answer; `end` is close, abort, or hang."""
    return json.dumps({"pieces": pieces, "status": status, "kind": kind, "end": end})


def sse(*events: dict[str, Any]) -> list[str]:
    """Server-sent events as Anthropic names them."""
    return [f"event: {event.get('type')}\ndata: {json.dumps(event)}\n\n" for event in events]


async def play(request: web.Request) -> web.StreamResponse:
    """Piece by piece."""
    body = await request.json()
    content = body["messages"][-1].get("content")
    if not isinstance(content, str) or not content.startswith('{"pieces"'):
        headers = {name.lower(): value for name, value in request.headers.items()}
        return web.json_response({"target": request.raw_path, "headers": headers, "body": body})
    wanted = json.loads(content)
    response = web.StreamResponse(status=wanted["status"], headers={"content-type": wanted["kind"]})
    response.headers["x-litellm-call-id"] = "42"
    await response.prepare(request)
    for piece in wanted["pieces"]:
        await response.write(piece.encode())
    if wanted["end"] == "abort":
        assert request.transport is not None
        request.transport.abort()
    if wanted["end"] == "hang":
        request.app["hanging"]["now"] += 1
        try:
            await asyncio.Event().wait()
        finally:
            request.app["hanging"]["now"] -= 1
            request.app["hanging"]["left"] += 1
    return response


async def hanging(request: web.Request) -> web.Response:
    """How many requests hang now, and how many were left by their clients."""
    return web.json_response(request.app["hanging"])


async def main() -> None:
    app = web.Application(client_max_size=0)
    app["hanging"] = {"now": 0, "left": 0}
    app.router.add_get("/hanging", hanging)
    app.router.add_post("/{path:.*}", play)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"listening on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
