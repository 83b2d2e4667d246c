"""What is paid without a single request."""

from __future__ import annotations

from decimal import Decimal

from terraform.cost import compute
from terraform.cost.bill import HOURS, Item
from terraform.cost.case import Case

LOGS = "cloudwatch.logs"


def fixed_items(case: Case) -> list[Item]:
    return [
        *compute.replicas(case, Decimal(case.sizing.min_capacity)),
        *compute.platform(case),
        *_data(case),
        *_network(case),
        *_firewall(case),
        *_protection(case),
        *_observability(case),
    ]


def nat_gateways(case: Case) -> int:
    if case.sizing.disable_outbound_network_access:
        return 0
    return {"one": 1, "one_per_zone": case.contents.zones}[case.sizing.nat_gateways]


def _data(case: Case) -> list[Item]:
    sizing = case.sizing
    gigabytes = Decimal(sizing.database_copies * sizing.rds_allocated_storage_gb)
    return [
        Item("Database", f"rds.{sizing.rds_instance_class}", sizing.database_copies * HOURS),
        Item("Database's storage", "rds.gp3", gigabytes),
        Item("Cache", f"valkey.{sizing.redis_node_type}", sizing.redis_num_cache_clusters * HOURS),
    ]


def _network(case: Case) -> list[Item]:
    public = case.contents.zones if case.sizing.exposure == "public" else 0
    isolated = case.sizing.disable_outbound_network_access
    endpoints = case.contents.endpoints[case.platform] * case.contents.zones if isolated else 0
    return [
        Item("Load balancer", "alb.hour", HOURS),
        Item("NAT gateways", "vpc.nat", nat_gateways(case) * HOURS),
        Item("Public addresses", "vpc.public_address", (public + nat_gateways(case)) * HOURS),
        Item("VPC endpoints", "vpc.endpoint", endpoints * HOURS),
    ]


def _firewall(case: Case) -> list[Item]:
    return [
        Item("WAF", "waf.acl", _count(case, "acls")),
        Item("WAF", "waf.rule", _count(case, "rules")),
    ]


def _protection(case: Case) -> list[Item]:
    zones = Decimal(case.sizing.hosted_zone_kind == "new_private")
    return [
        Item("Secrets", "secrets.secret", _count(case, "secrets")),
        Item("Key", "kms.key", _count(case, "keys")),
        Item("Images", "ecr.storage", case.month.images_gb),
        Item("Hosted zone", "route53.zone", zones),
    ]


def _observability(case: Case) -> list[Item]:
    monitoring = case.month.database_monitoring_gb * case.sizing.database_copies
    return [
        Item("Alarms and dashboard", "cloudwatch.alarm", _count(case, "alarm_metrics")),
        Item("Alarms and dashboard", "cloudwatch.composite_alarm", _count(case, "composite_alarms")),
        Item("Alarms and dashboard", "cloudwatch.dashboard", _count(case, "dashboards")),
        Item("Logs of the database", LOGS, monitoring + case.month.database_log_gb),
    ]


def _count(case: Case, what: str) -> Decimal:
    return Decimal(case.contents.counts(case.platform, case.sizing)[what])
