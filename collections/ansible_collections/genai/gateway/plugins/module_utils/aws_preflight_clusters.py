"""Whether an existing EKS cluster is fit for the gateway, and whether a new one can have its version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.aws_preflight_request import (
    Finding,
    Request,
    Settings,
    warning,
)

OLDEST_KUBERNETES = (1, 33)  # EKS supports no earlier one
_VARIABLE = "existing_eks_cluster_name"


def cluster_faults(request: Request) -> Iterator[Finding]:
    """What is wrong with an existing cluster; nothing on ECS."""
    settings = request.settings
    if request.platform != "EKS" or not settings.existing_eks_cluster_name:
        return
    eks = request.account.client("eks", settings.aws_region)
    try:
        cluster = eks.describe_cluster(name=settings.existing_eks_cluster_name)["cluster"]
    except eks.exceptions.ResourceNotFoundException:
        there = eks.get_paginator("list_clusters").paginate().build_full_result()["clusters"]
        wrong = f"{_VARIABLE}: there is no cluster {settings.existing_eks_cluster_name} in {settings.aws_region}."
        yield Finding(
            wrong, f"There are: {', '.join(sorted(there)) or 'none'}. Correct it, or leave it empty for a new one."
        )
        return
    yield from state_faults(cluster, settings)
    yield from mode_faults(cluster, settings)
    if not _auto(cluster):
        yield from agent_faults(eks, settings)


def version_faults(request: Request) -> Iterator[Finding]:
    """A version that EKS makes no new cluster of, or soon no longer."""
    if request.platform != "EKS" or request.settings.existing_eks_cluster_name:
        return
    eks, version = request.account.client("eks", request.settings.aws_region), request.settings.eks_version
    answer = eks.describe_cluster_versions(clusterVersions=[version])["clusterVersions"]
    state = answer[0].get("versionStatus", answer[0].get("status", "")).upper() if answer else "UNSUPPORTED"
    if state == "UNSUPPORTED":
        yield Finding(
            f"eks_version: EKS has no version {version} here.", "`aws eks describe-cluster-versions` lists them."
        )
    elif state == "EXTENDED_SUPPORT":
        wrong = f"eks_version: {version} is past its standard support, and each cluster of it costs six times as much."
        yield warning(wrong, "Choose a newer one.")


def state_faults(cluster: Mapping[str, Any], settings: Settings) -> Iterator[Finding]:
    """Whether it runs, where, at which version, and how it is reached."""
    name = cluster["name"]
    if cluster["status"] != "ACTIVE":
        yield Finding(f"{_VARIABLE}: the cluster {name} is {cluster['status']}.", "Wait until it is ACTIVE.")
    network = cluster["resourcesVpcConfig"]
    vpc = network.get("vpcId", "")
    if not settings.existing_vpc_id:
        yield Finding(f"{_VARIABLE} needs the cluster's VPC.", f"Set existing_vpc_id to {vpc}.")
    elif vpc != settings.existing_vpc_id:
        wrong = f"{_VARIABLE}: the cluster {name} is in the VPC {vpc}, not in {settings.existing_vpc_id}."
        yield Finding(wrong, "The load balancer could not reach its pods: set existing_vpc_id to the cluster's.")
    if _numbers(cluster["version"]) < OLDEST_KUBERNETES:
        needed = ".".join(map(str, OLDEST_KUBERNETES))
        yield Finding(f"{_VARIABLE}: {name} runs Kubernetes {cluster['version']}.", f"Upgrade it to {needed} or newer.")
    if not network.get("endpointPublicAccess", True):
        wrong = f"{_VARIABLE}: the API of {name} is reached from within its network only."
        yield warning(wrong, "Run the deploy from there, or through a VPN.")


def mode_faults(cluster: Mapping[str, Any], settings: Settings) -> Iterator[Finding]:
    """Access entries, and what EKS Auto Mode brings itself."""
    name = cluster["name"]
    mode = cluster.get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP")
    if mode not in ("API", "API_AND_CONFIG_MAP"):
        mend = f"aws eks update-cluster-config --name {name} --access-config authenticationMode=API_AND_CONFIG_MAP"
        yield Finding(f"{_VARIABLE}: {name} knows no access entries (its authentication mode is {mode}).", mend)
    own = {
        "install_add_ons_in_existing_eks_cluster": bool(settings.install_add_ons_in_existing_eks_cluster),
        "install_load_balancer_controller_in_existing_eks_cluster": (
            settings.install_load_balancer_controller_in_existing_eks_cluster
        ),
        "eks_nodes: node_group": settings.eks_nodes == "node_group",
    }
    if _auto(cluster) and any(own.values()):
        names = ", ".join(variable for variable, given in own.items() if given)
        wrong = f"{_VARIABLE}: {name} is in Auto Mode, which has its own nodes, add-ons and load balancer controller."
        yield Finding(wrong, f"Leave out: {names}.")


def agent_faults(eks: Any, settings: Settings) -> Iterator[Finding]:
    """The add-on by which pods get their role."""
    if "eks-pod-identity-agent" in settings.install_add_ons_in_existing_eks_cluster:
        return
    name = settings.existing_eks_cluster_name
    try:
        eks.describe_addon(clusterName=name, addonName="eks-pod-identity-agent")
    except eks.exceptions.ResourceNotFoundException:
        yield Finding(
            f"{_VARIABLE}: {name} lacks the add-on eks-pod-identity-agent, by which pods get their role.",
            "Put it into install_add_ons_in_existing_eks_cluster.",
        )


def _auto(cluster: Mapping[str, Any]) -> bool:
    return bool(cluster.get("computeConfig", {}).get("enabled"))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
