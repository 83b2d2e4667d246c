"""A price that is not there is an error that says what to do, never nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from terraform.cost.errors import MissingPrice, UnusableTable
from terraform.cost.fixed import fixed_items
from terraform.cost.options import monthly
from terraform.cost.price_list import PRICES, PriceList, read_prices
from terraform.cost.records import read_table
from terraform.cost.traffic import traffic_items
from tests.terraform.cost.conftest import Priced


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("rds_instance_class", "db.x9g.large", "rds.db.x9g.large"),
        ("redis_node_type", "cache.x9g.large", "valkey.cache.x9g.large"),
    ],
)
def test_an_unknown_class_is_refused_with_those_that_are_known(case: Priced, variable: str, value: str, key: str):
    known = getattr(case().sizing, variable)

    with pytest.raises(MissingPrice, match=f"no price for {re.escape(key)}: add its row .* {re.escape(known)}"):
        monthly(case(**{variable: value}))


def test_an_unknown_instance_is_refused(case: Priced):
    with pytest.raises(MissingPrice, match=r"no price for ec2\.x9g\.large: add its row .* c6g\.xlarge"):
        monthly(case("eks", eks_nodes="node_group", eks_instance_types=["x9g.large"]))


@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_no_part_of_a_deployment_goes_without_its_price(case: Priced, prices: PriceList, platform: str):
    deployment = case(platform)
    used = {item.price for item in [*fixed_items(deployment), *traffic_items(deployment)]}

    for key in used:
        others = {name: price for name, price in prices.prices.items() if name != key}
        with pytest.raises(MissingPrice, match=re.escape(key)):
            monthly(replace(deployment, prices=replace(prices, prices=others)))


def test_prices_are_exact(prices: PriceList):
    assert prices.of("fargate.arm64.vcpu").usd == Decimal("0.03238")
    assert prices.of("ec2.c6g.xlarge").usd == prices.instance("c6g.xlarge").usd == Decimal("0.136")


def test_the_list_has_one_date_and_one_region(prices: PriceList):
    assert prices.as_of == date.fromisoformat(read_table(PRICES)["as_of"])
    assert prices.region == "us-east-1"


def test_every_price_is_published_on_a_page_of_aws(prices: PriceList):
    assert {price.page for price in prices.prices.values()} == set(prices.pages)
    assert all(address.startswith("https://aws.amazon.com/") for address in prices.pages.values())


def test_within_a_family_each_processor_costs_the_same(prices: PriceList):
    """So a slipped digit stands out."""
    families: dict[str, set[Decimal]] = {}
    for name, instance in prices.instances.items():
        families.setdefault(name.split(".")[0], set()).add(instance.usd / instance.vcpus)

    assert {name: rates for name, rates in families.items() if len(rates) != 1} == {}


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        (
            "alb.lcu: {unit: LCU-hour, usd: 0.008, page: alb}",
            "alb.lcu: {unit: LCU-hour, page: alb}",
            "alb.lcu lacks usd",
        ),
        ("usd: 0.008", "usd: cheap", r"alb\.lcu\.usd must be a number, not 'cheap'"),
        ("usd: 0.008", "usd: -1", r"alb\.lcu\.usd must be a number of at least 0"),
        ("usd: 0.008", "usd: 0", r"alb\.lcu must have a price above 0"),
        ("usd: 0.008", "usd: NaN", r"alb\.lcu\.usd must be a number of at least 0"),
        ("usd: 0.008, page: alb", "usd: 0.008, page: elb", "alb.lcu is published on the page elb, which"),
        ("region: us-east-1", "", r"prices\.yaml lacks region"),
        (
            'as_of: "2026-',
            'as_of: "spring of 2026-',
            r"as_of must be a date such as 2026-08-01, not 'spring",
        ),
    ],
)
def test_a_faulty_row_is_refused(tmp_path: Path, line: str, instead: str, said: str):
    text = PRICES.read_text()
    assert text.count(line) == 1
    faulty = tmp_path / "prices.yaml"
    faulty.write_text(text.replace(line, instead))

    with pytest.raises(UnusableTable, match=said):
        read_prices(faulty)


def test_a_table_is_a_mapping(tmp_path: Path):
    table = tmp_path / "prices.yaml"
    table.write_text("- 1\n")

    with pytest.raises(UnusableTable, match=r"prices\.yaml must be a mapping"):
        read_table(table)
