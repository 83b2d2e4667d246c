"""python -m tests.support.k8s_api: serve a simulated Kubernetes API until it is told to end."""

from __future__ import annotations

import argparse
import asyncio

from aiohttp import web

from tests.support.k8s_api.kinds import FLAVOURS
from tests.support.k8s_api.server import Server
from tests.support.k8s_api.tokens import Tokens


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.k8s_api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=5804, help="0 takes a free one")
    parser.add_argument("--flavour", choices=list(FLAVOURS), default="auto", help="whose custom resources there are")
    parser.add_argument("--version", default="1.35", help="the version of Kubernetes it says it is")
    parser.add_argument("--ready-after", type=float, default=0.1, help="seconds until a new pod is ready")
    parser.add_argument("--token", help="refuse requests without this bearer token")
    parser.add_argument("--eks-cluster", help="refuse requests without a token of EKS for the cluster of this name")
    options = parser.parse_args()
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    tokens = Tokens(options.token, options.eks_cluster)
    server = Server(flavour=options.flavour, version=options.version, ready_after=options.ready_after, tokens=tokens)
    # Watches would hold it up: who asked for its end has no use for them.
    runner = web.AppRunner(server.app(), shutdown_timeout=0.1, handle_signals=True)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"listening on http://{host}:{port}", flush=True)
    try:
        await asyncio.Event().wait()
    except web.GracefulExit:
        pass
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    main()
