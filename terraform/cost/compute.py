"""What replicas run on: Fargate on ECS, instances of EC2 on EKS."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from terraform.cost.bill import HOURS, Item
from terraform.cost.case import Case
from terraform.cost.errors import UnusableSize
from terraform.cost.price_list import Instance

# What a node group has when eks_instance_types is empty.
NODE_GROUP = {"arm64": "m7g.xlarge", "x86_64": "m7i.xlarge"}


def replicas(case: Case, number: Decimal) -> list[Item]:
    """So many replicas, all month."""
    return _REPLICAS[case.platform](case, number)


def platform(case: Case) -> list[Item]:
    """What the platform costs without a replica."""
    return _PLATFORM[case.platform](case)


def _fargate(case: Case, number: Decimal) -> list[Item]:
    sizing = case.sizing
    return [
        Item("Fargate", f"fargate.{sizing.cpu_architecture}.vcpu", number * sizing.vcpus * HOURS),
        Item("Fargate", f"fargate.{sizing.cpu_architecture}.memory", number * sizing.replica_gb * HOURS),
        Item("Container Insights", "cloudwatch.container_metric", number * case.month.replica_metrics),
    ]


def _ecs(case: Case) -> list[Item]:
    metrics = case.month.cluster_metrics + case.month.service_metrics
    return [Item("Container Insights", "cloudwatch.container_metric", metrics)]


def _nodes(case: Case, number: Decimal) -> list[Item]:
    """A node for each replica."""
    instance, fee = _NODES[case.sizing.eks_nodes or "auto"](case)
    return [
        Item("Nodes", f"ec2.{instance.name}", number * HOURS),
        Item("Fee of EKS Auto Mode", "eks.auto_mode", fee * number * HOURS * instance.usd),
        Item("Disks of the nodes", "ebs.gp3", number * case.month.node_disk_gb),
        Item("Container Insights", "cloudwatch.observation", number * case.month.node_observations),
        Item("Logs of the nodes", "cloudwatch.logs", number * case.month.node_log_gb),
    ]


def _eks(case: Case) -> list[Item]:
    extended = case.prices.extended_support(case.sizing.eks_version)
    return [
        Item("EKS cluster", "eks.cluster", HOURS),
        Item("Extended support of Kubernetes", "eks.extended_support", extended * HOURS),
        Item("Logs of the control plane", "cloudwatch.logs", case.month.control_plane_log_gb),
    ]


def holds(instance: Instance, case: Case) -> bool:
    """Whether a replica finds room beside what Kubernetes keeps for itself."""
    return (
        instance.architecture == case.sizing.cpu_architecture
        and instance.vcpus - case.month.node_vcpus >= case.sizing.vcpus
        and instance.memory_gb - case.month.node_memory_gb >= case.sizing.replica_gb
    )


def _auto(case: Case) -> tuple[Instance, int]:
    """The cheapest that holds a replica: what Auto Mode looks for."""
    fitting = [each for each in case.prices.instances.values() if holds(each, case) and not each.burstable]
    if not fitting:
        raise UnusableSize(
            f"No instance of prices.yaml holds a replica with {case.sizing.vcpus} vCPU and {case.sizing.replica_gb} GB "
            f"on {case.sizing.cpu_architecture}: add one that is large enough, or choose smaller replicas."
        )
    return min(fitting, key=lambda each: each.usd), 1


def _node_group(case: Case) -> tuple[Instance, int]:
    name = (case.sizing.eks_instance_types or [NODE_GROUP[case.sizing.cpu_architecture]])[0]
    instance = case.prices.instance(name)
    if not holds(instance, case):
        raise UnusableSize(
            f"{name} does not hold a replica with {case.sizing.vcpus} vCPU and {case.sizing.replica_gb} GB for "
            f"{case.sizing.cpu_architecture}: name larger instances in eks_instance_types, or choose smaller replicas."
        )
    return instance, 0


def _existing(case: Case) -> tuple[Instance, int]:
    raise UnusableSize(
        f"eks_nodes {case.sizing.eks_nodes}: nodes of an existing cluster have no price here. Use auto or node_group."
    )


_REPLICAS: dict[str, Callable[[Case, Decimal], list[Item]]] = {"ecs": _fargate, "eks": _nodes}
_PLATFORM: dict[str, Callable[[Case], list[Item]]] = {"ecs": _ecs, "eks": _eks}
# By eks_nodes: the instance, and whether it bears the fee of Auto Mode (1 or 0).
_NODES: dict[str, Callable[[Case], tuple[Instance, int]]] = {
    "auto": _auto,
    "node_group": _node_group,
    "existing": _existing,
}
