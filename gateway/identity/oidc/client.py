"""What an issuer publishes, over HTTP: no redirects, bounded answers, the company's proxy if there is one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.identity.oidc.address import LOOPBACK
from gateway.identity.oidc.errors import IssuerFault
from gateway.units import MIB, SECONDS

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT = 3 * SECONDS
READ_TIMEOUT = 5 * SECONDS
MAX_SIZE = 1 * MIB

_LONGEST_CAUSE = 150
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Answer:
    """`cache_control` as the header has it; empty without it."""

    status: int
    body: bytes
    cache_control: str


class IssuerClient:
    """One pool of connections for all issuers.

    Proxies and certificates are those of the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE), but for this machine
    there is no proxy. httpx takes a third of a second to import and to prepare, and a gateway without issuers has no
    use for it: that is done in a thread, when something is first asked for.
    """

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def get(self, url: str) -> Answer:
        """An answer with status 200 or 404. Raises IssuerFault."""
        client = await self._opened()
        import httpx

        try:
            async with client.stream("GET", url) as response:
                return await _read(url, response)
        except httpx.TimeoutException:
            raise IssuerFault(f"{url} does not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            cause = str(error)[:_LONGEST_CAUSE] or type(error).__name__
            raise IssuerFault(f"{url} cannot be reached ({cause})") from None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _opened(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(_new_client)
            return self._client


def _new_client() -> httpx.AsyncClient:
    import httpx

    direct: dict[str, httpx.AsyncBaseTransport | None] = {
        f"all://[{host}]" if ":" in host else f"all://{host}": None for host in LOOPBACK
    }
    try:
        return httpx.AsyncClient(
            # Else a small answer could unfold into a large one.
            headers={"accept": "application/json", "accept-encoding": "identity"},
            timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            follow_redirects=False,
            mounts=direct,
        )
    except (httpx.InvalidURL, ValueError, ImportError):
        # What they say may hold the proxy's password.
        raise IssuerFault("the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) is none") from None


async def _read(url: str, response: httpx.Response) -> Answer:
    if response.status_code in _REDIRECTS:
        raise IssuerFault(f"{url} answers with a redirect (status {response.status_code}), which is not followed")
    if response.status_code not in {200, 404}:
        raise IssuerFault(f"{url} answers with status {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise IssuerFault(f"{url} answers compressed, which was not asked for")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > MAX_SIZE:
            raise IssuerFault(f"{url} answers with more than {MAX_SIZE // MIB} MiB")
    return Answer(response.status_code, bytes(body), response.headers.get("cache-control", ""))
