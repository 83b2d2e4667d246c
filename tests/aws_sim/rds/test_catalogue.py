from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"EngineVersion": "16"}, ["16.6", "16.8"]),
        ({"EngineVersion": "16.8"}, ["16.8"]),
        ({"EngineVersion": "1"}, []),
        ({"DefaultOnly": True}, ["17.4"]),
    ],
)
def test_versions_of_postgres_are_found(clients: Callable[[str], Any], asked: dict[str, Any], found: list[str]) -> None:
    versions = clients("rds").describe_db_engine_versions(Engine="postgres", **asked)["DBEngineVersions"]
    assert [version["EngineVersion"] for version in versions] == found


def test_a_version_says_what_it_can_be_upgraded_to(clients: Callable[[str], Any]) -> None:
    [version] = clients("rds").describe_db_engine_versions(Engine="postgres", EngineVersion="16.6")["DBEngineVersions"]
    assert version["DBParameterGroupFamily"] == "postgres16"
    targets = {one["EngineVersion"]: one["IsMajorVersionUpgrade"] for one in version["ValidUpgradeTarget"]}
    assert targets == {"16.8": False, "17.4": True}


def test_classes_for_postgres_can_be_ordered(clients: Callable[[str], Any]) -> None:
    rds = clients("rds")
    options = rds.describe_orderable_db_instance_options(Engine="postgres", EngineVersion="17.4")
    classes = {option["DBInstanceClass"] for option in options["OrderableDBInstanceOptions"]}
    assert {"db.t4g.medium", "db.m7g.large"} <= classes


def test_classes_of_other_engines_are_moto_s(clients: Callable[[str], Any]) -> None:
    rds = clients("rds")
    options = rds.describe_orderable_db_instance_options(Engine="neptune")["OrderableDBInstanceOptions"]
    assert {option["Engine"] for option in options} == {"neptune"}
