"""An option's price is the difference that it makes to the whole bill."""

from __future__ import annotations

from decimal import Decimal

import pytest

from terraform.cost.options import OPTIONS, Option, difference
from tests.terraform.cost.conftest import Priced


def test_an_option_is_the_difference_between_with_and_without(case: Priced):
    standby = Option("a standby", {"rds_multi_az": True}, {"rds_multi_az": False})
    database = case(rds_instance_class="db.t4g.micro", rds_allocated_storage_gb=20)

    monitored = database.month.database_monitoring_gb * Decimal("0.50")

    assert difference(standby, database) == Decimal("11.68") + Decimal("2.30") + monitored


def test_it_is_the_same_in_a_deployment_that_has_the_option_already(case: Priced):
    for option in OPTIONS:
        assert difference(option, case()) == difference(option, case(**option.chosen))


@pytest.mark.parametrize("option", OPTIONS, ids=[option.name for option in OPTIONS])
@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_every_option_has_a_price_or_saves_one(case: Priced, platform: str, option: Option):
    assert difference(option, case(platform)) != 0
