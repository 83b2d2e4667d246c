"""Plays a reply to a client, each piece when it is due."""

import asyncio

from aiohttp import web

from deployer.fake_llm.pace import Pace
from deployer.fake_llm.reply import Ending, Reply

# Pieces that are due together share a write; without a bound a long answer would be one write of megabytes.
MAX_PIECES_PER_WRITE = 256


async def play(request: web.Request, reply: Reply, pace: Pace, started: float) -> web.StreamResponse:
    """Send `reply` at `pace`; `started` is the loop's time, in seconds, at which the request came in.

    Raises:
        asyncio.CancelledError, ConnectionError: the client left before the reply was complete.
    """
    if not reply.streamed and reply.ending is Ending.COMPLETE:
        await until(started + pace.due(reply.pieces[0].after))
        return rendered(reply)
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    response.content_type = reply.content_type
    response.content_length = reply.length
    await _send_pieces(request, response, reply, pace, started)
    await _ENDINGS[reply.ending](request)
    return response


def rendered(reply: Reply) -> web.Response:
    """A reply of one piece, to be sent at once."""
    return web.Response(
        body=reply.pieces[0].data, status=reply.status, headers=reply.headers, content_type=reply.content_type
    )


async def until(due: float) -> None:
    """Wait until the loop's time is `due`, in seconds; returns at once when it has passed."""
    left = due - asyncio.get_running_loop().time()
    if left > 0:
        await asyncio.sleep(left)


async def _send_pieces(
    request: web.Request, response: web.StreamResponse, reply: Reply, pace: Pace, started: float
) -> None:
    loop = asyncio.get_running_loop()
    at = 0
    while at < len(reply.pieces):
        await until(started + pace.due(reply.pieces[at].after))
        if at == 0:
            await response.prepare(request)
        elapsed = loop.time() - started
        end = at + 1
        while (
            end < len(reply.pieces) and end - at < MAX_PIECES_PER_WRITE and pace.due(reply.pieces[end].after) <= elapsed
        ):
            end += 1
        await response.write(b"".join(piece.data for piece in reply.pieces[at:end]))
        at = end


async def _complete(_request: web.Request) -> None:
    """Nothing to do: the server ends the body."""


async def _silence(_request: web.Request) -> None:
    await asyncio.Event().wait()


async def _abort(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the client has left")
    # Aborting drops what is still in the transport's buffer: with a limit of 0, drain waits until that is empty.
    transport.set_write_buffer_limits(high=0)
    await request.writer.drain()
    transport.abort()


_ENDINGS = {Ending.COMPLETE: _complete, Ending.SILENCE: _silence, Ending.ABORT: _abort}
