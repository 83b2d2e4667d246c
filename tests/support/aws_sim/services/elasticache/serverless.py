"""ElastiCache Serverless, which moto lacks."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow

from tests.support.aws_sim.services.elasticache.kinds import Kind, add


def _defaults(given: dict[str, Any]) -> dict[str, Any]:
    address = f"{given['ServerlessCacheName']}.serverless.use1.cache.amazonaws.com"
    return {
        "Status": "available",
        "CreateTime": utcnow(),
        "FullEngineVersion": f"{given.get('MajorEngineVersion', '8')}.0",
        "MajorEngineVersion": "8",
        "DailySnapshotTime": "05:00",
        "SnapshotRetentionLimit": 0,
        "Endpoint": {"Address": address, "Port": 6379},
        "ReaderEndpoint": {"Address": address, "Port": 6380},
    }


add(
    Kind(
        name="ServerlessCache",
        key="ServerlessCacheName",
        missing="ServerlessCacheNotFoundFault",
        resource="serverlesscache",
        defaults=_defaults,
    )
)
