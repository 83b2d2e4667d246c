"""EC2: routes of gateway endpoints."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from moto.ec2.models.vpcs import VPCBackend

from tests.support.aws_sim.patching import around

_modify = inspect.signature(VPCBackend.modify_vpc_endpoint)


@around(VPCBackend)
def modify_vpc_endpoint(original: Callable[..., None], backend: Any, *args: Any, **kwargs: Any) -> None:
    """moto notes the route tables that come and go, and makes and removes no routes in them."""
    original(backend, *args, **kwargs)
    given = _modify.bind(backend, *args, **kwargs).arguments
    [endpoint] = backend.describe_vpc_endpoints(vpc_end_point_ids=[given["vpc_id"]])
    if prefix_list := endpoint.destination_prefix_list_id:
        for table in given.get("add_route_tables") or []:
            backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)
        for table in given.get("remove_route_tables") or []:
            backend.delete_route(table, prefix_list)
