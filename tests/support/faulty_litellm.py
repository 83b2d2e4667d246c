"""LiteLLM behind a proxy that answers some paths in its place: with an error, with nonsense, or not at all."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, web

STARTED_WITHIN = 30.0
SILENCE = "silence"

_HOP = {"transfer-encoding", "content-length", "content-encoding", "connection", "keep-alive"}


class FaultyLiteLLM:
    """In a thread of its own, on a free port. By path: `requests` counts, `headers` and `bodies` are the last one's."""

    def __init__(self, litellm_url: str) -> None:
        self._litellm = litellm_url
        self._faults: dict[str, tuple[int, bytes] | str] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.requests: Counter[str] = Counter()
        self.headers: dict[str, dict[str, str]] = {}
        self.bodies: dict[str, bytes] = {}
        self.url = ""

    def fail(self, path: str, status: int, body: bytes = b'{"error": {"message": "it is broken"}}') -> None:
        """Answers a path so, whatever is asked of it."""
        self._faults[path] = status, body

    def silence(self, path: str) -> None:
        """Takes requests and gives no answer."""
        self._faults[path] = SILENCE

    def mend(self) -> None:
        self._faults.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(STARTED_WITHIN)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(STARTED_WITHIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STARTED_WITHIN)
        self._loop.close()

    async def _start(self) -> None:
        self._session = ClientSession(auto_decompress=False)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _answer(self, request: web.Request) -> web.Response:
        self.requests[request.path] += 1
        body = await request.read()
        self.headers[request.path] = {name.lower(): value for name, value in request.headers.items()}
        self.bodies[request.path] = body
        fault = self._faults.get(request.path)
        if isinstance(fault, tuple):
            return web.Response(status=fault[0], body=fault[1], content_type="application/json")
        if fault == SILENCE:
            await asyncio.Event().wait()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        async with self._session.request(
            request.method, f"{self._litellm}{request.raw_path}", headers=headers, data=body or None
        ) as response:
            kept = {name: value for name, value in response.headers.items() if name.lower() not in _HOP}
            return web.Response(status=response.status, headers=kept, body=await response.read())
