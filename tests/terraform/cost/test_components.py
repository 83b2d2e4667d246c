"""Each component, against figures reckoned by hand from the list of prices."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from terraform.cost import compute
from terraform.cost.bill import Item, by_component, charge
from terraform.cost.case import Case
from terraform.cost.errors import MissingPrice, UnusableSize
from terraform.cost.fixed import fixed_items
from terraform.cost.options import monthly
from terraform.cost.price_list import PriceList
from terraform.cost.sizing import TERRAFORM
from terraform.cost.traffic import capacity_units, growth_items, traffic_items
from tests.terraform.cost.conftest import Priced

# What is written down here holds whatever the defaults become.
KNOWN: dict[str, Any] = {
    "cpu_architecture": "arm64",
    "vcpus": 2,
    "memory_gb": 0,
    "min_capacity": 2,
    "max_capacity": 4,
    "nat_gateways": "one_per_zone",
    "rds_instance_class": "db.t4g.medium",
    "rds_allocated_storage_gb": 50,
    "rds_max_allocated_storage_gb": 200,
    "rds_multi_az": True,
    "redis_node_type": "cache.t4g.small",
    "redis_num_cache_clusters": 2,
}


def costs(items: Callable[[Case], list[Item]], case: Case) -> dict[str, Decimal]:
    return by_component(charge(items(case), case.prices))


def with_traffic(case: Case, **values: str) -> Case:
    return replace(case, traffic=replace(case.traffic, **{name: Decimal(value) for name, value in values.items()}))


def with_request(case: Case, **values: str) -> Case:
    return replace(case, request=replace(case.request, **{name: Decimal(value) for name, value in values.items()}))


@pytest.mark.parametrize(
    ("component", "values", "usd"),
    [
        ("Fargate", {}, 2 * 730 * (2 * Decimal("0.03238") + 4 * Decimal("0.00356"))),
        ("Fargate", {"memory_gb": 6}, 2 * 730 * (2 * Decimal("0.03238") + 6 * Decimal("0.00356"))),
        ("Fargate", {"cpu_architecture": "x86_64"}, 2 * 730 * (2 * Decimal("0.04048") + 4 * Decimal("0.004445"))),
        ("Database", {}, Decimal("94.90")),
        ("Database", {"rds_multi_az": False}, Decimal("47.45")),
        ("Database's storage", {}, Decimal("11.50")),
        ("Cache", {}, 2 * 730 * Decimal("0.0256")),
        ("Load balancer", {}, Decimal("16.425")),
        ("NAT gateways", {}, Decimal("65.70")),
        ("NAT gateways", {"nat_gateways": "one"}, Decimal("32.85")),
        ("NAT gateways", {"disable_outbound_network_access": True}, 0),
        ("Public addresses", {"exposure": "public"}, 4 * Decimal("3.65")),
        ("Public addresses", {"exposure": "private"}, 2 * Decimal("3.65")),
        ("Public addresses", {"exposure": "cloudfront", "nat_gateways": "one"}, Decimal("3.65")),
        ("VPC endpoints", {"disable_outbound_network_access": False}, 0),
        ("WAF", {"waf_enabled": False}, 0),
        ("Hosted zone", {"hosted_zone_kind": "private"}, 0),
        ("Hosted zone", {"hosted_zone_kind": "new_private"}, Decimal("0.50")),
        ("Key", {}, 1),
    ],
)
def test_what_is_paid_without_traffic(case: Priced, component: str, values: dict[str, Any], usd: Decimal):
    assert costs(fixed_items, case(**KNOWN | values))[component] == usd


@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_an_isolated_network_has_every_endpoint_in_each_zone(case: Priced, platform: str):
    isolated = case(platform, disable_outbound_network_access=True)

    endpoints = isolated.contents.endpoints[platform]

    assert endpoints > 10
    assert costs(fixed_items, isolated)["VPC endpoints"] == endpoints * isolated.contents.zones * Decimal("7.30")


def test_the_firewall_is_its_acl_and_its_rules(case: Priced):
    guarded = case(waf_enabled=True)

    assert costs(fixed_items, guarded)["WAF"] == 5 + guarded.contents.counts("ecs", guarded.sizing)["rules"]


def test_auto_mode_is_the_cluster_and_the_cheapest_instance_that_holds_a_replica(case: Priced):
    paid = costs(fixed_items, case("eks", **KNOWN | {"eks_nodes": "", "eks_version": "1.35"}))

    assert paid["EKS cluster"] == 73
    assert paid["Extended support of Kubernetes"] == 0
    # Two vCPU do not hold a replica that asks for two: Kubernetes keeps some for itself.
    assert paid["Nodes"] == 2 * 730 * Decimal("0.136")
    assert paid["Fee of EKS Auto Mode"] == paid["Nodes"] * Decimal("0.12")
    assert paid["Disks of the nodes"] == 2 * case().month.node_disk_gb * Decimal("0.08")


def test_a_version_of_kubernetes_past_its_standard_support_costs_extra(case: Priced):
    assert costs(fixed_items, case("eks", eks_version="1.32"))["Extended support of Kubernetes"] == 365


def test_the_last_day_of_standard_support_is_one_of_it(prices: PriceList):
    last = replace(prices, as_of=date(2027, 3, 27))

    assert not last.extended_support("1.35")
    assert replace(last, as_of=date(2027, 3, 28)).extended_support("1.35")


def test_a_version_of_kubernetes_whose_support_is_not_known_is_refused(case: Priced):
    with pytest.raises(
        MissingPrice, match=r"standard support of Kubernetes 1\.99 ends: add it to `kubernetes`, or choose"
    ):
        fixed_items(case("eks", eks_version="1.99"))


def test_a_node_group_has_the_instances_of_the_module_unless_others_are_named(case: Priced):
    nodes = (TERRAFORM / "modules" / "eks_cluster" / "node_group" / "nodes.tf").read_text()
    small = KNOWN | {"vcpus": 1, "eks_nodes": "node_group", "eks_instance_types": []}

    for architecture, instance in compute.NODE_GROUP.items():
        assert re.search(rf'{architecture} += {{ instance_types = \["{re.escape(instance)}"\]', nodes)
        assert f"ec2.{instance}" in {
            item.price for item in fixed_items(case("eks", **small | {"cpu_architecture": architecture}))
        }


def test_more_memory_takes_an_instance_of_another_family(case: Priced):
    paid = costs(fixed_items, case("eks", **KNOWN | {"eks_nodes": "auto", "memory_gb": 12}))

    assert paid["Nodes"] == 2 * 730 * Decimal("0.154")


def test_a_node_group_bears_no_fee(case: Priced):
    paid = costs(fixed_items, case("eks", **KNOWN | {"eks_nodes": "node_group", "eks_instance_types": ["m7g.xlarge"]}))

    assert paid["Nodes"] == 2 * 730 * Decimal("0.1632")
    assert paid["Fee of EKS Auto Mode"] == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"eks_nodes": "node_group", "eks_instance_types": ["t4g.large"]},
            "t4g.large does not hold a replica with 2 vCPU",
        ),
        ({"eks_nodes": "node_group", "eks_instance_types": ["m6a.xlarge"]}, "m6a.xlarge does not hold .* for arm64"),
        ({"eks_nodes": "existing"}, "nodes of an existing cluster have no price here"),
        ({"eks_nodes": "auto", "memory_gb": 900}, "No instance of prices.yaml holds a replica with 2 vCPU and 900 GB"),
    ],
)
def test_nodes_that_cannot_be_priced_are_refused(case: Priced, values: dict[str, Any], said: str):
    with pytest.raises(UnusableSize, match=said):
        compute.replicas(case("eks", **KNOWN | values), Decimal(1))


def test_traffic_by_hand(case: Priced):
    """A million requests of 100 KB in and 200 KB out, half of them to models outside AWS."""
    some = with_traffic(case(**KNOWN, exposure="public", waf_enabled=True, log_retention_days=60), requests="1000000")
    weighed = with_request(
        with_traffic(some, extra_replicas="0"),
        request_kb="100",
        response_kb="200",
        outside_aws="0.5",
        log_kb="4",
        record_kb="40",
        access_log_kb="0",
        firewall_log_kb="3",
        flow_log_kb="3",
        between_zones_kb="10",
    )
    month = replace(weighed.month, log_stored_share=Decimal("0.2"))
    contents = replace(weighed.contents, record_days=90)

    paid = costs(traffic_items, replace(weighed, month=month, contents=contents))

    assert paid["Replicas that scaling adds"] == 0
    assert paid["NAT gateways' data"] == 344 * Decimal("0.045")
    assert paid["VPC endpoints' data"] == 0
    assert paid["Data to the internet"] == (250 - 100) * Decimal("0.09")
    assert paid["Data between zones"] == 10 * Decimal("0.01")
    assert paid["CloudFront"] == 0
    assert paid["WAF's requests"] == Decimal("0.60")
    # 10 GB, of which 5 are free; a fifth of 10 GB is kept for two months.
    assert paid["Logs"] == 5 * Decimal("0.50") + 4 * Decimal("0.03")
    # A thousand times a thousand objects; 40 GB are kept for three months.
    assert paid["Records of requests"] == 5 + 120 * Decimal("0.023")


def test_an_isolated_network_sends_nothing_outside_and_writes_records_for_nothing(case: Priced):
    isolated = with_request(case(disable_outbound_network_access=True, exposure="private"), outside_aws="0.5")

    paid = costs(traffic_items, isolated)

    each = isolated.request
    assert paid["NAT gateways' data"] == paid["Data to the internet"] == 0
    assert paid["VPC endpoints' data"] == isolated.requests_gb(
        each.request_kb + each.response_kb + each.log_kb
    ) * Decimal("0.01")


def test_cloudfront_takes_over_what_goes_to_the_internet(case: Priced):
    """20 million requests with 100 KB of answers: ten million of them and 1,024 GB are free."""
    fronted = with_request(
        with_traffic(case(exposure="cloudfront"), requests="20000000"),
        request_kb="10",
        response_kb="100",
        outside_aws="0",
    )

    paid = costs(traffic_items, fronted)

    assert paid["Data to the internet"] == 0
    assert paid["CloudFront"] == 10 + (2000 - 1024) * Decimal("0.085") + 200 * Decimal("0.02")


@pytest.mark.parametrize(
    ("values", "units"),
    [
        # A month has 730 times 3600 seconds.
        ({"request_kb": "0", "response_kb": "0", "seconds": "0", "requests_per_connection": "1"}, Decimal(4)),
        ({"request_kb": "0", "response_kb": "0", "seconds": "120", "requests_per_connection": "100"}, Decimal(4)),
        ({"request_kb": "1", "response_kb": "4", "seconds": "0", "requests_per_connection": "1000"}, Decimal("1.8")),
    ],
)
def test_the_dimension_that_is_used_most_makes_the_capacity_units(case: Priced, values: dict[str, str], units: Decimal):
    each = with_request(with_traffic(case(), requests=str(100 * 730 * 3600)), **values)

    assert capacity_units(each) == units


def test_growth_is_every_further_replica_and_the_rest_of_the_storage(case: Priced):
    on_top = costs(growth_items, with_traffic(case(**KNOWN), extra_replicas="0.5"))

    assert on_top["Fargate"] == Decimal("1.5") * 730 * (2 * Decimal("0.03238") + 4 * Decimal("0.00356"))
    assert on_top["Database's storage"] == 150 * 2 * Decimal("0.115")


def test_more_replicas_on_average_than_scaling_allows_are_refused(case: Priced):
    with pytest.raises(UnusableSize, match=r"With 3 replicas above min_capacity 2, .* lower extra_replicas"):
        with_traffic(case(**KNOWN), extra_replicas="3")


def test_a_most_below_the_least_is_refused(case: Priced):
    with pytest.raises(UnusableSize, match="max_capacity 1 must not be below min_capacity 2"):
        case(**KNOWN | {"max_capacity": 1})


@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_larger_sizes_cost_more(case: Priced, platform: str):
    assert monthly(case(platform, "small")) < monthly(case(platform, "default")) < monthly(case(platform, "large"))
