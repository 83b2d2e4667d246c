"""EC2: security groups and addresses of instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance

from tests.support.aws_sim.patching import around, put

_association: Any = vars(NetworkInterface)["association"]
put(
    NetworkInterface,
    "association",
    # moto answers an empty one without a public address, which the provider takes for one that is there.
    property(lambda interface: _association.fget(interface) or None),
)


@around(Instance)
def prep_nics(original: Callable[..., None], instance: Any, *args: Any, **kwargs: Any) -> None:
    """moto forgets the groups of an instance that are given with its network interface."""
    original(instance, *args, **kwargs)
    if not instance.security_groups and 0 in instance.nics:
        instance.security_groups = list(instance.nics[0].group_set)
