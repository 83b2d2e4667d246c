"""Quantities become dollars: the free units of an account are taken off once, and what they were worth is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from terraform.cost.price_list import PriceList

HOURS = Decimal(730)  # of a month, as AWS counts
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Item:
    """`quantity` units of the price `price`, in a month; `component` is the line of the estimate that it belongs to."""

    component: str
    price: str
    quantity: Decimal


@dataclass(frozen=True)
class Charge:
    """US dollars a month; `waived` is what the free units of the account would have cost."""

    component: str
    usd: Decimal
    waived: Decimal


def charge(items: Iterable[Item], prices: PriceList) -> list[Charge]:
    """One charge an item. Raises MissingPrice."""
    left = {key: price.free for key, price in prices.prices.items()}
    charges = []
    for item in items:
        price = prices.of(item.price)
        free = min(item.quantity, left[item.price])
        left[item.price] -= free
        charges.append(Charge(item.component, (item.quantity - free) * price.usd, free * price.usd))
    return charges


def by_component(charges: Iterable[Charge]) -> dict[str, Decimal]:
    """Dollars by line, in the order in which the lines first appear."""
    totals: dict[str, Decimal] = {}
    for each in charges:
        totals[each.component] = totals.get(each.component, NOTHING) + each.usd
    return totals


def total(charges: Iterable[Charge]) -> Decimal:
    return sum((each.usd for each in charges), NOTHING)


def waived(charges: Iterable[Charge]) -> Decimal:
    return sum((each.waived for each in charges), NOTHING)
