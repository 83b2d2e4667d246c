"""The service, and a subnet group to put clusters in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.aws_sim.conftest import Network


@pytest.fixture
def elasticache(clients: Callable[[str], Any]) -> Any:
    return clients("elasticache")


@pytest.fixture
def subnet_group(elasticache: Any, network: Network, name: str) -> str:
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=name, CacheSubnetGroupDescription=name, SubnetIds=network.subnets
    )
    return name
