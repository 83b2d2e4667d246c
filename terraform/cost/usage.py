"""What the estimate supposes about use: requests, their weight, and what a deployment stores and writes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from terraform.cost.errors import UnusableTable
from terraform.cost.records import decimals, read_table, section

USAGE = Path(__file__).parent / "usage.yaml"


@dataclass(frozen=True)
class Traffic:
    """Of a size, in a month."""

    requests: Decimal
    extra_replicas: Decimal


@dataclass(frozen=True)
class Request:
    """On average. KB are thousands of bytes."""

    request_kb: Decimal
    response_kb: Decimal
    seconds: Decimal
    requests_per_connection: Decimal
    outside_aws: Decimal
    log_kb: Decimal
    record_kb: Decimal
    access_log_kb: Decimal
    firewall_log_kb: Decimal
    flow_log_kb: Decimal
    between_zones_kb: Decimal


@dataclass(frozen=True)
class Month:
    """Whatever the traffic."""

    images_gb: Decimal
    database_log_gb: Decimal
    database_monitoring_gb: Decimal
    control_plane_log_gb: Decimal
    node_disk_gb: Decimal
    node_log_gb: Decimal
    node_vcpus: Decimal
    node_memory_gb: Decimal
    log_stored_share: Decimal
    cluster_metrics: Decimal
    service_metrics: Decimal
    replica_metrics: Decimal
    node_observations: Decimal


@dataclass(frozen=True)
class Usage:
    """`sizes` in the order of their columns."""

    sizes: Mapping[str, Traffic]
    request: Request
    month: Month


def read_usage(path: Path = USAGE) -> Usage:
    table = read_table(path)
    request = decimals(Request, section(table, "request", path.name), "request")
    if not request.requests_per_connection:
        raise UnusableTable(
            "request.requests_per_connection must be above 0: a connection carries at least one request."
        )
    if request.outside_aws > 1:
        raise UnusableTable("request.outside_aws must be a share from 0 to 1.")
    sizes = section(table, "sizes", path.name)
    return Usage(
        {name: decimals(Traffic, values, f"sizes.{name}") for name, values in sizes.items()},
        request,
        decimals(Month, section(table, "month", path.name), "month"),
    )
