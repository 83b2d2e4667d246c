from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.aws_sim.conftest import Network


@pytest.mark.parametrize("config", [{}, {"HostedZoneConfig": {"Comment": "why"}}], ids=["bare", "with a comment"])
def test_a_zone_with_a_vpc_is_private(
    clients: Callable[[str], Any], network: Network, name: str, config: dict[str, Any]
) -> None:
    route53 = clients("route53")
    vpc = {"VPCId": network.vpc, "VPCRegion": "us-east-1"}
    zone = route53.create_hosted_zone(Name=f"{name}.internal", CallerReference=name, VPC=vpc, **config)["HostedZone"]
    found = route53.get_hosted_zone(Id=zone["Id"])
    assert found["HostedZone"]["Config"]["PrivateZone"] is True
    assert found["HostedZone"]["Config"].get("Comment") == config.get("HostedZoneConfig", {}).get("Comment")
    assert found["VPCs"] == [vpc]


def test_a_zone_without_a_vpc_is_public(clients: Callable[[str], Any], name: str) -> None:
    zone = clients("route53").create_hosted_zone(Name=f"{name}.example.com", CallerReference=name)["HostedZone"]
    assert zone["Config"]["PrivateZone"] is False
