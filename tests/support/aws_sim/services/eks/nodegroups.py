"""EKS node groups: their settings, and how they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import action, around, body, remember
from tests.support.aws_sim.services.eks.stored import cluster_of
from tests.support.aws_sim.services.eks.updates import keep, updated


@around(EKSResponse)
def create_nodegroup(original: Callable[..., ActionResult], response: EKSResponse) -> ActionResult:
    """moto invents an SSH key, a version and a disk size beside a launch template, and drops how to update."""
    answer: Any = original(response)
    group, given = answer.result["nodegroup"], body(response)
    group.remote_access = given.get("remoteAccess")
    group.update_config = given.get("updateConfig") or {"maxUnavailable": 1}
    group.node_repair_config = given.get("nodeRepairConfig")
    group.version = given.get("version") or cluster_of(response).version
    group.release_version = given.get("releaseVersion") or f"{group.version}.0-20260101"
    # Nor is there a security group for SSH when nobody asked for that.
    group.resources = {"autoScalingGroups": [{"name": f"eks-{group.nodegroup_name}-{group.uuid}"}]}
    if given.get("launchTemplate"):
        group.disk_size = None
        group.launch_template["version"] = given["launchTemplate"].get("version") or "1"
    return ActionResult(answer.result)


@action(EKSResponse)
def update_nodegroup_version(response: EKSResponse) -> ActionResult:
    """moto lacks the action."""
    group: Any = response.eks_backend.describe_nodegroup(
        cluster_name=response._get_param("name"), nodegroup_name=response._get_param("nodegroupName")
    )
    given = body(response)
    remember(group, {field: given.get(field) for field in ("version", "releaseVersion")}, overwrite=True)
    if given.get("launchTemplate"):
        group.launch_template.update(given["launchTemplate"])
    return updated(response, "VersionUpdate")


@around(EKSResponse)
def update_nodegroup_config(original: Callable[..., ActionResult], response: EKSResponse) -> ActionResult:
    """moto answers an update that cannot be described."""
    answer: Any = original(response)
    keep(response, answer.result["update"])
    return ActionResult(answer.result)
