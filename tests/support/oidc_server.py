"""An issuer of access tokens, in this process, that can be told to do what an issuer must not."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from aiohttp import web
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

AUDIENCE = "api://default"
OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"

Jwk = dict[str, Any]
SigningKey = RSAKey | ECKey
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@cache
def rsa_key(kid: str = "first", bits: int = 2048) -> RSAKey:
    """One for each name in a test run: they take a while to make."""
    return RSAKey.generate_key(bits, {"kid": kid})


@cache
def ec_key(kid: str = "first", curve: str = "P-256") -> ECKey:
    return ECKey.generate_key(curve, {"kid": kid})


def public_jwk(key: SigningKey, **members: Any) -> Jwk:
    """As an issuer publishes it; None takes a member away."""
    jwk: Jwk = {**key.as_dict(private=False), "use": "sig", **members}
    return {name: value for name, value in jwk.items() if value is not None}


def okta_claims(issuer: str, now: float = 1000.0, **claims: Any) -> dict[str, Any]:
    """Of an access token of Okta that is good for an hour; None takes a claim away."""
    all_claims = {
        "ver": 1,
        "jti": "AT.0001",
        "iss": issuer,
        "aud": AUDIENCE,
        "iat": int(now),
        "exp": int(now) + 3600,
        "cid": "0oa1client",
        "uid": "00u1user",
        "scp": ["openid", "llm"],
        "sub": "alice@example.com",
        **claims,
    }
    return {name: value for name, value in all_claims.items() if value is not None}


def signed(claims: dict[str, Any] | bytes, key: SigningKey | None = None, **header: Any) -> str:
    """A token with these claims, or with these bytes as its payload; None takes a member out of the header."""
    key = key or rsa_key()
    algorithm = header.get("alg") or ("RS256" if isinstance(key, RSAKey) else "ES256")
    members = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **header}
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    kept = {name: value for name, value in members.items() if value is not None}
    return jws.serialize_compact(kept, payload, key, registry=registry)


class OidcServer:
    """Serves the discovery document of `url` and its keys.

    `documents`: paths where the document is. `document`: members that differ from a right one. `instead`: other answers
    than the right ones, by path. `asked`: paths, in order. Nothing is answered before `free`.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.base = ""
        self.documents = {path.removesuffix("/") + OPENID}
        self.document: dict[str, Any] = {}
        self.keys: list[Jwk] = [public_jwk(rsa_key())]
        self.cache_control: str | None = "max-age=3600"
        self.instead: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.arrived = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    @property
    def url(self) -> str:
        """The issuer, as tokens have it."""
        return self.base + self.path

    @property
    def keys_path(self) -> str:
        return f"{self.path.removesuffix('/')}/v1/keys"

    @property
    def readings(self) -> int:
        """How often the keys were asked for."""
        return self.asked.count(self.keys_path)

    def token(self, now: float = 1000.0, key: SigningKey | None = None, **claims: Any) -> str:
        return signed(okta_claims(self.url, now, **claims), key)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.arrived.set()
        await self.free.wait()
        if request.path in self.instead:
            return await self.instead[request.path](request)
        if request.path in self.documents:
            document = {"issuer": self.url, "jwks_uri": self.base + self.keys_path, **self.document}
            return web.json_response(document)
        if request.path == self.keys_path:
            headers = {} if self.cache_control is None else {"cache-control": self.cache_control}
            return web.json_response({"keys": self.keys}, headers=headers)
        return web.Response(status=404)


def fixed(body: str | bytes = b"", status: int = 200, **headers: str) -> Answer:
    """An answer that is always the same; `_` in the names of headers stands for `-`."""

    async def answer(_: web.Request) -> web.StreamResponse:
        encoded = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=encoded, status=status, headers=named)

    return answer


async def endless(request: web.Request) -> web.StreamResponse:
    """An answer that does not end, until the client has enough of it."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 65536)


@asynccontextmanager
async def serving(server: OidcServer, tls: ssl.SSLContext | None = None) -> AsyncIterator[OidcServer]:
    """The server on a free port of this machine, its `base` set."""
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        server.base = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        server.free.set()
        await runner.cleanup()
