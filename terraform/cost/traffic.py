"""What requests cost, by the assumptions of usage.yaml."""

from __future__ import annotations

from decimal import Decimal

from terraform.cost import compute
from terraform.cost.bill import HOURS, Item
from terraform.cost.case import Case
from terraform.cost.fixed import LOGS, nat_gateways

SECONDS = HOURS * 3600
DAYS = Decimal(30)
# What one capacity unit of a load balancer carries.
CONNECTIONS_A_SECOND, ACTIVE_CONNECTIONS, GB_AN_HOUR = 25, 3000, 1


def traffic_items(case: Case) -> list[Item]:
    added = compute.replicas(case, case.traffic.extra_replicas)
    return [
        *(Item("Replicas that scaling adds", item.price, item.quantity) for item in added),
        Item("Capacity units of the load balancer", "alb.lcu", capacity_units(case) * HOURS),
        *_transfer(case),
        *_cloudfront(case),
        Item("WAF's requests", "waf.requests", case.sizing.waf_enabled * case.traffic.requests / 1_000_000),
        *_logs(case),
        *_records(case),
    ]


def growth_items(case: Case) -> list[Item]:
    """What comes on top at most: all replicas that scaling may add, all month, and the database's full storage."""
    sizing = case.sizing
    idle = sizing.max_capacity - sizing.min_capacity - case.traffic.extra_replicas
    gigabytes = (sizing.rds_max_allocated_storage_gb - sizing.rds_allocated_storage_gb) * sizing.database_copies
    return [*compute.replicas(case, idle), Item("Database's storage", "rds.gp3", Decimal(gigabytes))]


def capacity_units(case: Case) -> Decimal:
    """On average: the dimension that is used most counts."""
    each, requests = case.request, case.traffic.requests
    return max(
        requests / each.requests_per_connection / SECONDS / CONNECTIONS_A_SECOND,
        requests * each.seconds / SECONDS / ACTIVE_CONNECTIONS,
        case.requests_gb(each.request_kb + each.response_kb) / HOURS / GB_AN_HOUR,
    )


def outside_aws(case: Case) -> Decimal:
    """The share of requests that goes to models outside AWS; none does without a way out."""
    return Decimal(0) if case.sizing.disable_outbound_network_access else case.request.outside_aws


def _transfer(case: Case) -> list[Item]:
    """Models and AWS's services are reached by NAT gateways, or by endpoints, of which that of S3 costs nothing."""
    each = case.request
    by_nat = Decimal(nat_gateways(case) > 0)
    passing = case.requests_gb(each.request_kb + each.response_kb + each.log_kb)
    answers = each.response_kb if case.sizing.exposure == "public" else Decimal(0)
    return [
        Item("NAT gateways' data", "vpc.nat_data", by_nat * (passing + case.requests_gb(each.record_kb))),
        Item("VPC endpoints' data", "vpc.endpoint_data", (1 - by_nat) * passing),
        Item(
            "Data to the internet", "transfer.internet", case.requests_gb(answers + outside_aws(case) * each.request_kb)
        ),
        # Both sides pay, and every second partner is in another zone.
        Item("Data between zones", "transfer.between_zones", case.requests_gb(each.between_zones_kb)),
    ]


def _cloudfront(case: Case) -> list[Item]:
    requests = case.traffic.requests * (case.sizing.exposure == "cloudfront")
    return [
        Item("CloudFront", "cloudfront.requests", requests / 10_000),
        Item("CloudFront", "cloudfront.out", requests * case.request.response_kb / 1_000_000),
        Item("CloudFront", "cloudfront.to_origin", requests * case.request.request_kb / 1_000_000),
    ]


def _logs(case: Case) -> list[Item]:
    """Taken in this month, and kept from the months before."""
    each = case.request
    taken = case.requests_gb(each.log_kb + each.flow_log_kb + case.sizing.waf_enabled * each.firewall_log_kb)
    kept = taken * case.month.log_stored_share * case.sizing.log_retention_days / DAYS
    return [Item("Logs", LOGS, taken), Item("Logs", "cloudwatch.logs_kept", kept)]


def _records(case: Case) -> list[Item]:
    """LiteLLM's records of requests, and access logs, which S3 keeps."""
    kept = case.requests_gb(case.request.record_kb + case.request.access_log_kb) * case.contents.record_days / DAYS
    written = case.traffic.requests / 1000 if case.request.record_kb else Decimal(0)
    return [Item("Records of requests", "s3.put", written), Item("Records of requests", "s3.storage", kept)]
