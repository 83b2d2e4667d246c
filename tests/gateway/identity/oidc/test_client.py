"""gateway/identity/oidc/client.py: answers that are taken, and those that are not."""

from __future__ import annotations

import asyncio
import gzip
import socket
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from gateway.identity.oidc import client as module
from gateway.identity.oidc.client import MAX_SIZE, Answer, IssuerClient
from gateway.identity.oidc.errors import IssuerFault
from tests.support.certificates import write_certificate
from tests.support.oidc_server import OidcServer, endless, fixed, serving

SECRET = "proxy-password"


@pytest.fixture
async def client(environment) -> AsyncIterator[IssuerClient]:
    opened = IssuerClient()
    yield opened
    await opened.close()


async def fault(client: IssuerClient, url: str) -> str:
    with pytest.raises(IssuerFault) as failed:
        await client.get(url)
    assert SECRET not in str(failed.value)
    assert failed.value.__suppress_context__ or failed.value.__context__ is None
    return str(failed.value)


async def test_answers_that_are_taken(server, client):
    server.instead = {"/a": fixed("{}", cache_control="max-age=5"), "/b": fixed("no", 404), "/c": fixed()}
    assert await client.get(server.base + "/a") == Answer(200, b"{}", "max-age=5")
    assert await client.get(server.base + "/b") == Answer(404, b"no", "")
    assert await client.get(server.base + "/c?p=1") == Answer(200, b"", "")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (201, "answers with status 201"),
        (301, "answers with a redirect (status 301), which is not followed"),
        (302, "answers with a redirect (status 302), which is not followed"),
        (308, "answers with a redirect (status 308), which is not followed"),
        (401, "answers with status 401"),
        (500, "answers with status 500"),
    ],
)
async def test_other_statuses(server, client, status, said):
    server.instead["/a"] = fixed("{}", status, location=server.base + "/secret")
    assert await fault(client, server.base + "/a") == f"{server.base}/a {said}"
    assert server.asked == ["/a"]


async def test_the_largest_answer_and_a_larger_one(server, client):
    server.instead = {"/a": fixed(b"x" * MAX_SIZE), "/b": fixed(b"x" * (MAX_SIZE + 1)), "/c": endless}
    assert len((await client.get(server.base + "/a")).body) == MAX_SIZE
    for path in ("/b", "/c"):
        assert await fault(client, server.base + path) == f"{server.base}{path} answers with more than 1 MiB"


async def test_a_small_answer_that_would_unfold(server, client):
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers["accept-encoding"])
        return await fixed(gzip.compress(b" " * 10_000_000), content_encoding="gzip")(request)

    server.instead["/a"] = answer
    assert "answers compressed, which was not asked for" in await fault(client, server.base + "/a")
    assert asked == ["identity"]


async def test_an_answer_that_breaks_off(server, client):
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-length": "100"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.close()
        return response

    server.instead["/a"] = answer
    assert f"{server.base}/a cannot be reached (" in await fault(client, server.base + "/a")


async def test_nobody_listens(client):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/a"
        assert f"{url} cannot be reached (" in await fault(client, url)


async def test_no_answer_in_time(server, client, monkeypatch):
    monkeypatch.setattr(module, "READ_TIMEOUT", 0.05)
    server.free.clear()
    assert await fault(client, server.base + "/a") == f"{server.base}/a does not answer in time"


async def test_https_with_a_certificate_that_nobody_vouches_for(environment, client, tmp_path):
    import ssl

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate, key = write_certificate(tmp_path, "issuer")
    context.load_cert_chain(certificate, key)
    async with serving(OidcServer(""), context) as issuer:
        issuer.instead["/a"] = fixed("{}")
        assert "CERTIFICATE_VERIFY_FAILED" in await fault(client, issuer.base + "/a")
        environment.setenv("SSL_CERT_FILE", certificate)
        trusting = IssuerClient()
        assert (await trusting.get(issuer.base + "/a")).body == b"{}"
        await trusting.close()


async def test_many_who_begin_at_once_share_one_pool(server, client, monkeypatch):
    made: list[object] = []
    new_client = module._new_client
    monkeypatch.setattr(module, "_new_client", lambda: made.append(1) or new_client())
    server.instead["/a"] = fixed("{}")
    await asyncio.gather(*(client.get(server.base + "/a") for _ in range(5)))
    assert made == [1]


# --- proxies


async def test_the_proxy_of_the_environment_is_used_but_not_for_this_machine(server, environment):
    async with serving(OidcServer("")) as proxy:
        proxy.instead["/document"] = fixed("by the proxy")
        server.instead["/document"] = fixed("directly")
        environment.setenv("HTTP_PROXY", proxy.base)
        environment.setenv("ALL_PROXY", proxy.base)
        client = IssuerClient()
        try:
            assert (await client.get("http://issuer.example/document")).body == b"by the proxy"
            port = server.base.rpartition(":")[2]
            for host in ("127.0.0.1", "localhost"):
                assert (await client.get(f"http://{host}:{port}/document")).body == b"directly"
        finally:
            await client.close()
        assert proxy.asked == ["/document"]


@pytest.mark.parametrize("proxy", [f"gopher://user:{SECRET}@proxy", f"http://user:{SECRET}@proxy:port"])
async def test_a_proxy_that_is_none(environment, client, proxy):
    environment.setenv("HTTPS_PROXY", proxy)
    said = "the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) is none"
    assert await fault(client, "https://issuer.example/document") == said


# --- cost


def test_what_takes_long_to_import_is_not_imported_before_an_issuer_is_asked():
    code = (
        "import sys, asyncio\n"
        "from gateway.identity.oidc.verifier import TokenVerifier\n"
        "async def main():\n"
        "    verifier = TokenVerifier([])\n"
        "    await verifier.check()\n"
        "    await verifier.close()\n"
        "asyncio.run(main())\n"
        "print({name.split('.')[0] for name in sys.modules} & {'httpx', 'joserfc', 'cryptography'})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
