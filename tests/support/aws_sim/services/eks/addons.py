"""EKS add-ons, which moto lacks."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import action, body
from tests.support.aws_sim.services.eks import pod_identities
from tests.support.aws_sim.services.eks.stored import arn, find, in_use, items
from tests.support.aws_sim.services.eks.updates import updated

VERSIONS = {
    "vpc-cni": "v1.19.5-eksbuild.1",
    "coredns": "v1.12.1-eksbuild.2",
    "kube-proxy": "v1.33.0-eksbuild.2",
}
OTHER_VERSION = "v1.3.4-eksbuild.1"

_NO_SETTINGS = ("clientRequestToken", "resolveConflicts", "podIdentityAssociations")


@action(EKSResponse)
def describe_addon_versions(response: EKSResponse) -> ActionResult:
    """One version of every add-on, which fits every cluster."""
    name = response._get_param("addonName")
    cluster_version = response._get_param("kubernetesVersion") or "1.33"
    version = {
        "addonVersion": _version(name),
        "architecture": ["amd64", "arm64"],
        "requiresConfiguration": False,
        "compatibilities": [{"clusterVersion": cluster_version, "platformVersions": ["*"], "defaultVersion": True}],
    }
    addon = {"addonName": name, "type": "networking", "owner": "aws", "publisher": "eks", "addonVersions": [version]}
    return ActionResult({"addons": [addon]})


@action(EKSResponse)
def create_addon(response: EKSResponse) -> ActionResult:
    cluster, addons = items(response, "addons")
    given = body(response)
    name = given["addonName"]
    if name in addons:
        raise in_use(cluster, "Addon already exists.", addon=name)
    addons[name] = _new(response, cluster.name, given)
    _associate(response, cluster, addons[name], given.get("podIdentityAssociations"))
    return ActionResult({"addon": addons[name]})


@action(EKSResponse)
def describe_addon(response: EKSResponse) -> ActionResult:
    return ActionResult({"addon": _named(response)})


@action(EKSResponse)
def list_addons(response: EKSResponse) -> ActionResult:
    return ActionResult({"addons": list(items(response, "addons")[1])})


@action(EKSResponse)
def update_addon(response: EKSResponse) -> ActionResult:
    cluster, _ = items(response, "addons")
    addon, given = _named(response), body(response)
    addon.update({field: value for field, value in given.items() if field not in _NO_SETTINGS})
    if given.get("podIdentityAssociations") is not None:
        _associate(response, cluster, addon, given["podIdentityAssociations"])
    return updated(response, "AddonUpdate")


@action(EKSResponse)
def delete_addon(response: EKSResponse) -> ActionResult:
    cluster, addons = items(response, "addons")
    addon = _named(response)
    _associate(response, cluster, addon, None)
    del addons[addon["addonName"]]
    return ActionResult({"addon": {**addon, "status": "DELETING"}})


def _version(name: str) -> str:
    return VERSIONS.get(name, OTHER_VERSION)


def _named(response: EKSResponse) -> Any:
    return find(items(response, "addons")[1], response._get_param("addonName"), "addon")


def _new(response: EKSResponse, cluster: str, given: dict[str, Any]) -> dict[str, Any]:
    name = given["addonName"]
    return {
        "addonVersion": _version(name),
        "status": "ACTIVE",
        "health": {"issues": []},
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "tags": {},
        **given,
        "clusterName": cluster,
        "addonArn": arn(response, "addon", cluster, name, str(uuid.uuid4())),
    }


def _associate(response: EKSResponse, cluster: Any, addon: dict[str, Any], wanted: list[Any] | None) -> None:
    """An add-on's roles are pod identity associations that it owns; these are the only ones from now on."""
    owner = addon["addonArn"]
    pod_identities.forget_those_of(cluster, owner)
    kept = [{**one, "namespace": "kube-system", "ownerArn": owner} for one in wanted or []]
    made = [pod_identities.new(response, cluster, association) for association in kept]
    addon["podIdentityAssociations"] = [association["associationArn"] for association in made]
