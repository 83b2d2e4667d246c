"""The estimate as Markdown: sizes, assumptions, each platform by component, options, and the prices that were used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal

from terraform.cost.bill import Charge, Item, by_component, charge, total, waived
from terraform.cost.case import Case
from terraform.cost.fixed import fixed_items
from terraform.cost.markdown import bold, dollars, plain, table
from terraform.cost.options import OPTIONS, difference
from terraform.cost.price_list import PriceList
from terraform.cost.sizing import Sizing
from terraform.cost.traffic import growth_items, traffic_items
from terraform.cost.usage import Usage

PLATFORMS = {"ecs": "ECS with Fargate", "eks": "EKS with Auto Mode"}

# By platform, then by size.
Cases = Mapping[str, Mapping[str, Case]]


def report(cases: Cases, usage: Usage, prices: PriceList) -> str:
    """The generated part of docs/cost.md."""
    sections = [
        f"List prices in US dollars of **{prices.region}** as of **{prices.as_of}**, for a month of 730 hours. Each\n"
        "amount is rounded, so that a sum may differ by a dollar from what its rows make. A dash is nothing, or what\n"
        "the account's free units cover.",
        "### In short",
        _summary(cases),
        "### Sizes",
        _sizes(cases["ecs"]),
        *(part for platform, name in PLATFORMS.items() for part in (f"### On {name}", _platform(cases[platform]))),
        "### What a choice adds",
        _options(cases),
        "### Assumed use",
        _traffic(usage),
        _assumed(usage),
        "### Prices",
        _prices(cases, prices),
    ]
    return "\n\n".join(sections)


def _summary(cases: Cases) -> str:
    rows = []
    for platform, name in PLATFORMS.items():
        sizes = cases[platform].values()
        fixed = [total(charge(fixed_items(case), case.prices)) for case in sizes]
        whole = [total(_charges(case)) for case in sizes]
        rows.append([f"{name}: without traffic", *map(dollars, fixed)])
        rows.append([f"{name}: with the assumed traffic", *bold(map(dollars, whole))])
    return table(["US dollars a month", *cases["ecs"]], rows, numbers=True)


def _charges(case: Case) -> list[Charge]:
    return charge([*fixed_items(case), *traffic_items(case)], case.prices)


def _sizes(cases: Mapping[str, Case]) -> str:
    def cell(value: object) -> str:
        return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value not in ("", []) else "–"

    names = [field.name for field in fields(Sizing)]
    rows = [[f"`{name}`", *(cell(getattr(case.sizing, name)) for case in cases.values())] for name in names]
    return table(["variable", *cases], rows)


def _platform(cases: Mapping[str, Case]) -> str:
    fixed = {size: charge(fixed_items(case), case.prices) for size, case in cases.items()}
    whole = {size: _charges(case) for size, case in cases.items()}
    by_traffic = {size: charges[len(fixed[size]) :] for size, charges in whole.items()}
    most = [total(charge(growth_items(case), case.prices)) for case in cases.values()]
    rows = [
        *_components(list(fixed.values())),
        bold(["Without traffic", *(dollars(total(charges)) for charges in fixed.values())]),
        *_components(list(by_traffic.values())),
        bold(["Traffic", *(dollars(total(charges)) for charges in by_traffic.values())]),
        bold(["Together", *(dollars(total(charges)) for charges in whole.values())]),
        ["*On top, at most, when everything grows to its limit*", *map(dollars, most)],
        ["*On top, when others use up what the account has free*", *(dollars(waived(c)) for c in whole.values())],
    ]
    return table(["US dollars a month", *cases], rows, numbers=True)


def _components(columns: Sequence[list[Charge]]) -> list[list[str]]:
    """A row for each component that is there in any size, even where the account's free units cover it."""
    amounts = [by_component(charges) for charges in columns]
    present = {each.component for charges in columns for each in charges if each.usd or each.waived}
    return [[name, *(dollars(column[name]) for column in amounts)] for name in amounts[0] if name in present]


def _options(cases: Cases) -> str:
    head = [
        "US dollars a month",
        *(f"{platform.upper()}, {size}" for platform, sizes in cases.items() for size in sizes),
    ]
    every = [case for sizes in cases.values() for case in sizes.values()]
    rows = [[option.name, *(_signed(difference(option, case)) for case in every)] for option in OPTIONS]
    return table(head, rows, numbers=True)


def _signed(amount: Decimal) -> str:
    shown = dollars(amount)
    return f"+{shown}" if shown[0].isdigit() else shown


def _traffic(usage: Usage) -> str:
    rows = [
        ["requests a month", *(plain(size.requests) for size in usage.sizes.values())],
        ["replicas above `min_capacity`, on average", *(plain(size.extra_replicas) for size in usage.sizes.values())],
    ]
    return table(["", *usage.sizes], rows, numbers=True)


def _assumed(usage: Usage) -> str:
    rows = [
        [f"`{heading}.{field.name}`", plain(getattr(record, field.name))]
        for heading, record in (("request", usage.request), ("month", usage.month))
        for field in fields(record)
    ]
    return table(["in `terraform/cost/usage.yaml`", ""], rows, numbers=True)


def _prices(cases: Cases, prices: PriceList) -> str:
    """Those that any case used, in the order of the list."""
    parts: tuple[Callable[[Case], list[Item]], ...] = (fixed_items, traffic_items, growth_items)
    every = [case for sizes in cases.values() for case in sizes.values()]
    used = {item.price for case in every for part in parts for item in part(case) if item.quantity}
    rows = [
        [
            f"`{key}`",
            price.unit,
            plain(price.usd),
            plain(price.free) if price.free else "",
            f"[{price.page}]({prices.pages[price.page]})",
        ]
        for key, price in prices.prices.items()
        if key in used
    ]
    return table(["price", "for one", "US dollars", "free for an account", "published"], rows)
