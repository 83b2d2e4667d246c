"""The list of prices: what one unit costs, and which instances of EC2 there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from terraform.cost.errors import MissingPrice, UnusableTable
from terraform.cost.records import number, read_table, section

PRICES = Path(__file__).parent / "prices.yaml"


@dataclass(frozen=True)
class Price:
    """US dollars for one unit, and the units that each account has free every month."""

    unit: str
    usd: Decimal
    free: Decimal
    page: str


@dataclass(frozen=True)
class Instance:
    """A type of EC2: its price is that of `ec2.NAME`."""

    name: str
    architecture: str
    vcpus: Decimal
    memory_gb: Decimal
    usd: Decimal
    burstable: bool


@dataclass(frozen=True)
class PriceList:
    """Prices by key, of one region at one date."""

    as_of: date
    region: str
    prices: Mapping[str, Price]
    instances: Mapping[str, Instance]
    pages: Mapping[str, str]
    kubernetes: Mapping[str, date]

    def of(self, key: str) -> Price:
        """Raises MissingPrice, which names the keys that are alike: no price is not a price of nothing."""
        if key in self.prices:
            return self.prices[key]
        kind = key.split(".")[0]
        alike = sorted(name.removeprefix(f"{kind}.") for name in self.prices if name.startswith(f"{kind}."))
        raise MissingPrice(
            f"{PRICES.name} has no price for {key}: add its row from AWS's price page"
            + (f", or choose one of {', '.join(alike)}." if alike else ".")
        )

    def instance(self, name: str) -> Instance:
        self.of(f"ec2.{name}")
        return self.instances[name]

    def extended_support(self, version: str) -> bool:
        """Whether this version of Kubernetes is past its standard support at the date of the list."""
        if version not in self.kubernetes:
            raise MissingPrice(
                f"{PRICES.name} does not say when EKS's standard support of Kubernetes {version} ends: add it to "
                f"`kubernetes`, or choose one of {', '.join(sorted(self.kubernetes))}."
            )
        return self.as_of > self.kubernetes[version]


def read_prices(path: Path = PRICES) -> PriceList:
    table = read_table(path)
    pages = section(table, "pages", path.name)
    instances = {name: _instance(name, row) for name, row in section(table, "instances", path.name).items()}
    prices = {key: _price(key, row, pages) for key, row in section(table, "prices", path.name).items()}
    prices |= {f"ec2.{name}": Price("hour", found.usd, Decimal(0), "ec2") for name, found in instances.items()}
    as_of, region = section(table, "as_of", path.name), section(table, "region", path.name)
    ends = section(table, "kubernetes", path.name)
    kubernetes = {version: _date(end, f"kubernetes.{version}") for version, end in ends.items()}
    return PriceList(_date(as_of, "as_of"), region, prices, instances, pages, kubernetes)


def _date(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnusableTable(f"{where} must be a date such as 2026-08-01, not {text!r}.") from None


def _price(key: str, row: Mapping[str, Any], pages: Mapping[str, str]) -> Price:
    page = section(row, "page", key)
    if page not in pages:
        raise UnusableTable(f"{key} is published on the page {page}, which `pages` does not have: add its address.")
    usd = number(section(row, "usd", key), f"{key}.usd")
    if not usd:
        raise UnusableTable(f"{key} must have a price above 0: what is free needs no row.")
    return Price(section(row, "unit", key), usd, number(row.get("free", 0), f"{key}.free"), page)


def _instance(name: str, row: Mapping[str, Any]) -> Instance:
    def of(key: str) -> Decimal:
        return number(section(row, key, name), f"{name}.{key}")

    burstable = row.get("burstable") == "true"
    return Instance(name, section(row, "architecture", name), of("vcpus"), of("memory_gb"), of("usd"), burstable)
