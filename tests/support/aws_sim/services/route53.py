"""Route 53: private zones."""

from __future__ import annotations

from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.route53.responses import Route53

from tests.support.aws_sim.patching import around


@around(Route53)
def create_hosted_zone(original: Callable[..., ActionResult], response: Route53) -> ActionResult:
    """moto drops a zone's VPC unless PrivateZone is sent, which Terraform does not: a zone with a VPC is private."""
    if response._get_param("VPC.VPCId"):
        config = response.params.get("HostedZoneConfig") or {}
        response.params["HostedZoneConfig"] = config | {"PrivateZone": True}
    return original(response)
