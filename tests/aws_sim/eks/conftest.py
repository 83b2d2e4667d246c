"""The service, and a cluster for each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.aws_sim.conftest import Network


@pytest.fixture
def eks(clients: Callable[[str], Any]) -> Any:
    return clients("eks")


@pytest.fixture
def cluster(eks: Any, network: Network, role: str, name: str) -> str:
    eks.create_cluster(name=name, version="1.33", roleArn=role, resourcesVpcConfig={"subnetIds": network.subnets})
    return name
