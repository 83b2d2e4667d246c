"""LiteLLM over HTTP: one pool of connections, aiohttp's exceptions turned into ours in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
from yarl import URL

from gateway.errors import UpstreamBroken, UpstreamRefusal, UpstreamTimeout, UpstreamUnavailable
from gateway.settings import Settings
from gateway.units import KIB, MIB, SECONDS
from gateway.upstream.address import Address

# Below uvicorn's five seconds: LiteLLM must never be the one that closes an idle connection we are about to use.
KEEP_ALIVE = 3 * SECONDS
MAX_HEADER_SIZE = 64 * KIB
MAX_WEBSOCKET_MESSAGE = 16 * MIB

# What aiohttp would add by itself; a relay sends what the client sent.
_AUTOMATIC_HEADERS = ("accept", "accept-encoding", "user-agent", "content-type")


@contextmanager
def upstream_errors() -> Iterator[None]:
    """Turns what aiohttp raises into the gateway's errors."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        raise UpstreamUnavailable("LiteLLM cannot be reached: no connection within the time allowed") from error
    except aiohttp.ServerTimeoutError as error:
        raise UpstreamTimeout("LiteLLM did not answer within the time allowed (GATEWAY_UPSTREAM_TIMEOUT)") from error
    except (aiohttp.ClientConnectionError, ConnectionError) as error:
        raise UpstreamUnavailable("LiteLLM cannot be reached; try again shortly") from error
    except aiohttp.WSServerHandshakeError as error:
        if error.status < 400:
            raise UpstreamBroken("LiteLLM did not complete the websocket's handshake") from error
        message = f"LiteLLM refused the websocket with status {error.status}"
        raise UpstreamRefusal(error.status, message, code="websocket_refused") from error
    except aiohttp.ClientPayloadError as error:
        raise UpstreamBroken("LiteLLM's answer broke off before it was complete") from error
    except aiohttp.ClientError as error:
        raise UpstreamBroken("LiteLLM's answer cannot be understood") from error


class LiteLLM:
    """The upstream. `open` before the first request, `close` after the last."""

    def __init__(self, settings: Settings, address: Address) -> None:
        self._address = address
        self._timeout = aiohttp.ClientTimeout(
            total=None,
            connect=settings.connect_timeout,
            sock_connect=settings.connect_timeout,
            sock_read=settings.upstream_timeout,
        )
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        # A worker that replaces another may be younger than the last change.
        self._address.reread()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            auto_decompress=False,
            skip_auto_headers=_AUTOMATIC_HEADERS,
            requote_redirect_url=False,
            max_line_size=MAX_HEADER_SIZE,
            max_field_size=MAX_HEADER_SIZE,
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the client of LiteLLM is not open")
        return self._session

    def url(self, target: str) -> URL:
        """`target` is path and query as the client wrote them, percent-encoding included.

        Built from its parts: whatever the target holds, it does not reach another host.
        """
        path, _, query = target.partition("?")
        base = self._address.url
        return URL.build(
            scheme=base.scheme,
            host=base.raw_host or "",
            port=base.port,
            path=base.raw_path.rstrip("/") + path,
            query_string=query,
            encoded=True,
        )

    @asynccontextmanager
    async def request(
        self, method: str, target: str, *, headers: list[tuple[str, str]], body: bytes | AsyncIterator[bytes] | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and give its response, head read, body not.

        Raises UpstreamUnavailable, UpstreamTimeout or UpstreamBroken; within the context too, when the body fails.
        """
        with upstream_errors():
            async with self.session.request(
                method, self.url(target), headers=headers, data=body, allow_redirects=False
            ) as response:
                yield response

    @asynccontextmanager
    async def websocket(
        self, target: str, *, headers: list[tuple[str, str]], protocols: list[str]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse[Any]]:
        """Open a websocket. Raises UpstreamRefusal when LiteLLM answers with an error, or another UpstreamError."""
        with upstream_errors():
            async with self.session.ws_connect(
                self.url(target), headers=headers, protocols=protocols, max_msg_size=MAX_WEBSOCKET_MESSAGE
            ) as connection:
                yield connection

    async def check(self) -> None:
        """Ask LiteLLM whether it is ready; raises an UpstreamError when it is not."""
        async with self.request("GET", "/health/readiness", headers=[], body=None) as response:
            if response.status != 200:
                raise UpstreamUnavailable(f"answers its readiness check with status {response.status}")
