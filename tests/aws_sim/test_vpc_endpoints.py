from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.aws_sim.conftest import Network


def test_routes_follow_the_route_tables_of_a_gateway_endpoint(clients: Callable[[str], Any], network: Network) -> None:
    ec2 = clients("ec2")
    first, second = (ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    made = ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", RouteTableIds=[first]
    )
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]

    def routed(table: str) -> bool:
        [described] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return endpoint in [route.get("GatewayId") for route in described["Routes"]]

    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[second], RemoveRouteTableIds=[first])
    assert (routed(first), routed(second)) == (False, True)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert not routed(second)
