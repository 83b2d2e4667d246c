"""Whether the account's quotas leave room for what a deploy makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import (
    Finding,
    Request,
    Settings,
    warning,
)

# CloudWatch is told of a use every five minutes.
_USAGE_WITHIN = timedelta(minutes=30)
_USAGE_PERIOD = 300
NODE_VCPUS_FOR_EACH = 2  # a pod's node has twice its virtual processors, for the agents beside it


@dataclass(frozen=True)
class Quota:
    """A quota that deploys are known to meet.

    `first`: how many a first deploy adds. `again`: how many a later one does. `most`: how many it may come to.
    `resources`: lists those in use, where they can be counted; otherwise CloudWatch knows.
    """

    name: str
    service: str
    code: str
    first: Callable[[Settings], int]
    again: Callable[[Settings], int]
    most: Callable[[Settings], int]
    resources: Callable[[Any], Sequence[Mapping[str, Any]]] | None = None


def nat_gateways(settings: Settings) -> int:
    """How many NAT gateways, each with an address, a new VPC gets."""
    if not settings.new_vpc or settings.disable_outbound_network_access:
        return 0
    return 1 if settings.nat_gateways == "one" else 2


def _vcpus(settings: Settings) -> int:
    return settings.vcpus * settings.desired_capacity


def _most_vcpus(settings: Settings) -> int:
    # A rollout starts new replicas beside the old ones.
    return settings.vcpus * max(settings.max_capacity, 2 * settings.desired_capacity)


def _node_vcpus(settings: Settings) -> int:
    return 0 if settings.existing_eks_cluster_name and settings.eks_nodes != "node_group" else (
        NODE_VCPUS_FOR_EACH * _vcpus(settings)
    )  # fmt: skip


def _vpcs(ec2: Any) -> Sequence[Mapping[str, Any]]:
    vpcs: Sequence[Mapping[str, Any]] = ec2.get_paginator("describe_vpcs").paginate().build_full_result()["Vpcs"]
    return vpcs


def _addresses(ec2: Any) -> Sequence[Mapping[str, Any]]:
    addresses: Sequence[Mapping[str, Any]] = ec2.describe_addresses()["Addresses"]
    return addresses


def _none(_settings: Settings) -> int:
    return 0


COMMON = (
    Quota("VPCs", "vpc", "L-F678F1CE", lambda settings: int(settings.new_vpc), _none, _none, _vpcs),
    Quota("Elastic IP addresses", "ec2", "L-0263D0A3", nat_gateways, _none, _none, _addresses),
)
QUOTAS: dict[str, tuple[Quota, ...]] = {
    "ECS": (*COMMON, Quota("virtual processors on Fargate", "fargate", "L-3032A538", _vcpus, _vcpus, _most_vcpus)),
    "EKS": (
        *COMMON,
        Quota("virtual processors of instances", "ec2", "L-1216C47A", _node_vcpus, _none,
              lambda settings: _node_vcpus(settings) and NODE_VCPUS_FOR_EACH * _most_vcpus(settings)),
    ),
}  # fmt: skip


def quota_faults(request: Request) -> Iterator[Finding]:
    """Each quota that leaves too little room."""
    settings = request.settings
    ec2 = request.account.client("ec2", settings.aws_region)
    deployed = any(_is_ours(vpc, settings.deployment_name) for vpc in _vpcs(ec2))
    for quota in QUOTAS[request.platform]:
        adds = quota.again(settings) if deployed else quota.first(settings)
        if adds or quota.most(settings):
            yield from _faults(quota, adds, request, ec2)


def _faults(quota: Quota, adds: int, request: Request, ec2: Any) -> Iterator[Finding]:
    settings = request.settings
    known = allowed(request.account.client("service-quotas", settings.aws_region), quota)
    if known is None:
        yield warning(f"How many {quota.name} the account may have is not known: Service Quotas has no {quota.code}.")
        return
    limit = int(known["Value"])
    used = len(quota.resources(ec2)) if quota.resources else in_use(request, known.get("UsageMetric"))
    mend = (
        f"Ask for more: aws service-quotas request-service-quota-increase --service-code {quota.service} --quota-code "
        f"{quota.code} --desired-value {{}} --region {settings.aws_region}"
    )
    place = f"the account in {settings.aws_region}"
    if used + adds > limit:
        wrong = f"{quota.name}: {place} may have {limit} and uses {used}, which leaves no room for {adds} more."
        yield Finding(wrong, mend.format(used + max(adds, quota.most(settings))) + ", or delete what nobody needs.")
    elif quota.most(settings) > limit:
        most = quota.most(settings)
        wrong = f"{quota.name}: {place} may have {limit}; with all replicas, or during a rollout, it needs {most}."
        yield warning(wrong, mend.format(most))


def allowed(quotas: Any, quota: Quota) -> Mapping[str, Any] | None:
    """The account's quota, or AWS's default where nobody has changed it."""
    for ask in (quotas.get_service_quota, quotas.get_aws_default_service_quota):
        try:
            found: Mapping[str, Any] = ask(ServiceCode=quota.service, QuotaCode=quota.code)["Quota"]
        except quotas.exceptions.NoSuchResourceException:
            continue
        return found
    return None


def in_use(request: Request, metric: Mapping[str, Any] | None) -> int:
    """How much is in use by CloudWatch, as Service Quotas says to ask it; 0 where it does not know."""
    if not metric:
        return 0
    now = datetime.now(UTC)
    statistic = metric.get("MetricStatisticRecommendation", "Maximum")
    answer = request.account.client("cloudwatch", request.settings.aws_region).get_metric_statistics(
        Namespace=metric["MetricNamespace"],
        MetricName=metric["MetricName"],
        Dimensions=[{"Name": name, "Value": value} for name, value in metric["MetricDimensions"].items()],
        StartTime=now - _USAGE_WITHIN,
        EndTime=now,
        Period=_USAGE_PERIOD,
        Statistics=[statistic],
    )
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    return int(points[-1][statistic]) if points else 0


def _is_ours(vpc: Mapping[str, Any], deployment: str) -> bool:
    return {"Key": "application", "Value": deployment} in vpc.get("Tags", [])
