"""python -m tests.support.aws_sim: serve the simulated AWS until it is told to end."""

from __future__ import annotations

import argparse
import os


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.aws_sim", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=5700, help="0 takes a free one")
    parser.add_argument("--trace", action="store_true", help="print each request, without secrets")
    parser.add_argument("--eks-endpoint", default="", help="the URL of the Kubernetes API of all EKS clusters")
    options = parser.parse_args()
    os.environ["SIM_EKS_ENDPOINT"] = options.eks_endpoint
    # moto reads them when it is imported: the IAM policies that AWS manages exist, certificates are issued at once.
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")
    from tests.support.aws_sim.server import serve

    serve(options.host, options.port, trace=options.trace)


if __name__ == "__main__":
    main()
