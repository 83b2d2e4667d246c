from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def rds(clients: Callable[[str], Any]) -> Any:
    return clients("rds")


def _create(rds: Any, name: str, **settings: Any) -> Any:
    return rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="owner",
        **settings,
    )["DBInstance"]


def _described(rds: Any, name: str) -> Any:
    [instance] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return instance


def test_an_instance_is_found_by_a_resource_id_of_its_own(rds: Any, name: str) -> None:
    made = [_create(rds, f"{name}-{which}") for which in ("a", "b")]
    for instance in made:
        by_id = [{"Name": "dbi-resource-id", "Values": [instance["DbiResourceId"]]}]
        found = rds.describe_db_instances(Filters=by_id)["DBInstances"]
        assert [one["DBInstanceIdentifier"] for one in found] == [instance["DBInstanceIdentifier"]]


def test_an_instance_keeps_performance_insights(rds: Any, name: str) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/k"
    _create(
        rds,
        name,
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId=key,
        PerformanceInsightsRetentionPeriod=31,
    )
    instance = _described(rds, name)
    assert instance["PerformanceInsightsEnabled"] is True
    assert (instance["PerformanceInsightsKMSKeyId"], instance["PerformanceInsightsRetentionPeriod"]) == (key, 31)


def test_performance_insights_can_be_turned_on_while_an_instance_is_renamed(rds: Any, name: str) -> None:
    _create(rds, name)
    rds.modify_db_instance(
        DBInstanceIdentifier=name,
        NewDBInstanceIdentifier=f"{name}-new",
        EnablePerformanceInsights=True,
        ApplyImmediately=True,
    )
    assert _described(rds, f"{name}-new")["PerformanceInsightsEnabled"] is True
