"""An HTTP server that answers with what it was sent, for what must pass through the gateway unchanged.

`python -m tests.support.echo`; it takes a free port and prints it.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json

from aiohttp import WSMsgType, web


async def echo(request: web.Request) -> web.Response:
    """Method, path, headers and body as they came; twice the same header back; gzip when it is asked for."""
    body = await request.read()
    seen = {
        "method": request.method,
        "target": request.raw_path,
        "headers": [[name.lower(), value] for name, value in request.headers.items()],
        "body": body.decode("latin-1") if len(body) < 10_000 else None,
        "length": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    payload = json.dumps(seen).encode()
    headers = [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-litellm-call-id", "42"),
        ("retry-after", "7"),
        ("x-ratelimit-remaining-requests", "9"),
        ("keep-alive", "timeout=1"),
    ]
    response = web.Response(status=int(request.headers.get("x-echo-status", "200")), body=payload)
    if "gzip" in request.headers.get("accept-encoding", ""):
        response.body = gzip.compress(payload)
        response.headers["content-encoding"] = "gzip"
    response.content_type = "application/json"
    for name, value in headers:
        response.headers.add(name, value)
    return response


async def completions(request: web.Request) -> web.Response:
    """Whatever the last message says, as it stands, with the status and the Retry-After that the model's name says."""
    asked = await request.json()
    status, _, retry_after = asked["model"].partition(" ")
    headers = {"retry-after": retry_after} if retry_after else {}
    kind = "text/event-stream" if asked.get("stream") else "application/json"
    text = asked["messages"][-1]["content"]
    return web.Response(status=int(status), text=text, content_type=kind, headers=headers)


async def duplex(request: web.Request) -> web.StreamResponse:
    """Each piece of the body back as soon as it has come."""
    response = web.StreamResponse()
    await response.prepare(request)
    async for piece in request.content.iter_any():
        await response.write(piece)
    return response


async def cut(request: web.Request) -> web.StreamResponse:
    """Promises a hundred bytes and leaves after ten."""
    response = web.StreamResponse(headers={"content-length": "100"})
    await response.prepare(request)
    await response.write(b"0123456789")
    assert request.transport is not None
    request.transport.abort()
    return response


async def cut_events(request: web.Request) -> web.StreamResponse:
    """Begins a stream of events and leaves within the second."""
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b'data: {"n": 1}\n\ndata: {"n"')
    await response.drain()
    assert request.transport is not None
    request.transport.abort()
    return response


async def early(request: web.Request) -> web.Response:
    """Refuses before it has read the body."""
    return web.Response(status=403, text="no")


async def websocket(request: web.Request) -> web.WebSocketResponse:
    """Echoes texts and bytes; `close` makes it close with 4001; says which headers of the handshake it saw."""
    socket = web.WebSocketResponse(protocols=("realtime",))
    await socket.prepare(request)
    await socket.send_json({name.lower(): value for name, value in request.headers.items()})
    async for message in socket:
        if message.type is WSMsgType.TEXT and message.data == "close":
            await socket.close(code=4001, message=b"as asked")
        elif message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    request.app["closed"].append(socket.close_code)
    return socket


async def closed(request: web.Request) -> web.Response:
    """With which codes the websockets were closed."""
    return web.json_response(request.app["closed"])


async def refused(request: web.Request) -> web.Response:
    return web.Response(status=int(request.query.get("status", "403")), text="no websocket for you")


async def silent(request: web.Request) -> web.Response:
    """Never answers; `waiting` tells how many wait for that."""
    request.app["waiting"]["requests"] += 1
    try:
        await asyncio.Event().wait()
    finally:
        request.app["waiting"]["requests"] -= 1
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    """As much as is taken; `endless_sent` tells how many bytes that were."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65536)
        request.app["sent"]["bytes"] += 65536


async def endless_sent(request: web.Request) -> web.Response:
    return web.json_response(request.app["sent"]["bytes"])


async def unread(_request: web.Request) -> web.Response:
    """Neither reads the body nor answers."""
    await asyncio.Event().wait()
    return web.Response()


async def waiting(request: web.Request) -> web.Response:
    return web.json_response(request.app["waiting"]["requests"])


def application() -> web.Application:
    app = web.Application(client_max_size=0)
    app["closed"] = []
    app["waiting"] = {"requests": 0}
    app["sent"] = {"bytes": 0}
    app.router.add_post("/v1/chat/completions", completions)
    app.router.add_route("*", "/duplex", duplex)
    app.router.add_get("/cut", cut)
    app.router.add_get("/cut-events", cut_events)
    app.router.add_post("/early", early)
    app.router.add_get("/ws", websocket)
    app.router.add_get("/ws-closed", closed)
    app.router.add_get("/ws-refused", refused)
    app.router.add_get("/silent", silent)
    app.router.add_post("/unread", unread)
    app.router.add_get("/endless", endless)
    app.router.add_get("/endless-sent", endless_sent)
    app.router.add_get("/waiting", waiting)
    app.router.add_route("*", "/{path:.*}", echo)
    return app


async def main() -> None:
    runner = web.AppRunner(application(), access_log=None, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"listening on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
