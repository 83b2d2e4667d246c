"""Quantities become dollars, and the free units of an account are taken off once."""

from __future__ import annotations

from decimal import Decimal

from terraform.cost.bill import Item, by_component, charge, total, waived
from terraform.cost.price_list import PriceList


def test_a_charge_is_the_quantity_at_its_price(prices: PriceList):
    assert total(charge([Item("NAT", "vpc.nat", Decimal(730))], prices)) == Decimal("32.85")


def test_free_units_are_taken_off_once_from_the_first(prices: PriceList):
    items = [Item("first", "cloudwatch.alarm", Decimal(8)), Item("second", "cloudwatch.alarm", Decimal(8))]

    charges = charge(items, prices)

    assert by_component(charges) == {"first": 0, "second": Decimal("0.6")}
    assert waived(charges) == Decimal(1)


def test_what_is_not_used_is_no_negative_charge(prices: PriceList):
    charges = charge([Item("alarms", "cloudwatch.alarm", Decimal(3))], prices)

    assert total(charges) == 0
    assert waived(charges) == Decimal("0.3")


def test_components_keep_their_order_and_are_summed(prices: PriceList):
    items = [Item("b", "kms.key", Decimal(1)), Item("a", "kms.key", Decimal(2)), Item("b", "kms.key", Decimal(3))]

    assert list(by_component(charge(items, prices)).items()) == [("b", 4), ("a", 2)]
