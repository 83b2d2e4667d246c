"""Deployments to be priced, from the tables and the Terraform code as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from terraform.cost.case import Case
from terraform.cost.contents import Contents, read_contents
from terraform.cost.estimate import cases_of, read_sizes
from terraform.cost.hcl import Variables
from terraform.cost.price_list import PriceList, read_prices
from terraform.cost.report import Cases
from terraform.cost.sizing import read_platform_variables
from terraform.cost.usage import Usage, read_usage

# Of a platform in a size, with other values of some variables.
Priced = Callable[..., Case]


@pytest.fixture(scope="session")
def variables() -> Variables:
    return read_platform_variables()


@pytest.fixture(scope="session")
def contents() -> Contents:
    return read_contents()


@pytest.fixture(scope="session")
def prices() -> PriceList:
    return read_prices()


@pytest.fixture(scope="session")
def usage() -> Usage:
    return read_usage()


@pytest.fixture(scope="session")
def cases(variables: Variables, contents: Contents, prices: PriceList, usage: Usage) -> Cases:
    return cases_of(variables, read_sizes(list(usage.sizes), variables), usage, contents, prices)


@pytest.fixture(scope="session")
def case(cases: Cases) -> Priced:
    def of(platform: str = "ecs", size: str = "default", **values: Any) -> Case:
        found = cases[platform][size]
        return replace(found, sizing=replace(found.sizing, **values))

    return of
