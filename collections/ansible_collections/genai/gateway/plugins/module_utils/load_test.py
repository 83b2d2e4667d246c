"""What the fake LLM of a load test is given beside a deployment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# What a destroy has to be told, and has no meaning for it: of the right form, and of nothing that exists.
_NOWHERE = {
    "vpc_id": "vpc-none",
    "public_subnet_ids": ["subnet-none-a", "subnet-none-b"],
    "private_subnet_ids": ["subnet-none-a"],
}
_NETWORK = "192.0.2.0/32"


def nat_gateway_cidrs(gateways: Iterable[Mapping[str, Any]]) -> list[str]:
    """The public addresses of NAT gateways, each as a network of one address, in order.

    `gateways`: as amazon.aws.ec2_vpc_nat_gateway_info gives them.
    """
    addresses = (address for gateway in gateways for address in gateway.get("nat_gateway_addresses", []))
    return sorted({f"{address['public_ip']}/32" for address in addresses if address.get("public_ip")})


def fake_llm_to_destroy(network: Mapping[str, Any], region: str, repository: str) -> dict[str, Any]:
    """Values for the variables of terraform/addons/fake_llm that have no default, for a destroy.

    `network`: the output `network` of the platform, empty where that is gone. `repository`: of the image.
    """
    return {
        **_NOWHERE,
        **{name: network[name] for name in _NOWHERE if network.get(name)},
        "allowed_cidrs": [_NETWORK],
        "image": f"{repository}:none",
        "certificate_arn": f"arn:aws:acm:{region}:000000000000:certificate/none",
    }
