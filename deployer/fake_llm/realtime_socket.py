"""A realtime session over a websocket: what is received is answered at the pace of the server."""

import asyncio
from contextlib import suppress

import orjson
from aiohttp import WSMsgType, web

from deployer.fake_llm.errors import ApiError, ErrorReply, missing
from deployer.fake_llm.failures import FAILURES, HEALTHY
from deployer.fake_llm.pace import Pace
from deployer.fake_llm.playback import until
from deployer.fake_llm.realtime import RealtimeSession, TimedEvent


async def converse(request: web.Request, pace: Pace) -> web.WebSocketResponse:
    """Hold one realtime conversation, until the client ends it.

    Raises:
        ApiError: no websocket, no model, or a model that refuses.
        ConnectionResetError: the client left while an answer was under way.
    """
    model = _model(request)
    session = RealtimeSession(model)
    socket = web.WebSocketResponse(protocols=("realtime",))
    if not socket.can_prepare(request):
        raise ApiError(ErrorReply("This address speaks websocket: send an upgrade request.", code="upgrade_required"))
    await socket.prepare(request)
    outbox = _Outbox(socket, FAILURES.get(model, HEALTHY).paced(pace))
    outbox.put([session.open()])
    # Sending is a task of its own, so that a client that leaves in the middle of an answer is noticed.
    sender = asyncio.create_task(outbox.send_all())
    try:
        async for message in socket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                outbox.put(session.receive(message.data))
    except asyncio.CancelledError:
        # So ends an orderly close, too, when the client drops the connection before we are back here.
        if request.transport is not None:
            raise
    finally:
        sender.cancel()
    if outbox.unsent:
        raise ConnectionResetError("the client left while an answer was under way")
    return socket


class _Outbox:
    """Events on their way to one client, in order, each sent when it is due."""

    def __init__(self, socket: web.WebSocketResponse, pace: Pace) -> None:
        self._socket = socket
        self._pace = pace
        self._queue: asyncio.Queue[tuple[float, TimedEvent]] = asyncio.Queue()
        self.unsent = 0

    def put(self, events: list[TimedEvent]) -> None:
        now = asyncio.get_running_loop().time()
        for timed in events:
            self._queue.put_nowait((now, timed))
        self.unsent += len(events)

    async def send_all(self) -> None:
        """Send what is put, until the client leaves."""
        with suppress(ConnectionError):
            while True:
                received_at, (event, after) = await self._queue.get()
                if after is not None:
                    await until(received_at + self._pace.due(after))
                await self._socket.send_str(orjson.dumps(event).decode())
                self.unsent -= 1


def _model(request: web.Request) -> str:
    model = request.query.get("model")
    if not model:
        raise missing("model")
    refusal = FAILURES.get(model, HEALTHY).refusal
    if refusal is not None:
        raise ApiError(refusal)
    return model
