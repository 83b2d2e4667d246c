"""EKS access entries and the policies associated with them, which moto lacks."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import unquote

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import action, body
from tests.support.aws_sim.services.eks.stored import arn, find, in_use, items

_CHANGEABLE = ("kubernetesGroups", "username")


@action(EKSResponse)
def create_access_entry(response: EKSResponse) -> ActionResult:
    cluster, entries = items(response, "access_entries")
    given = body(response)
    if given["principalArn"] in entries:
        raise in_use(cluster, "The specified access entry resource is already in use on this cluster.")
    entries[given["principalArn"]] = _new(response, cluster.name, given)
    return ActionResult({"accessEntry": entries[given["principalArn"]]})


@action(EKSResponse)
def describe_access_entry(response: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntry": _named(response)})


@action(EKSResponse)
def list_access_entries(response: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntries": list(items(response, "access_entries")[1])})


@action(EKSResponse)
def update_access_entry(response: EKSResponse) -> ActionResult:
    entry, given = _named(response), body(response)
    entry.update({field: given[field] for field in _CHANGEABLE if field in given})
    return ActionResult({"accessEntry": entry})


@action(EKSResponse)
def delete_access_entry(response: EKSResponse) -> ActionResult:
    del items(response, "access_entries")[1][_named(response)["principalArn"]]
    return EmptyResult()


@action(EKSResponse)
def associate_access_policy(response: EKSResponse) -> ActionResult:
    entry, given = _named(response), body(response)
    policy = {**given, "associatedAt": utcnow(), "modifiedAt": utcnow()}
    entry["policies"][given["policyArn"]] = policy
    return ActionResult({**_whose(entry), "associatedAccessPolicy": policy})


@action(EKSResponse)
def list_associated_access_policies(response: EKSResponse) -> ActionResult:
    entry = _named(response)
    return ActionResult({**_whose(entry), "associatedAccessPolicies": list(entry["policies"].values())})


@action(EKSResponse)
def disassociate_access_policy(response: EKSResponse) -> ActionResult:
    _named(response)["policies"].pop(unquote(response._get_param("policyArn")), None)
    return EmptyResult()


def _named(response: EKSResponse) -> Any:
    principal = unquote(response._get_param("principalArn"))
    return find(items(response, "access_entries")[1], principal, "access entry")


def _whose(entry: dict[str, Any]) -> dict[str, Any]:
    return {field: entry[field] for field in ("clusterName", "principalArn")}


def _new(response: EKSResponse, cluster: str, given: dict[str, Any]) -> dict[str, Any]:
    principal = given["principalArn"]
    role = principal.split("/")[-1]
    session = principal.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/{{SessionName}}"
    return {
        "kubernetesGroups": [],
        "tags": {},
        "type": "STANDARD",
        "username": session,
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        **given,
        "clusterName": cluster,
        "policies": {},
        "accessEntryArn": arn(
            response, "access-entry", cluster, "role", response.current_account, role, str(uuid.uuid4())
        ),
    }
