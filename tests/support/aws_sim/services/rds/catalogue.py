"""RDS: the versions of PostgreSQL that can be had, and the instance classes that run them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from tests.support.aws_sim.patching import action, around

VERSIONS = ("14.17", "15.12", "16.6", "16.8", "17.4")
CLASSES = ("db.t4g.medium", "db.t3.medium", "db.m7g.large", "db.r7g.large")


@action(RDSResponse)
def describe_db_engine_versions(response: RDSResponse) -> ActionResult:
    """moto lacks the action."""
    engine = response._get_param("Engine") or "postgres"
    wanted = response._get_param("EngineVersion") or ""
    found = [version for version in VERSIONS if not wanted or f"{version}.".startswith(f"{wanted}.")]
    if response._get_param("DefaultOnly") in (True, "true"):
        found = found[-1:]
    return ActionResult({"DBEngineVersions": [_described(engine, version) for version in found]})


@around(RDSBackend)
def describe_orderable_db_instance_options(
    original: Callable[..., list[dict[str, Any]]], backend: RDSBackend, engine: str, engine_version: str | None
) -> list[dict[str, Any]]:
    """moto has no classes for PostgreSQL."""
    if engine != "postgres":
        return original(backend, engine, engine_version)
    versions = [version for version in VERSIONS if engine_version in (None, version)]
    return [_orderable(backend.region_name, version, name) for version in versions for name in CLASSES]


def _major(version: str) -> str:
    return version.split(".")[0]


def _newer(version: str) -> tuple[str, ...]:
    return VERSIONS[VERSIONS.index(version) + 1 :]


def _described(engine: str, version: str) -> dict[str, Any]:
    return {
        "Engine": engine,
        "EngineVersion": version,
        "MajorEngineVersion": _major(version),
        "Status": "available",
        "DBParameterGroupFamily": f"{engine}{_major(version)}",
        "SupportsParallelQuery": False,
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {version}",
        "ValidUpgradeTarget": [
            {
                "Engine": engine,
                "EngineVersion": target,
                "AutoUpgrade": False,
                "IsMajorVersionUpgrade": _major(target) != _major(version),
            }
            for target in _newer(version)
        ],
    }


def _orderable(region: str, version: str, instance_class: str) -> dict[str, Any]:
    return {
        "Engine": "postgres",
        "EngineVersion": version,
        "DBInstanceClass": instance_class,
        "LicenseModel": "postgresql-license",
        "AvailabilityZones": [{"Name": f"{region}{zone}"} for zone in "abc"],
        "MultiAZCapable": True,
        "StorageType": "gp3",
        "SupportsStorageEncryption": True,
        "Vpc": True,
        "SupportsPerformanceInsights": True,
        "SupportsIAMDatabaseAuthentication": True,
    }
