"""EKS pod identity associations, which moto lacks."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.responses import EKSResponse

from tests.support.aws_sim.patching import action, body, store
from tests.support.aws_sim.services.eks.stored import arn, cluster_of, find, items

_CHANGEABLE = ("roleArn", "targetRoleArn", "disableSessionTags")


def new(response: EKSResponse, cluster: Any, given: dict[str, Any]) -> dict[str, Any]:
    """An association of a cluster, with the fields of a request."""
    key = f"a-{uuid.uuid4().hex[:17]}"
    association = {
        "tags": {},
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        **given,
        "clusterName": cluster.name,
        "associationId": key,
        "associationArn": arn(response, "podidentityassociation", cluster.name, key),
    }
    store(cluster, "pod_identities")[key] = association
    return association


def forget_those_of(cluster: Any, owner: str) -> None:
    """Removes the associations that an add-on owns."""
    kept = store(cluster, "pod_identities")
    for key in [key for key, association in kept.items() if association.get("ownerArn") == owner]:
        del kept[key]


@action(EKSResponse)
def create_pod_identity_association(response: EKSResponse) -> ActionResult:
    return ActionResult({"association": new(response, cluster_of(response), body(response))})


@action(EKSResponse)
def describe_pod_identity_association(response: EKSResponse) -> ActionResult:
    return ActionResult({"association": _named(response)})


@action(EKSResponse)
def list_pod_identity_associations(response: EKSResponse) -> ActionResult:
    return ActionResult({"associations": list(items(response, "pod_identities")[1].values())})


@action(EKSResponse)
def update_pod_identity_association(response: EKSResponse) -> ActionResult:
    association, given = _named(response), body(response)
    association.update({field: given[field] for field in _CHANGEABLE if field in given})
    return ActionResult({"association": association})


@action(EKSResponse)
def delete_pod_identity_association(response: EKSResponse) -> ActionResult:
    association = _named(response)
    del items(response, "pod_identities")[1][association["associationId"]]
    return ActionResult({"association": association})


def _named(response: EKSResponse) -> Any:
    kept = items(response, "pod_identities")[1]
    return find(kept, response._get_param("associationId"), "pod identity association")
