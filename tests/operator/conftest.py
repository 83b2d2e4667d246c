"""Operators of deployments in simulated accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_deployment import make_certificate, make_zone
from tests.support.aws_operator import Operator, Tool
from tests.support.aws_sim import AwsSim
from tests.support.front import Front
from tests.support.k8s_api import K8sApi
from tests.support.shared_stack import shared_stack
from tests.support.terraform import required_mirror

# Of the deployment: each has an account of its own.
NAME = "gw-operated"
ZONE = "example.com"
RECORD = "gateway.example.com"
PROVIDER_KEY = "sk-made-up-key-of-a-provider-4711"


@pytest.fixture
def cluster() -> Iterator[K8sApi]:
    """The Kubernetes API of the deployment's cluster, in Auto Mode, for whoever EKS lets in."""
    with K8sApi("--eks-cluster", NAME) as cluster:
        yield cluster


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Iterator[AwsSim]:
    """An empty account. Its EKS clusters are `cluster`, where a test asks for that."""
    clusters = request.getfixturevalue("cluster") if "cluster" in request.fixturenames else None
    with AwsSim(*(["--eks-endpoint", clusters.url] if clusters else [])) as account:
        yield account


@pytest.fixture
def operate(account: AwsSim, tmp_path: Path) -> Iterator[Callable[..., Operator]]:
    """An operator of a platform, whose deployment can be verified at a load balancer."""
    stack = shared_stack()
    local_key = (stack.dir / "secrets" / "master_key").read_text().strip()

    def master_key(bearer: str) -> str:
        """The shared stack's, for the one in Secrets Manager."""
        manager = account.client("secretsmanager")
        names = [one["Name"] for one in manager.list_secrets()["SecretList"] if "/master-key" in one["Name"]]
        kept = [manager.get_secret_value(SecretId=name)["SecretString"] for name in names]
        return local_key if bearer in kept else bearer

    with ExitStack() as fronts:

        def make(platform: str, tool: Tool, **variables: Any) -> Operator:
            make_zone(account, ZONE)
            front = fronts.enter_context(Front(tmp_path, RECORD, stack.setting("GATEWAY_URL"), master_key))
            return Operator(
                account,
                tmp_path,
                required_mirror(),
                platform,
                NAME,
                tool=tool,
                secrets={"provider_keys": {"OPENAI_API_KEY": PROVIDER_KEY}},
                certificate_arn=make_certificate(account, RECORD),
                record_name=RECORD,
                hosted_zone_name=ZONE,
                # The gateway behind the front is a LOCAL one.
                verify_model="demo",
                verify_ca=front.ca,
                verify_connect_to=front.address,
                **variables,
            )

        yield make
