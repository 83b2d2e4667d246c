"""The fake LLM as a process: listens, says so, and ends in order when it is told to."""

import asyncio
import signal
from collections.abc import Callable

from aiohttp import web

from deployer.fake_llm.pace import Pace
from deployer.fake_llm.server import create_app
from deployer.listening import reason_of, url_host

BACKLOG = 1024  # a load test opens many connections at once
SHUTDOWN_TIMEOUT = 0.5  # seconds for answers under way; then they are cut off, one that hangs would wait for ever


class CannotListenError(Exception):
    """The address cannot be listened on; the message names it and the reason."""


def run(host: str, port: int, pace: Pace) -> None:
    """Serve on `host` and `port` (0: a free one) until SIGTERM or SIGINT.

    Raises:
        CannotListenError: the port is taken, or the host is not an address of this machine.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(host, port, pace))


async def _serve(host: str, port: int, pace: Pace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(
        create_app(pace),
        access_log=None,
        handler_cancellation=True,  # a client that leaves ends the work on its answer
        shutdown_timeout=SHUTDOWN_TIMEOUT,
    )
    await runner.setup()
    try:
        await _listen(runner, host, port)
        bound_port = runner.addresses[0][1]
        print(f"listening on http://{url_host(host)}:{bound_port}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    except OSError as error:
        raise CannotListenError(f"cannot listen on {url_host(host)}:{port}: {reason_of(error)}") from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # asyncio's own loop does as well, more slowly
        return None
    return uvloop.new_event_loop
