"""The subnets of a VPC, and where their routes lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Subnet:
    """What matters of a subnet. `public`: its default route leads to an internet gateway. `outbound`: anywhere else.

    `blackhole`: its default route leads to what is gone. `prefix`: length of the network's prefix.
    """

    id: str
    zone: str
    prefix: int
    free: int
    public: bool
    outbound: bool
    blackhole: bool


def subnets_of(ec2: Any, vpc: str) -> dict[str, Subnet]:
    """The subnets of a VPC by their ids, in the ids' order."""
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    described = ec2.get_paginator("describe_subnets").paginate(Filters=of_vpc).build_full_result()["Subnets"]
    tables = ec2.get_paginator("describe_route_tables").paginate(Filters=of_vpc).build_full_result()["RouteTables"]
    routes = {id_: default_route(table) for table in tables for id_ in _subnets_with(table)}
    main = next((default_route(table) for table in tables if _is_main(table)), None)
    found = [_subnet(each, routes.get(each["SubnetId"], main)) for each in described]
    return {subnet.id: subnet for subnet in sorted(found, key=lambda subnet: subnet.id)}


def default_route(table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Where a route table sends what it knows no other way for."""
    return next((route for route in table["Routes"] if route.get("DestinationCidrBlock") == _EVERYWHERE), None)


def by_zone(subnets: Sequence[Subnet]) -> dict[str, list[Subnet]]:
    """Subnets by their availability zones."""
    zones: dict[str, list[Subnet]] = {}
    for subnet in subnets:
        zones.setdefault(subnet.zone, []).append(subnet)
    return zones


def _subnet(described: Mapping[str, Any], route: Mapping[str, Any] | None) -> Subnet:
    blackhole = route is not None and route.get("State") == "blackhole"
    public = route is not None and str(route.get("GatewayId", "")).startswith("igw-")
    return Subnet(
        id=described["SubnetId"],
        zone=described["AvailabilityZone"],
        prefix=int(described["CidrBlock"].rpartition("/")[2]) if described.get("CidrBlock") else 32,
        free=described.get("AvailableIpAddressCount", 0),
        public=public and not blackhole,
        outbound=route is not None and not public and not blackhole,
        blackhole=blackhole,
    )


def _subnets_with(table: Mapping[str, Any]) -> list[str]:
    return [each["SubnetId"] for each in table.get("Associations", []) if each.get("SubnetId")]


def _is_main(table: Mapping[str, Any]) -> bool:
    return any(each.get("Main") for each in table.get("Associations", []))
