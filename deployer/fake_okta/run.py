"""The fake Okta as a process: listens, says so, and ends in order when it is told to."""

import asyncio
import signal
import socket
from collections.abc import Callable

from aiohttp import web

from deployer.fake_okta.errors import CannotListenError
from deployer.fake_okta.okta import Okta
from deployer.fake_okta.server import create_app
from deployer.listening import reason_of, url_host

SHUTDOWN_TIMEOUT = 0.5  # seconds for answers under way; then they are cut off, one that is silent would wait for ever

WARNING = "Whoever reaches this can be anybody: it is for trying and testing, never for real use."


def run(host: str, port: int, make_okta: Callable[[str], Okta]) -> None:
    """Serve on `host` and `port` (0: a free one) until SIGTERM or SIGINT.

    `make_okta` makes what is served, from the address that is listened on.

    Raises:
        CannotListenError: the port is taken, or the host is not an address of this machine.
    """
    # Bound first: the issuer's name has the port in it.
    with _listen(host, port) as listener:
        address = f"http://{url_host(host)}:{listener.getsockname()[1]}"
        asyncio.run(_serve(listener, address, make_okta(address)))


async def _serve(listener: socket.socket, address: str, okta: Okta) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(
        create_app(okta),
        access_log=None,  # its lines would hold codes
        handler_cancellation=True,
        shutdown_timeout=SHUTDOWN_TIMEOUT,
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        print(WARNING)
        print(f"issuer {okta.custom.issuer}")
        print(f"listening on {address}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CannotListenError(f"cannot listen on {url_host(host)}:{port}: {reason_of(error)}") from error
