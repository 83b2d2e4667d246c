"""What a choice adds to the bill: the same deployment with it and without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from terraform.cost.bill import charge, total
from terraform.cost.case import Case
from terraform.cost.fixed import fixed_items
from terraform.cost.traffic import traffic_items


@dataclass(frozen=True)
class Option:
    """Variables with it, and without it; what neither names is as in the size."""

    name: str
    chosen: Mapping[str, Any]
    otherwise: Mapping[str, Any] = field(default_factory=dict)


OPTIONS = (
    Option(
        "An isolated network (`disable_outbound_network_access`): VPC endpoints in place of NAT gateways",
        {"disable_outbound_network_access": True},
        {"disable_outbound_network_access": False},
    ),
    Option(
        "CloudFront in front (`exposure = cloudfront`) in place of a public load balancer",
        {"exposure": "cloudfront"},
        {"exposure": "public"},
    ),
    Option(
        "A private load balancer (`exposure = private`) in place of a public one",
        {"exposure": "private"},
        {"exposure": "public"},
    ),
    Option("AWS WAF (`waf_enabled`)", {"waf_enabled": True}, {"waf_enabled": False}),
    Option(
        "A NAT gateway in each zone (`nat_gateways = one_per_zone`) in place of one",
        {"nat_gateways": "one_per_zone", "disable_outbound_network_access": False},
        {"nat_gateways": "one", "disable_outbound_network_access": False},
    ),
    Option("A standby of the database (`rds_multi_az`)", {"rds_multi_az": True}, {"rds_multi_az": False}),
    Option(
        "A second node of the cache (`redis_num_cache_clusters`)",
        {"redis_num_cache_clusters": 2},
        {"redis_num_cache_clusters": 1},
    ),
    Option(
        "Processors of x86_64 in place of arm64 (`cpu_architecture`)",
        {"cpu_architecture": "x86_64", "eks_nodes": "", "eks_instance_types": []},
        {"cpu_architecture": "arm64", "eks_nodes": "", "eks_instance_types": []},
    ),
)


def monthly(case: Case) -> Decimal:
    """All of a deployment, in US dollars."""
    return total(charge([*fixed_items(case), *traffic_items(case)], case.prices))


def difference(option: Option, case: Case) -> Decimal:
    """US dollars a month that the option adds; negative when it saves."""
    chosen, otherwise = (
        replace(case, sizing=replace(case.sizing, **values)) for values in (option.chosen, option.otherwise)
    )
    return monthly(chosen) - monthly(otherwise)
