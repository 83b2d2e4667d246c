"""EKS: where the things that moto lacks are kept, and how they are named and found."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from moto.eks.exceptions import ResourceInUseException, ResourceNotFoundException
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import store


def cluster_of(response: EKSResponse) -> Any:
    """The cluster that the request names; raises ResourceNotFoundException."""
    return response.eks_backend.describe_cluster(name=unquote(response._get_param("name")))


def items(response: EKSResponse, kind: str) -> tuple[Any, dict[str, Any]]:
    """The cluster that the request names, and its "addons", "access_entries" or "pod_identities" by their keys."""
    cluster = cluster_of(response)
    return cluster, store(cluster, kind)


def find(kept: dict[str, Any], key: str, what: str) -> Any:
    """Raises ResourceNotFoundException."""
    if key not in kept:
        raise missing(f"No {what} found for: {key}")
    return kept[key]


def arn(response: EKSResponse, resource: str, *parts: str) -> str:
    return f"arn:aws:eks:{response.region}:{response.current_account}:{resource}/" + "/".join(parts)


def missing(message: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        clusterName=None, nodegroupName=None, fargateProfileName=None, addonName=None, message=message
    )


def in_use(cluster: Any, message: str, addon: str | None = None) -> ResourceInUseException:
    return ResourceInUseException(clusterName=cluster.name, nodegroupName=None, addonName=addon, message=message)
